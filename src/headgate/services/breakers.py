"""Circuit breakers: what tries say of delivery settings, and the probes that end a pause.

The tries of the last minutes are counted in this process. A row is written only when something
is wrong for longer or the breaker opens, and it goes with the trouble.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any

from django.db import transaction
from msgspec import Struct
from msgspec.structs import replace

from headgate.channels import registry
from headgate.channels.contract import Probing, Sent, Unrenderable
from headgate.domain.channel_options import BadOptions
from headgate.domain.deliveries import Outcome
from headgate.domain.delivery_settings import DeliverySettings, Other, channel_name
from headgate.domain.health import (
    HALT_AFTER,
    HEALTHY,
    Health,
    after_probe,
    after_tries,
    is_failure,
)
from headgate.domain.ids import AccountId
from headgate.services import setups
from headgate.services.identity import passing_id
from headgate.services.sealing import Unopenable
from headgate.services.setups import MissingSecret, Setup
from headgate.storage import halts, health, leads, postponed
from headgate.storage.health import Key

PROBE_MARGIN = timedelta(seconds=15)
LOOK_AGAIN_AFTER = timedelta(seconds=60)
HELD = "Waits: the partner fails, and gets nothing until it answers a probe."
DOWN = "Not sent: the partner fails, and gets nothing this way until it answers a probe."
HALTED = "Not sent: these delivery settings are halted, until they change or somebody enables them."
HOPELESS = f"Nothing but failures for {HALT_AFTER.days} days."


class Tried(Struct, frozen=True):
    """How one try through some delivery settings ended."""

    key: Key
    outcome: Outcome


class Probe(Struct, frozen=True):
    """One look at an open breaker's other side, by a request without a lead."""

    account_id: AccountId
    key: Key
    channel: str
    request: Any


class _Counts(Struct):
    answered: int = 0
    failed: int = 0


_recent: dict[Key, Health] = {}
_in_trouble: set[AccountId] = set()


def forget_all() -> None:
    """Forget what this process counted: the database behind it is another one now."""
    _recent.clear()
    _in_trouble.clear()


def is_watched(settings: DeliverySettings | None) -> bool:
    """Tell whether failures speak against the partner: its channel can probe it."""
    return settings is not None and _probing(channel_name(settings)) is not None


def find_down(account_id: AccountId) -> dict[Key, datetime | None]:
    """Return the delivery settings that get no leads: those with an open breaker, or halted.

    Beside each stands when its pause is over; None where it is halted.
    """
    kept = health.list_all(account_id)
    _note_trouble(account_id, bool(kept))
    down = {key: each.probe_at for key, each in kept.items() if each.is_open}
    return down | {Key(*each): None for each in halts.list_all(account_id)}


def enable(key: Key, *, now: datetime) -> bool:
    """Give them another chance, by a person's word; False when nothing kept them from leads."""
    was_open, was_halted = health.remove(key), halts.remove(key.partner_id, key.settings_digest)
    postponed.hasten_held(key.partner_id, reason=HELD, now=now)
    transaction.on_commit(partial(_recent.pop, key, None))
    return was_open or was_halted


def note_tries(account_id: AccountId, tries: Iterable[Tried], *, now: datetime) -> None:
    """Count tries, in the transaction that records them; open and close breakers by them."""
    counts: dict[Key, _Counts] = {}
    for tried in tries:
        count = counts.setdefault(tried.key, _Counts())
        if is_failure(tried.outcome):
            count.failed += 1
        else:
            count.answered += 1
    if not counts:
        return
    # Healthy partners cost no statement: only a failure, or what is kept already, needs one.
    reads = account_id in _in_trouble or any(each.failed for each in counts.values())
    kept = health.list_all(account_id) if reads else {}
    for key in sorted(counts):
        before, count = _known(kept.get(key), key), counts[key]
        after = after_tries(before, answered=count.answered, failed=count.failed, now=now)
        if after.is_hopeless(now) and count.failed:
            _halt(account_id, key, now=now)
        else:
            _keep(account_id, key, kept.get(key), after, now=now)


