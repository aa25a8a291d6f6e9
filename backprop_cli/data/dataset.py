"""Samples, divided into parts that are prepared alike."""

import numpy as np

from backprop_cli.data.preparation import Preparation
from backprop_cli.data.samples import Samples
from backprop_cli.data.seeds import SPLIT, generator
from backprop_cli.immutable import immutable


@immutable
class Dataset:
    """Samples, divided and prepared.

    Attributes:
        training: trained on.
        validation: judged by while training goes on; None when none are kept.
        test: measured once, when training is over; None when there are none.
        preparation: what was learned from the training part and applied to all.
    """

    training: Samples
    validation: Samples | None
    test: Samples | None
    preparation: Preparation

    @classmethod
    def prepared(
        cls, preparation: Preparation, training: Samples, validation: Samples | None, test: Samples | None
    ) -> "Dataset":
        """Prepare all parts."""
        kept, tested = (None if part is None else preparation.apply(part) for part in (validation, test))
        return cls(preparation.apply(training), kept, tested, preparation)


def count_kept(samples: int, validation: float) -> int:
    """Count the samples that a share keeps for validation: at least one when it is above 0."""
    return max(1, round(samples * validation)) if validation else 0


def divide(samples: Samples, validation: float, seed: int) -> tuple[Samples, Samples | None]:
    """Divide samples into a training and a validation part.

    Args:
        samples: all of them.
        validation: the share that is kept for validation, at least one sample when it is above 0.
        seed: of the draw.
    """
    kept = count_kept(len(samples), validation)
    if not kept:
        return samples, None
    drawn = generator(seed, SPLIT).permutation(len(samples))
    return samples.pick(np.sort(drawn[kept:])), samples.pick(np.sort(drawn[:kept]))
