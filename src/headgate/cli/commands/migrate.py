"""`headgate migrate`: bring the database up to date."""

import argparse

from headgate.cli import environment


def run(given: argparse.Namespace) -> int:  # noqa: ARG001
    environment.migrate()
    environment.open_installation()
    print("The database is up to date.")
    return 0
