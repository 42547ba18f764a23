"""`headgate apikey`: make API keys."""

import argparse

from headgate import clock
from headgate.cli import choosing, environment
from headgate.services import api_keys
from headgate.storage.keys import KeyScope


def run(given: argparse.Namespace) -> int:
    environment.open_installation()
    key = api_keys.create_key(
        account_id=choosing.account(given.account).id,
        scope=KeyScope(given.scope),
        source=given.source,
        entity=given.entity,
        name=given.name,
        now=clock.now(),
    )
    print(key)
    return 0
