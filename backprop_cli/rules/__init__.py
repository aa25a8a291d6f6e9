"""Every pluggable definition, once: activations, losses, optimizers, schedules, initializers, metrics.

A rule is one frozen model: the validated piece of a config and the mathematics it stands for.  Adding one is adding a
file to its family's folder, of the rule's name and with its class; the config language, the schema, the tables and the
contract tests follow.  A rule is loaded when a config picks it.
"""
