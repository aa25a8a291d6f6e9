"""What the parts and stages of a worksheet are called."""

from collections.abc import Mapping

from backprop_cli.quantities.names import NameTable
from backprop_cli.worksheet.places import Kind, Place, Topic

KINDS: Mapping[Kind, str] = {
    Kind.GIVEN: "Given",
    Kind.FORWARD: "Forward pass",
    Kind.LOSS: "Loss",
    Kind.BACKWARD: "Backward pass",
    Kind.GRADIENTS: "Gradients",
    Kind.UPDATE: "Update",
    Kind.OWN: "Your own names",
}
_OF_EACH_SAMPLE = "Backward pass, for each sample's own loss"
_TOPICS: Mapping[Topic, str] = {
    Topic.INPUTS: "inputs",
    Topic.TARGETS: "targets",
    Topic.SAMPLE_WEIGHTS: "what each sample counts",
    Topic.WEIGHTS: "weights",
    Topic.BIASES: "biases",
    Topic.MASKS: "neurons that take part (1), and that dropout leaves out (0)",
    Topic.STATE: "{letter} as the step finds it",
    Topic.SETTINGS: "learning rate",
    Topic.WEIGHTED_INPUTS: "weighted inputs of layer {layer}",
    Topic.EXPONENTIALS: "exponentials of layer {layer}",
    Topic.EXPONENTIAL_SUMS: "sum of the exponentials of layer {layer}",
    Topic.BEFORE_DROPOUT: "activations of layer {layer} before dropout",
    Topic.ACTIVATIONS: "activations of layer {layer}",
    Topic.SHARES: "each output's share",
    Topic.SAMPLE_LOSSES: "loss of each sample",
    Topic.PENALTY: "penalty for large weights",
    Topic.LOSS: "loss of the step",
    Topic.OUTPUT_SLOPES: "slopes of the loss",
    Topic.CONNECTIONS: "from layer {above} back to layer {layer}",
    Topic.CONTRIBUTIONS: "what each output contributes",
    Topic.SUMS: "sums over the ways to layer {layer}",
    Topic.SLOPES: "slopes of layer {layer}",
    Topic.ERRORS: "errors of layer {layer}",
    Topic.OTHER_DERIVATIVES: "other derivatives",
    Topic.LOCAL_GRADIENTS: "what layer {layer} does with its parameters",
    Topic.SAMPLE_GRADIENTS: "chain rule for layer {layer}, sample by sample",
    Topic.GRADIENTS: "chain rule for layer {layer}",
    Topic.RATE: "learning rate",
    Topic.LENGTH: "length of the gradient",
    Topic.APPLIED: "gradients as applied",
    Topic.MEMORY: "{letter}, which the optimizer remembers",
    Topic.CORRECTED: "{letter}, corrected for its start at 0",
    Topic.OWN_RATES: "each parameter's own rate",
    Topic.UPDATED: "new parameters",
    Topic.CHANGES: "changes",
    Topic.EXPRESSIONS: "expressions",
}
_OVER_SAMPLES = "over the samples, layer {layer}"


def part_title(kind: Kind, *, many: bool) -> str:
    """Name a part of the sheet; in a batch, errors are those of each sample's loss before any sum or mean."""
    return _OF_EACH_SAMPLE if many and kind is Kind.BACKWARD else KINDS[kind]


def stage_title(place: Place, names: NameTable, *, split: bool, letter: str = "") -> str:
    """Name a stage, its layers numbered as the config's notation does.

    Args:
        place: where the stage stands.
        names: whose notation numbers the layers.
        split: whether there is more to the loss of the step than one sample.
        letter: the letter of the optimizer's state, as the notation writes it.
    """
    gathered = place.topic is Topic.GRADIENTS and split
    pattern = _OVER_SAMPLES if gathered else _TOPICS[place.topic]
    layer = (place.layer or 0) + names.vocabulary.notation.node_offset
    return pattern.format(layer=layer, above=layer + 1, letter=letter)


def stage_heading(place: Place, names: NameTable, *, split: bool, letter: str = "") -> str:
    """Name a stage as `stage_title` does, with a capital where it does not begin with the letter of a quantity."""
    title = stage_title(place, names, split=split, letter=letter)
    return title if letter and title.startswith(letter) else title[0].upper() + title[1:]
