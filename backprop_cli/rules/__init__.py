"""Every pluggable definition, once: activations, losses, optimizers, schedules, initializers, metrics.

A rule is one frozen model: the validated piece of a config and the mathematics it stands for.  Adding one is adding a
class to its family's module; the config language, the schema, the tables and the contract tests follow.
"""
