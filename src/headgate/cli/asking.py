"""Asks the person at the terminal before something is changed."""

import sys

from headgate.cli.refusals import Refused


def agree(question: str) -> None:
    """Return when the answer is yes; without a terminal there is nobody to answer.

    :raises Refused: the answer is no, or nobody can be asked.
    """
    if not sys.stdin.isatty():
        raise Refused("nothing was changed: there is no terminal to ask at; agree with --yes")
    if input(f"{question} [y/N] ").strip().lower() not in ("y", "yes"):
        raise Refused("nothing was changed")
