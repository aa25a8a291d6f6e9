"""Independent checks of the engine's gradient: central differences over the formulas, and PyTorch's autograd."""
