"""`headgate backup`: copy the whole database to one file, also while it is served."""

import argparse
from pathlib import Path

from headgate.cli import environment
from headgate.cli.refusals import Refused
from headgate.services import backups
from headgate.storage.copies import BadCopy


def run(given: argparse.Namespace) -> int:
    environment.open_installation()
    target = Path(given.file)
    try:
        backups.back_up(target=target)
    except BadCopy as bad:
        raise Refused(f"no backup was made: {bad}") from bad
    print(f"{target} holds {target.stat().st_size:,} bytes, checked and on disk.")
    print("Keep the installation key too: without it, nothing encrypted in it can be read.")
    return 0
