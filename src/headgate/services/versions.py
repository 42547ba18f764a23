"""Versions of the configuration are shown, compared, and an earlier one is put in force again."""

from datetime import datetime

from django.db import transaction

from headgate.domain.audit import Action
from headgate.domain.configuration.differences import differences
from headgate.domain.configuration.lint import lint
from headgate.domain.configuration.sealing import with_secrets_of
from headgate.domain.flaws import Flawed
from headgate.domain.ids import AccountId
from headgate.services import configuration, drafting, setups
from headgate.services.configuration import Applied, Planned
from headgate.storage import accounts, setup


def version_yaml(*, account_id: AccountId, version: int) -> str:
    """Return what a version says, secrets as `{env: NAME}` or `{stored: true}`.

    :raises VersionNotFound:
    """
    return setups.at_version(account_id, version).as_yaml


def plan_roll_back(*, account_id: AccountId, to: int) -> Planned:
    """Say what putting an earlier version in force again would change; nothing is written.

    Secrets are today's wherever the same place still reaches the same host.

    :raises VersionNotFound:
    :raises Flawed: what today's account no longer allows.
    """
    account = accounts.get(account_id)
    current = drafting.load(account_id, account.config_version)
    wanted = with_secrets_of(drafting.load(account_id, to), current)
    if flaws := drafting.other_currency(account, wanted):
        raise Flawed(flaws)
    changes = differences(current, wanted, known=setup.identities(account_id))
    return Planned(account, account.config_version, wanted, changes, lint(wanted))


def roll_back(*, account_id: AccountId, to: int, made_by: str, now: datetime) -> Applied:
    """Put an earlier version in force again, as a new one; nothing if it says what is in force.

    :raises VersionNotFound, Flawed: nothing is changed.
    """
    with transaction.atomic():
        accounts.hold_version_alone(account_id)
        planned = plan_roll_back(account_id=account_id, to=to)
        account = accounts.get(account_id)
        if not planned.changes:
            return Applied(account, planned.version, (), planned.advice)
        action = Action.ROLLED_BACK
        configuration.put_in_force(
            account=account, planned=planned, made_by=made_by, action=action, now=now
        )
    return Applied(accounts.get(account_id), planned.version + 1, planned.changes, planned.advice)
