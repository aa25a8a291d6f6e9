"""Train a neural network that a YAML file describes, and show every number of every step."""

__version__ = "0.1.0"
