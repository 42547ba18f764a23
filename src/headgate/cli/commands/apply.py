"""`headgate apply`: put a configuration file in force."""

import argparse

from headgate import clock
from headgate.cli import asking, environment, files
from headgate.cli.commands import plan
from headgate.services import configuration


def run(given: argparse.Namespace) -> int:
    environment.migrate()
    environment.open_installation()
    source = files.read(given.file)
    planned = plan.made(source, given)
    for change in planned.changes:
        print(f"  {change}")
    if planned.changes and not given.yes:
        asking.agree("Apply?")
    with plan.moved_versions_refused():
        applied = configuration.apply_configuration(
            source=source,
            account_slug=given.account,
            trusted=True,
            force=given.force,
            made_by="command line",
            now=clock.now(),
        )
    for advice in applied.advice:
        print(f"  note: {advice}")
    if applied.changes:
        print(f"Version {applied.version} of {applied.account.slug} is in force.")
    else:
        print(f"Nothing changed; version {applied.version} of {applied.account.slug} stays.")
    return 0
