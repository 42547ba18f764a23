"""Reads the file that a command names."""

import sys
from pathlib import Path

from headgate.cli.refusals import Refused


def read(name: str) -> bytes:
    """Return the contents of the file; `-` is standard input.

    :raises Refused: it cannot be read.
    """
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise Refused(f"{name} cannot be read: {error.strerror}") from error
