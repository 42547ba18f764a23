"""`headgate plan`: say in words what applying a file would change."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from headgate.cli import environment, files
from headgate.cli.refusals import Refused
from headgate.services import configuration, drafting
from headgate.services.configuration import Planned


def run(given: argparse.Namespace) -> int:
    environment.migrate()
    environment.open_installation()
    planned = made(files.read(given.file), given)
    for change in planned.changes:
        print(f"  {change}")
    for advice in planned.advice:
        print(f"  note: {advice}")
    slug = planned.configuration.account.slug
    if not planned.changes:
        print(f"Nothing would change; version {planned.version} of {slug} would stay.")
    elif planned.account is None:
        print(f"This would make the account {slug}. Nothing was changed.")
    else:
        print(f"This would be version {planned.version + 1} of {slug}. Nothing was changed.")
    return 0


def made(source: bytes, given: argparse.Namespace) -> Planned:
    """Return what the file would change.

    :raises Refused: it is based on a version that is no longer in force.
    """
    with moved_versions_refused():
        return configuration.plan_configuration(
            source=source, account_slug=given.account, trusted=True, force=given.force
        )


@contextmanager
def moved_versions_refused() -> Iterator[None]:
    """Refuse a file based on another version, with what changed since then."""
    try:
        yield
    except drafting.BasedOnAnother as moved:
        changes = "".join(f"\n  {change}" for change in moved.changes)
        raise Refused(f"{moved}{changes}") from None
