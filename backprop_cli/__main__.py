"""Run the command line: `python -m backprop_cli`."""

from backprop_cli.cli.app import main

if __name__ == "__main__":
    main()
