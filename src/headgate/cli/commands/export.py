"""`headgate export`: print the configuration in force as YAML."""

import argparse

from headgate.cli import choosing, environment
from headgate.services import configuration


def run(given: argparse.Namespace) -> int:
    environment.open_installation()
    account = choosing.account(given.account)
    print(configuration.export_yaml(account_id=account.id), end="")
    return 0
