"""Run the command line: `backprop`, or `python -m backprop_cli`."""

import sys


def main() -> None:
    """Run the program; one that is interrupted while it is still being loaded ends with a sentence, too."""
    try:
        from backprop_cli.cli.app import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("backprop: interrupted\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
