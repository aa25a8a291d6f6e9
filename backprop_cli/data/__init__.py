"""Where samples come from, how they are prepared and batched."""
