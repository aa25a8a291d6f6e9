"""The names of quantities: what can be named in a network, in which notation, and what a name means."""
