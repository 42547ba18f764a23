"""Run `headgate COMMAND`, also as `python -m headgate`."""

import sys

from headgate.cli import arguments, running


def main() -> int:
    return running.run(arguments.parser().parse_args())


if __name__ == "__main__":
    sys.exit(main())
