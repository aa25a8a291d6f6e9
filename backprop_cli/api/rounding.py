"""From a setup to how many digits its numbers are shown with."""

from collections.abc import Hashable, Iterator
from dataclasses import replace

from backprop_cli.algebra.digits import Digits
from backprop_cli.algebra.term import Term
from backprop_cli.config.loader import Setup
from backprop_cli.quantities.quantity import Attached
from backprop_cli.worksheet.ground import Own
from backprop_cli.worksheet.rounding import Rounding


def rounding_of(
    setup: Setup, *, decimals: int | None = None, significant: int | None = None, carry: bool | None = None
) -> Rounding:
    """Say how many digits the lines have, and whether they round before the next uses them: a choice beats the config.

    Args:
        setup: what is trained.
        decimals: digits after the point; with either kind of digits, those of the config all give way.
        significant: significant digits.
        carry: whether each line rounds before the next uses it.
    """
    report = setup.experiment.report
    carried = report.carry if carry is None else carry
    if decimals is not None or significant is not None:
        return Rounding(Digits.asked(decimals, significant), {}, carried)
    return Rounding(Digits.asked(report.decimals, report.significant), dict(_special(setup)), carried)


def _special(setup: Setup) -> Iterator[tuple[Hashable, Digits]]:
    for name, decimals in setup.experiment.report.digits.items():
        meaning = setup.names.resolve(name)
        core, _, sample = name.partition("@")
        key = Own(core, int(sample) if sample else None) if isinstance(meaning, Term) else meaning
        yield key, Digits(decimals=decimals)
        if not isinstance(key, Own | Attached) and key.sample is not None and len(setup.dataset.training) == 1:
            yield replace(key, sample=None), Digits(decimals=decimals)
