"""The README's tables of speed, and its picture, made of what `run.py` has measured.

Run it:  python tests/benchmarks/readme.py [FILE]
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import scaling
from curves import Panel, drawn
from measuring import Found, told
from peers.trainers import OURS, PEERS
from peers.workloads import WORKLOADS, Workload
from train_peers import rates
from whole_runs import COLUMNS, JOBS, STARTS

HERE = Path(__file__).parent
RESULTS, PICTURE, README = HERE / "results.json", HERE / "scaling.svg", HERE.parents[1] / "README.md"
START, END = "<!-- speed -->\n", "<!-- /speed -->\n"
Results: TypeAlias = dict[str, Any]
NOTHING = "–"


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Write a Markdown table whose first column is words, and the others numbers."""
    heads = list(heads)
    lines = [heads, ["---", *["--:"] * (len(heads) - 1)], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def number(value: float) -> str:
    """Write a number with three digits that count, or all before the point."""
    return f"{value:.3g}" if value < 999.5 else f"{value:,.0f}"


def microseconds(value: float) -> str:
    """Write microseconds in the unit that suits them."""
    amount, unit = next((value / size, unit) for size, unit in ((1e6, "s"), (1e3, "ms"), (1.0, "µs")) if value >= size)
    return f"{amount:g} {unit}"


def described(work: Workload) -> str:
    """Say which network a workload is."""
    widths = "-".join(map(str, work.widths))
    batch = f", batch {work.batch}" if work.batch > 1 else ""
    return f"{widths}{batch}, {work.optimizer}, {work.dtype}"


def peers_table(found: Found) -> str:
    """Write the product's time of a step, and what its peers take in its place."""

    def row(name: str, times: dict[str, float]) -> Iterator[str]:
        yield described(WORKLOADS[name])
        yield number(times[OURS])
        yield from (f"{times[peer] / times[OURS]:.2f}" if peer in times else NOTHING for peer in PEERS)

    heads = ("network", "µs a step", *PEERS)
    return table(heads, (row(name, one["microseconds"]) for name, one in found.items()))


def rates_table(found: Found) -> str:
    """Write which share of the rate of its matrix products a step reaches."""

    def row(name: str, one: Found) -> Iterator[str]:
        ours, products = rates(one)
        yield described(WORKLOADS[name])
        yield number(one["microseconds"][OURS] / 1e6)
        yield from (number(ours), number(products), f"{ours / products:.0%}")

    heads = ("network", "seconds a step", "GFLOP/s", "GFLOP/s of its products alone", "share")
    return table(heads, (row(name, one) for name, one in found.items() if one["is_wide"]))


def loop_table(found: Found) -> str:
    """Write what the loop adds to bare steps."""

    def row(name: str, one: Found) -> Iterator[str]:
        yield described(WORKLOADS[name])
        yield from (number(one["loop"]), number(one["bare"]), f"{one['loop'] / one['bare']:.2f}")

    heads = ("network", "µs a step in the loop", "bare, µs", "ratio")
    return table(heads, (row(name, one) for name, one in found.items()))


def whole_table(found: Found) -> str:
    """Write what whole runs take, and how many times as much that is as what they are compared with."""

    def rows(name: str, title: str, base: str) -> Iterator[list[str]]:
        for who, took in found[name].items():
            values = ((key, took[key], took[key] / found[name][base][key]) for key in COLUMNS)
            yield [f"{title}: {who}", *(f"{number(one * COLUMNS[key])} ({ratio:.2f})" for key, one, ratio in values)]

    jobs = ((name, _job(name, epochs), OURS) for name, (epochs, _) in JOBS.items())
    starts = ((name, "start", list(pair)[1]) for name, pair in STARTS.items())
    heads = ("from the shell", "seconds", "on the processor", "peak MB")
    return table(heads, (row for each in (*jobs, *starts) for row in rows(*each)))


def _job(name: str, epochs: int) -> str:
    return f"{'-'.join(map(str, WORKLOADS[name].widths))}, {epochs:,} epochs"


def picture_of(found: Found) -> str:
    """Draw how the cost of a step grows."""
    across = {"batch": "samples in a batch", "width": "units of a hidden layer", "depth": "hidden layers"}
    panels = []
    for what, rows in found.items():
        key = "parameters" if what == "inputs" else "size"
        label = "parameters, by the number of inputs" if what == "inputs" else across[what]
        curves = {
            "a training step": [row["microseconds"]["step"] for row in rows],
            "its matrix products alone": [row["microseconds"]["products"] for row in rows],
        }
        panels.append(Panel(label, [row[key] for row in rows], curves))
    return drawn(panels, "What a training step costs", scaling.CAPTION, microseconds)


def scaling_image(found: Found) -> str:
    """Refer to the picture, which is drawn beside this script."""
    place = PICTURE.relative_to(README.parent).as_posix()
    largest = max(row["parameters"] for rows in found.values() for row in rows)
    return f"![Microseconds of a training step over batch, width, depth and up to {largest:,} parameters]({place})\n"


# In the order in which they stand in the README: whose numbers, and what is made of them.
PARTS: tuple[tuple[str, Callable[[Found], str]], ...] = (
    ("peers", peers_table),
    ("whole", whole_table),
    ("peers", rates_table),
    ("loop", loop_table),
    ("scaling", scaling_image),
)


def section(results: Results) -> str:
    """Write all tables of what was measured, and on what; '' where nothing was."""
    shown = [(name, write) for name, write in PARTS if name in results]
    circumstances = dict.fromkeys(told(results[name]) for name, _ in shown)
    parts = [*(write(results[name]["found"]) for name, write in shown), *(f"{line}\n" for line in circumstances)]
    return "\n".join(parts)


def updated(text: str, results: Results) -> str:
    """Give a README with its tables made anew."""
    before, rest = text.split(START)
    _, after = rest.split(END)
    return f"{before}{START}{section(results)}{END}{after}"


def update(results: Results) -> None:
    """Put the tables into the README, and draw its picture."""
    README.write_text(updated(README.read_text(encoding="utf-8"), results), encoding="utf-8")
    if scaling.NAME in results:
        PICTURE.write_text(picture_of(results[scaling.NAME]["found"]), encoding="utf-8")


if __name__ == "__main__":
    update(json.loads(Path(sys.argv[1] if len(sys.argv) > 1 else RESULTS).read_text(encoding="utf-8")))
