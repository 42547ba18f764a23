"""What an account is made of, one thing at a time: as its configuration file would say it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from headgate.domain.audit import Action
from headgate.domain.configuration.editing import Kind
from headgate.domain.configuration.writing import write_configuration
from headgate.domain.delivery_settings import settings_digest
from headgate.domain.ids import AccountId
from headgate.domain.instants import rfc3339
from headgate.domain.sources import API_SOURCE
from headgate.services import audit, breakers, setups
from headgate.services.events import troubles
from headgate.services.setups import Setup
from headgate.storage import accounts, leads, setup
from headgate.storage.health import Key

Shown = dict[str, Any]


class ThingNotFound(LookupError):
    """The account has nothing of that name; the message says of what kind."""


def list_things(*, account_id: AccountId, kind: Kind, entity: str | None = None) -> list[Shown]:
    """Return what is in force, in the file's order, then what is archived.

    `entity` leaves only that entity's sources.
    """
    in_force = setups.in_force(account_id)
    listed = _in_force(in_force, kind)
    archived = [
        _archived(each)
        for each in setup.list_archived(account_id, kind)
        if kind != "sources" or each.slug != API_SOURCE
    ]
    return [each for each in listed + archived if entity in (None, each.get("entity"))]


def show_thing(*, account_id: AccountId, kind: Kind, slug: str, entity: str | None = None) -> Shown:
    """Return the first of that slug; a source's may stand in several entities.

    :raises ThingNotFound:
    """
    for thing in list_things(account_id=account_id, kind=kind, entity=entity):
        if thing["slug"] == slug:
            return thing
    raise ThingNotFound(f"there is nothing named {slug!r} among the {kind}")


def show_assignment(*, account_id: AccountId, profile: str, slug: str) -> Shown:
    """:raises ThingNotFound:"""
    found = show_thing(account_id=account_id, kind="profiles", slug=profile)
    for assignment in found.get("assignments", ()):
        if assignment["slug"] == slug:
            return dict(assignment)
    raise ThingNotFound(f"the profile {profile!r} has no assignment {slug!r}")


def enable_channel(
    *, account_id: AccountId, profile: str, slug: str, by: str, now: datetime
) -> None:
    """Let delivery settings get leads again that were halted, or whose breaker is open.

    :raises ThingNotFound:
    """
    with transaction.atomic():
        in_force = setups.at_version(account_id, accounts.hold_version(account_id))
        seat = _settings_of(in_force, profile, slug)
        if seat is None:
            raise ThingNotFound(f"there is no assignment {slug!r} in a profile {profile!r}")
        partner, digests = seat
        partner_id = in_force.plan.identities.partners[partner]
        enabled = [breakers.enable(Key(partner_id, each), now=now) for each in digests]
        if any(enabled):
            leads.look_again(account_id, now=now)
            audit.note(
                account_id=account_id,
                actor=by,
                action=Action.CHANNEL_ENABLED,
                subject=f"assignment {profile}/{slug}",
                now=now,
            )


def _in_force(in_force: Setup, kind: Kind) -> list[Shown]:
    document: dict[str, Any] = dict(write_configuration(in_force.configuration))
    things: list[Shown] = [{**thing, "archived_at": None} for thing in document[kind]]
    if kind == "sources":
        listed = {(thing["entity"], thing["slug"]) for thing in things}
        things += [
            {"slug": API_SOURCE, "entity": entity.slug, "name": "API", "archived_at": None}
            for entity in in_force.configuration.entities
            if (entity.slug, API_SOURCE) not in listed
        ]
    if kind == "profiles":
        down = breakers.find_down(in_force.account.id)
        for thing in things:
            thing["assignments"] = [
                _assignment(in_force, thing["slug"], each, down) for each in thing["assignments"]
            ]
    if kind == "webhooks":
        for thing in things:
            thing.update(_standing(in_force, thing["slug"]))
    return things


def _standing(in_force: Setup, slug: str) -> Shown:
    """Say since when a webhook takes nothing, and since when it is sent nothing."""
    webhook = in_force.configuration.webhook(slug)
    failing = troubles.find(in_force.account.id, webhook) if webhook else None
    halted_at = failing and failing.halted_at
    return {
        "failing_since": rfc3339(failing.failing_since) if failing else None,
        "halted_at": rfc3339(halted_at) if halted_at else None,
    }


def _assignment(in_force: Setup, profile: str, written: Shown, down: Collection[Key]) -> Shown:
    """Add what an assignment's line leaves to be understood: its slug, and whether it is down."""
    slug = str(written.get("slug", written["partner"]))
    seat = _settings_of(in_force, profile, slug)
    return {**written, "slug": slug, "channel_down": _is_down(in_force, seat, down)}


def _is_down(in_force: Setup, seat: tuple[str, list[str]] | None, down: Collection[Key]) -> bool:
    """Tell whether it has delivery settings, and none of them is up."""
    if seat is None or not seat[1]:
        return False
    partner_id = in_force.plan.identities.partners[seat[0]]
    return all(Key(partner_id, each) in down for each in seat[1])


def _settings_of(in_force: Setup, profile: str, slug: str) -> tuple[str, list[str]] | None:
    """Return the partner of an assignment and the digests of its delivery settings."""
    configuration = in_force.configuration
    found = configuration.profile(profile)
    for assignment in found.assignments if found else ():
        partner = configuration.partner(assignment.partner)
        if assignment.slug == slug and partner is not None:
            settings = assignment.all_settings or partner.all_settings
            return partner.slug, [settings_digest(each) for each in settings]
    return None


def _archived(thing: setup.Archived) -> Shown:
    shown: Shown = {"slug": thing.slug, "name": thing.name}
    if thing.entity is not None:
        shown["entity"] = thing.entity
    return {**shown, "archived_at": rfc3339(thing.archived_at)}
