"""Configuration as code: plan, apply, export, and the versions that these make."""

from datetime import datetime

import msgspec
from django.db import transaction
from msgspec import Struct

from headgate.domain.audit import Action
from headgate.domain.caps import window
from headgate.domain.configuration import sealing as secrets_of
from headgate.domain.configuration.differences import differences
from headgate.domain.configuration.document import read_document
from headgate.domain.configuration.lint import Advice, lint
from headgate.domain.configuration.value import Account, Configuration
from headgate.domain.configuration.writing import write_configuration
from headgate.domain.configuration.yaml_text import to_yaml
from headgate.domain.identities import NOTHING_KNOWN
from headgate.domain.ids import AccountId
from headgate.domain.matching import compile_plan
from headgate.services import audit, drafting, mail_pauses, parking, sealing, setups
from headgate.storage import accounts, caps, leads, setup, tallies


class Planned(Struct, frozen=True):
    """What a file would change, in words, and what looks hardly meant.

    `account` is None while the file's account does not exist; `version` is the one in force.
    """

    account: accounts.Account | None
    version: int
    configuration: Configuration
    changes: tuple[str, ...]
    advice: tuple[Advice, ...]


class Applied(Struct, frozen=True):
    """The version in force after it; the same as before when nothing changed."""

    account: accounts.Account
    version: int
    changes: tuple[str, ...]
    advice: tuple[Advice, ...]


def plan_configuration(
    *, source: bytes, account_slug: str | None, trusted: bool, force: bool = False
) -> Planned:
    """Read a file and say what applying it would change; nothing is written.

    :raises Flawed, BasedOnAnother: as `draft_configuration`.
    """
    drafted = drafting.draft_configuration(
        source=source, account_slug=account_slug, trusted=trusted, force=force
    )
    account, configuration = drafted.account, drafted.configuration
    known = setup.identities(account.id) if account else NOTHING_KNOWN
    changes = differences(drafted.current, configuration, known=known)
    return Planned(account, drafted.version, configuration, changes, lint(configuration))


def apply_configuration(
    *,
    source: bytes,
    account_slug: str | None,
    trusted: bool,
    force: bool = False,
    made_by: str,
    now: datetime,
) -> Applied:
    """Put a file in force as a new version, or change nothing when it says nothing new.

    Once this has returned, every lead is decided by it, in every process.

    :raises Flawed, BasedOnAnother: as `plan_configuration`; nothing is applied.
    """
    with transaction.atomic():
        account = drafting.account_of(read_document(source), account_slug)
        if account is not None:
            accounts.hold_version_alone(account.id)
        planned = plan_configuration(
            source=source, account_slug=account_slug, trusted=trusted, force=force
        )
        if planned.account is not None and not planned.changes:
            return Applied(planned.account, planned.version, (), planned.advice)
        account = planned.account or _add_account(planned.configuration.account, now)
        put_in_force(account=account, planned=planned, made_by=made_by, now=now)
    return Applied(accounts.get(account.id), planned.version + 1, planned.changes, planned.advice)


def create_account(*, account: Account, made_by: str, now: datetime) -> accounts.Account:
    """Make an account whose first version is empty."""
    configuration = Configuration(account=account)
    with transaction.atomic():
        stored = _add_account(account, now)
        planned = Planned(stored, 0, configuration, differences(None, configuration), ())
        put_in_force(account=stored, planned=planned, made_by=made_by, now=now)
    return accounts.get(stored.id)


def put_in_force(
    *,
    account: accounts.Account,
    planned: Planned,
    made_by: str,
    action: Action = Action.CONFIGURED,
    now: datetime,
) -> None:
    """Make the planned configuration the account's next version.

    The caller's transaction holds the account's version alone.
    """
    version = planned.version + 1
    configuration = _store(account, planned, version, made_by, now)
    _follow(account, configuration, version, now)
    audit.note(
        account_id=account.id,
        actor=made_by,
        action=action,
        subject=f"version {version}",
        after={"changes": list(planned.changes)},
        now=now,
    )


def _store(
    account: accounts.Account, planned: Planned, version: int, made_by: str, now: datetime
) -> Configuration:
    """Store the version with its secrets sealed, and the ids behind its slugs."""
    vault = sealing.open_vault(account.wrapped_key)
    configuration = secrets_of.map_secrets(planned.configuration, vault.seal_secret)
    setup.add_version(
        account.id,
        version,
        msgspec.json.encode(configuration),
        made_by=made_by,
        summary="\n".join(planned.changes),
        now=now,
    )
    setup.register(account.id, configuration, now=now)
    said = configuration.account
    accounts.set_up(
        account.id,
        name=said.name,
        timezone=said.timezone,
        currency=said.currency,
        version=version,
    )
    return configuration


def _follow(
    account: accounts.Account, configuration: Configuration, version: int, now: datetime
) -> None:
    """Have what stands in the database follow: mail, parked deliveries, caps, waits, tallies."""
    mail_pauses.resume_if_changed(account_id=account.id, smtp=configuration.email.smtp, now=now)
    identities = setup.identities(account.id)
    parking.park_and_release(
        account_id=account.id,
        parked=setups.parked_partners(configuration, identities.partners),
        now=now,
    )
    plan = compile_plan(configuration, identities, version=version)
    caps.drop_others(
        account.id,
        {
            caps.StandingCap(slot.scope, slot.owner_id, slot.cap.per, slot.cap.unit): window(
                slot.cap.per, slot.zone, now
            )
            for slot in plan.slots
        },
    )
    leads.look_again(account.id, now=now)
    if configuration.account.timezone != account.timezone:
        tallies.mark_all(account.id)


def export_configuration(*, account_id: AccountId) -> dict[str, object]:
    """Return the document of the version in force; secrets are named or kept, never shown."""
    account = accounts.get(account_id)
    configuration = drafting.load(account.id, account.config_version)
    return write_configuration(configuration, based_on=account.config_version)


def export_yaml(*, account_id: AccountId) -> str:
    return to_yaml(export_configuration(account_id=account_id))


def _add_account(account: Account, now: datetime) -> accounts.Account:
    return accounts.add(
        account.slug,
        account.name,
        timezone=account.timezone,
        currency=account.currency,
        wrapped_key=sealing.new_wrapped_key(),
        now=now,
    )