def take_due_probes(*, now: datetime) -> list[Probe]:
    """Return the probes that are due and now this process's to make, one for each breaker."""
    accounts = health.accounts_in_trouble()
    _in_trouble.clear()
    _in_trouble.update(accounts)
    probes = []
    for due in health.list_due(now=now) if accounts else ():
        setup = setups.in_force(due.account_id)
        settings = _settings_of(setup, due.key)
        if settings is None or due.key in halts.list_all(due.account_id):
            health.remove(due.key)  # nobody is delivered to so any more
            postponed.hasten_held(due.key.partner_id, reason=HELD, now=now)
            continue
        lasts = timedelta(seconds=getattr(settings, "timeout_seconds", 15))
        if not health.take_probe(due, until=now + lasts + PROBE_MARGIN):
            continue
        probe = _rendered(setup, due.key, settings, now)
        if probe is None:
            _end_probe(due.account_id, due.key, passed=False, now=now)
        else:
            probes.append(probe)
    return probes


def record_probe(*, probe: Probe, sent: Sent, now: datetime) -> None:
    """Close the breaker, or leave it open for longer."""
    passed = sent.outcome is Outcome.DELIVERED
    _end_probe(probe.account_id, probe.key, passed=passed, now=now)


def _end_probe(account_id: AccountId, key: Key, *, passed: bool, now: datetime) -> None:
    with transaction.atomic():
        before = health.lock(account_id, key)
        if before is None:
            return
        after = after_probe(before, passed=passed, now=now)
        if after.is_hopeless(now) and not passed:
            _halt(account_id, key, now=now)
        else:
            _keep(account_id, key, before, after, now=now)


def _keep(
    account_id: AccountId, key: Key, before: Health | None, after: Health, *, now: datetime
) -> None:
    """Write what outlives this process, and have leads look again at what works again."""
    kept = after.is_worth_keeping(now)
    if kept and _without_slices(after) != before:
        health.put(account_id, key, after)
    elif not kept and before is not None:
        health.remove(key)
    if before is not None and before.is_open and not after.is_open:
        leads.look_again(account_id, now=now)
        postponed.hasten_held(key.partner_id, reason=HELD, now=now)
    # What is kept belongs to every process: here only the tries are remembered.
    recent = Health(after.slices) if kept else after
    transaction.on_commit(partial(_remember, account_id, key, recent, in_trouble=kept))


def _halt(account_id: AccountId, key: Key, *, now: datetime) -> None:
    halts.add(account_id, key.partner_id, key.settings_digest, reason=HOPELESS, now=now)
    health.remove(key)
    postponed.hasten_held(key.partner_id, reason=HELD, now=now)
    transaction.on_commit(partial(_remember, account_id, key, HEALTHY, in_trouble=True))


def _remember(account_id: AccountId, key: Key, recent: Health, *, in_trouble: bool) -> None:
    if recent == HEALTHY:
        _recent.pop(key, None)
    else:
        _recent[key] = recent
    if in_trouble:
        _in_trouble.add(account_id)


def _note_trouble(account_id: AccountId, in_trouble: bool) -> None:
    if in_trouble:
        _in_trouble.add(account_id)
    else:
        _in_trouble.discard(account_id)


def _known(kept: Health | None, key: Key) -> Health:
    recent = _recent.get(key, HEALTHY)
    return recent if kept is None else replace(kept, slices=recent.slices)


def _without_slices(known: Health) -> Health:
    return replace(known, slices=())


def _settings_of(setup: Setup, key: Key) -> DeliverySettings | None:
    for seat in setup.seats.values():
        for way in seat.ways:
            if (seat.partner_id, way.digest) == key:
                return way.settings
    return None


@cache
def _probing(name: str) -> Probing[Any, Any] | None:
    try:
        channel = registry.channel(name)
    except registry.NoSuchChannel:
        return None
    return channel if isinstance(channel, Probing) else None


def _rendered(setup: Setup, key: Key, settings: DeliverySettings, now: datetime) -> Probe | None:
    """Return the probe; None when these settings make no request, as no lead's would be."""
    channel = _probing(channel_name(settings))
    if channel is None:
        return None
    try:
        id = f"probe_{passing_id(now)}"
        options = registry.options_of(settings) if isinstance(settings, Other) else settings
        request = channel.probe(options, id=id, secret_of=setup.secret)
    except (BadOptions, Unrenderable, MissingSecret, Unopenable):
        return None
    return Probe(setup.account.id, key, channel_name(settings), request)
