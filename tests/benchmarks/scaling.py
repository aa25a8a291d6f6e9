"""How the cost of a training step grows: with the batch, the width, the depth, and the parameters.

One network, 128-128-128-10 in batches of 64 with Adam in float64, is varied in one thing at a time; parameters by the
number of inputs, which changes nothing else.  What is timed is the engine's step alone, on samples that are in place;
beside it, in the same rounds, the matrix products that the step is made of.  One thread does it, so that what is seen
is the work, and not from where on the library shares it out.  Medians count.

Run it:  python tests/benchmarks/scaling.py [--quick] [--json FILE]
"""

import time
from collections.abc import Callable, Iterator

import numpy as np
from measuring import Found, in_turn, medians, run_alone
from peers.ours import setup_of
from peers.products import calls_of
from peers.workloads import Workload
from threadpoolctl import threadpool_limits

NAME = "scaling"
ROUNDS, QUICK_ROUNDS = 9, 1
# Seconds of a measurement, at least, and what is measured of every thing that is varied for a quick look.
LEAST, QUICK_LEAST, QUICK_SIZES = 0.05, 0.002, 3
SAMPLES, WIDTH, DEPTH = 64, 128, 2
CAPTION = (
    "128-128-128-10 in batches of 64, Adam, float64, one thread; one thing is varied at a time; both scales logarithmic"
)
SIZES = {
    "batch": (1, 4, 16, 64, 256, 1024, 4096),
    "width": (4, 16, 64, 128, 256, 512, 1024),
    "depth": (1, 2, 4, 8, 16, 32),
    "inputs": (1, 128, 512, 2048, 8192, 32768),
}


def varied(what: str, size: int) -> Workload:
    """Give the network with one thing changed."""
    inputs = size if what == "inputs" else WIDTH
    hidden = (size if what == "width" else WIDTH,) * (size if what == "depth" else DEPTH)
    batch = size if what == "batch" else SAMPLES
    return Workload(
        name=f"{what} {size}",
        widths=(inputs, *hidden, 10),
        activations=(*("relu",) * len(hidden), "softmax"),
        loss="cross_entropy",
        optimizer="adam",
        rate=1e-4,
        # Of a single sample there is nothing that suits any number of inputs.
        samples=max(batch, 2),
        batch=batch,
        epochs=1,
    )


def step_of(work: Workload) -> Callable[[], object]:
    """Bind a training step to samples that are in place."""
    from backprop_cli.training.trainer import Trainer as Loop

    loop = Loop(setup_of(work))
    _, step = next(loop.portions.steps(loop.batches.epoch(1)))
    return lambda: step(work.rate, 1)


def products_of(work: Workload) -> Callable[[], object]:
    """Bind the matrix products of a step."""
    calls = calls_of(work)
    return lambda: [call() for call in calls]


def repeated(action: Callable[[], object], least: float) -> Callable[[], float]:
    """Bind a measurement of seconds each: the mean of as many as take a moment."""
    action()
    start = time.perf_counter()
    action()
    times = max(1, round(least / max(time.perf_counter() - start, 1e-7)))

    def measured() -> float:
        start = time.perf_counter()
        for _ in range(times):
            action()
        return (time.perf_counter() - start) / times

    return measured


def curve(what: str, *, quick: bool) -> Iterator[Found]:
    """Measure all sizes of one thing."""
    sizes = SIZES[what][:QUICK_SIZES] if quick else SIZES[what]
    works = {size: varied(what, size) for size in sizes}
    least = QUICK_LEAST if quick else LEAST
    tasks = {f"step {size}": repeated(step_of(work), least) for size, work in works.items()}
    tasks |= {f"products {size}": repeated(products_of(work), least) for size, work in works.items()}
    found = medians(in_turn(tasks, QUICK_ROUNDS if quick else ROUNDS))
    for size, work in works.items():
        times = {name: found[f"{name} {size}"] * 1e6 for name in ("step", "products")}
        yield {"size": size, "parameters": work.parameters, "flops": work.flops, "microseconds": times}


def line(row: Found) -> str:
    """Write a row of the table."""
    step, products = row["microseconds"]["step"], row["microseconds"]["products"]
    per_one = f"{1e3 * step / row['parameters']:>13,.3f}{1e6 * step / (row['flops'] / 2):>13,.1f}"
    rate = f"{row['flops'] / step / 1e3:>10.2f}{products / step:>10.0%}"
    return f"{row['size']:>10,}{row['parameters']:>12,}{row['flops'] / 1e6:>12,.2f}{step:>12,.1f}{per_one}{rate}"


def measure(*, quick: bool) -> Found:
    """Vary one thing after the other."""
    table = {}
    columns = ("parameters", "MFLOP"), ("µs",), ("ns/parameter", "ps/multiply"), ("GFLOP/s", "products")
    heads = "".join(
        f"{name:>{width}}" for names, width in zip(columns, (12, 12, 13, 10), strict=True) for name in names
    )
    with threadpool_limits(1), np.errstate(all="ignore"):
        for what in SIZES:
            table[what] = list(curve(what, quick=quick))
            print(f"{what:>10}{heads}", *map(line, table[what]), sep="\n", flush=True)
    print("of a step · products: the share of its time that its matrix products take alone")
    return table


if __name__ == "__main__":
    run_alone(NAME, __doc__, measure)
