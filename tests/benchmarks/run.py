"""Everything that is measured, by one command: it prints tables, and writes them as JSON.

- `peers`: the training loop beside a tutorial's NumPy, PyTorch, JAX and scikit-learn;
- `loop`: what the loop adds to bare steps;
- `whole`: whole processes, from YAML to a trained model, beside scripts, and how long it takes to start;
- `scaling`: the cost of a step over batch, width, depth and parameters;
- `explain`: explaining a gradient of a large network beside training it for a step;
- `loading`: memory and time of large files;
- `marking`: how well hand calculations are marked, and how fast.

Each is a script of its own beside this one, and says what it measures and how.

Run it:  pip install 'backprop-cli[bench]'
         python tests/benchmarks/run.py [--quick] [--only peers] [--json FILE] [--readme]
"""

import json
import time

import explain_one
import loading
import loop_cost
import marking
import readme
import scaling
import train_peers
import whole_runs
from measuring import Benchmark, circumstances, keep, parser_of, told

BENCHMARKS: dict[str, Benchmark] = {
    train_peers.NAME: train_peers.measure,
    loop_cost.NAME: loop_cost.measure,
    whole_runs.NAME: whole_runs.measure,
    scaling.NAME: scaling.measure,
    explain_one.NAME: explain_one.measure,
    loading.NAME: loading.measure,
    marking.NAME: marking.measure,
}


def main() -> None:
    """Measure what is asked for, one after the other."""
    parser = parser_of(__doc__)
    parser.add_argument("--only", choices=list(BENCHMARKS), action="append", help="this one; repeatable")
    parser.add_argument(
        "--readme", action="store_true", help=f"put the numbers into {readme.RESULTS.name}, and the README's from there"
    )
    asked = parser.parse_args()
    if asked.quick and asked.readme:
        parser.error("--quick judges no time, so there is nothing for the README in it")
    start = time.perf_counter()
    for name in asked.only or BENCHMARKS:
        print(f"\n== {name}", flush=True)
        found = BENCHMARKS[name](quick=asked.quick)
        # Kept as they come, so that an hour is not lost to what fails at its end.
        for path in filter(None, (asked.json, readme.RESULTS if asked.readme else None)):
            keep(path, name, found)
    if asked.readme:
        readme.update(json.loads(readme.RESULTS.read_text(encoding="utf-8")))
    print(f"\n{told(circumstances())} · {time.perf_counter() - start:.0f} s in all")


if __name__ == "__main__":
    main()
