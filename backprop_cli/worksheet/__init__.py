"""One training step told as stages of scalar lines, each with the expression that its value came from."""
