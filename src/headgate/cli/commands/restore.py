"""`headgate restore`: put a backup in the place of the database."""

import argparse
from pathlib import Path

from headgate import clock
from headgate.cli import asking, environment
from headgate.cli.alone import serving_alone
from headgate.cli.refusals import Refused
from headgate.services import backups
from headgate.storage import presence
from headgate.storage.copies import BadCopy
from headgate.storage.schema import UnknownMigrations


def run(given: argparse.Namespace) -> int:
    with serving_alone():
        if presence.somebody_serves():
            raise Refused("a process serves this database; stop it first")
        if backups.has_a_database() and not given.yes:
            asking.agree("Replace the database, which is kept beside?")
        try:
            restored = backups.restore(
                source=Path(given.file),
                folder=environment.backups_folder(),
                check=environment.open_installation,
                now=clock.now(),
            )
        except (BadCopy, UnknownMigrations) as bad:
            raise Refused(f"nothing was restored: {bad}") from bad
    print(f"Restored {given.file}.")
    if restored.kept is not None:
        print(f"The database that was there before is kept in {restored.kept}")
    if not restored.erasures_known:
        print("It could not be read, so what was erased since the backup is not erased again.")
    if restored.erased:
        print(f"{restored.erased} leads that were erased after the backup are erased again.")
    return 0
