"""`headgate apply`: put a configuration file in force."""

import argparse
import sys
from pathlib import Path

from headgate import clock
from headgate.cli import environment
from headgate.cli.refusals import Refused
from headgate.services import configuration


def run(given: argparse.Namespace) -> int:
    environment.migrate()
    environment.open_installation()
    source = sys.stdin.buffer.read() if given.file == "-" else Path(given.file).read_bytes()
    try:
        planned = configuration.plan_configuration(
            source=source, account_slug=given.account, trusted=True, force=given.force
        )
        for change in planned.changes:
            print(f"  {change}")
        if planned.changes and not given.yes and not _agreed():
            raise Refused("nothing was applied")
        applied = configuration.apply_configuration(
            source=source,
            account_slug=given.account,
            trusted=True,
            force=given.force,
            made_by="command line",
            now=clock.now(),
        )
    except configuration.BasedOnAnother as moved:
        changes = "".join(f"\n  {change}" for change in moved.changes)
        raise Refused(f"{moved}{changes}") from None
    for advice in applied.advice:
        print(f"  note: {advice}")
    if applied.changes:
        print(f"Version {applied.version} of {applied.account.slug} is in force.")
    else:
        print(f"Nothing changed; version {applied.version} of {applied.account.slug} stays.")
    return 0


def _agreed() -> bool:
    if not sys.stdin.isatty():
        return False
    return input("Apply? [y/N] ").strip().lower() in ("y", "yes")
