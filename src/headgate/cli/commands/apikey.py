"""`headgate apikey`: make, list and revoke API keys."""

import argparse

from headgate import clock
from headgate.cli import choosing, environment
from headgate.domain.ids import AccountId, KeyId
from headgate.domain.instants import rfc3339
from headgate.services.people import api_keys
from headgate.storage import keys
from headgate.storage.keys import KeyScope


def run(given: argparse.Namespace) -> int:
    environment.open_installation()
    account_id = choosing.account(given.account).id
    match given.action:
        case "create":
            _create(account_id, given)
        case "list":
            _list(account_id)
        case "revoke":
            api_keys.revoke_key(account_id=account_id, key_id=KeyId(given.id), now=clock.now())
            print(f"Key {given.id} is out of force.")
    return 0


def _create(account_id: AccountId, given: argparse.Namespace) -> None:
    key = api_keys.create_key(
        account_id=account_id,
        scope=KeyScope(given.scope),
        source=given.source,
        entity=given.entity,
        name=given.name,
        now=clock.now(),
    )
    print(key)


def _list(account_id: AccountId) -> None:
    for key in keys.list_all(account_id):
        scope = f"{key.scope} ({key.source})" if key.source else key.scope
        state = f"revoked {rfc3339(key.revoked_at)}" if key.revoked_at else "in force"
        made = rfc3339(key.created_at)
        used = rfc3339(key.last_used_at) if key.last_used_at else "never"
        print(
            f"{key.id:>4}  {key.prefix}…  {scope:<20}  made {made}  used {used:<24}  "
            f"{state:<32}  {key.name}"
        )
