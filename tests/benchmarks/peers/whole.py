"""A whole job as a script in the hands of one trainer: read the data, make the network, train, print the last loss.

Run it:  python -m peers.whole NAME WORKLOAD EPOCHS [ARCHIVE]
"""

import sys
from dataclasses import replace
from pathlib import Path

from peers.trainers import TRAINERS
from peers.workloads import WORKLOADS


def main() -> None:
    """Train what the command line says."""
    name, workload, epochs, *archive = sys.argv[1:]
    work = replace(WORKLOADS[workload], epochs=int(epochs), file=Path(archive[0]) if archive else None)
    *_, last = TRAINERS[name].make(work)(work.epochs, True)
    print("loss", last)


if __name__ == "__main__":
    main()
