"""Run a command and say what it took: seconds, seconds on the processor, and the most memory.

It is a process between the benchmark and the command, and imports next to nothing: the peak of a process that has
just been started is that of whoever started it.
"""

import json
import os
import subprocess
import sys
import time


def main() -> None:
    """Run what the command line says, and print a line of JSON; bytes of memory are of the command alone."""
    start = time.perf_counter()
    child = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert child.stdout is not None
    output = child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    unit = 1 if sys.platform == "darwin" else 1024
    found = {"wall": seconds, "cpu": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss * unit}
    print(json.dumps(found | {"code": child.returncode, "output": output}))


if __name__ == "__main__":
    main()
