"""`headgate simulate`: say what would happen to a lead, as JSON, without any effect."""

import argparse

import msgspec

from headgate import clock
from headgate.cli import choosing, environment, files
from headgate.cli.refusals import Refused
from headgate.services.writing import write_json
from headgate.web.api.simulating import simulate
from headgate.web.errors import Problem


def run(given: argparse.Namespace) -> int:
    environment.open_installation()
    account = choosing.account(given.account)
    body = files.read(given.file)
    try:
        simulated = simulate(body, account.id, now=clock.now(), at=given.at)
    except Problem as problem:
        raise Refused(f"{given.file}: {problem.detail}") from None
    print(msgspec.json.format(write_json(simulated), indent=2))
    return 0
