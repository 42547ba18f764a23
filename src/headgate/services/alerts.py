"""Alerts: what somebody should look at is found, opened once, and ended when it is over."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from django.db import transaction
from msgspec import Struct

from headgate.domain.alerts import (
    BOUNCED_WITHIN,
    LOST_WITHIN,
    UNMAILED_WITHIN,
    UNMATCHED_MOST_LEADS,
    UNMATCHED_WITHIN,
    UNTRIED_AFTER,
    AlertKind,
    Finding,
    cap_finding,
    unmatched_finding,
)
from headgate.domain.caps import Cap, Per, Scope, Unit
from headgate.domain.delivery_settings import Way, channel_name
from headgate.domain.ids import AccountId
from headgate.domain.instants import rfc3339
from headgate.domain.invoices.state import InvoiceState
from headgate.domain.money import format_amount
from headgate.domain.seats import Seat
from headgate.services import low_balances, mail_pauses, setups
from headgate.services.cap_owners import owner_of
from headgate.services.events import troubles
from headgate.services.identity import fresh_id
from headgate.services.setups import Setup
from headgate.storage import (
    accounts,
    alerts,
    caps,
    halts,
    health,
    invoice_lists,
    partner_mails,
    signs,
)
from headgate.storage.health import Key
from headgate.storage.invoice_lists import InvoiceFilter

_MOST_OVERDUE = 50


class Change(Struct, frozen=True):
    """What is new in an account, and which alerts are over."""

    account_id: AccountId
    opened: list[Finding]
    ended: list[UUID]


class AlertShown(Struct, frozen=True):
    id: str
    kind: str
    subject: str
    text: str
    opened_at: str
    ended_at: str | None
    told_at: str | None


class AlertPage(Struct, frozen=True):
    items: list[AlertShown]
    next: str | None


def find_changes(*, sender_lost: bool, now: datetime) -> list[Change]:
    """Compare every account's state with its open alerts; nothing is written.

    `sender_lost` tells whether this machine lost a sender lately.
    """
    found = (
        _change(account.id, sender_lost, now)
        for account in accounts.list_all()
        if account.config_version
    )
    return [change for change in found if change.opened or change.ended]


def write_changes(*, changes: Iterable[Change], now: datetime) -> None:
    with transaction.atomic():
        for change in changes:
            opened = {fresh_id(now): finding for finding in change.opened}
            alerts.open_all(change.account_id, opened, now=now)
            low_balances.tell_partners(
                account_id=change.account_id, opened=alerts.among(opened), now=now
            )
            alerts.end(change.ended, now=now)


def list_alerts(
    *, account_id: AccountId, is_open: bool | None, before: UUID | None, limit: int
) -> AlertPage:
    """Return the alerts, the newest first."""
    found = alerts.list_page(account_id, is_open=is_open, before=before, limit=limit + 1)
    page = found[:limit]
    more = str(page[-1].id) if len(found) > limit else None
    return AlertPage([shown(each) for each in page], more)


def shown(alert: alerts.Alert) -> AlertShown:
    return AlertShown(
        id=str(alert.id),
        kind=alert.kind,
        subject=alert.subject,
        text=alert.text,
        opened_at=rfc3339(alert.opened_at),
        ended_at=rfc3339(alert.ended_at) if alert.ended_at else None,
        told_at=rfc3339(alert.told_at) if alert.told_at else None,
    )


def count_open() -> dict[str, int]:
    """Return how many alerts of each kind are open, of all accounts together."""
    counts = alerts.count_open()
    return {kind: counts.get(kind, 0) for kind in AlertKind}


def _change(account_id: AccountId, sender_lost: bool, now: datetime) -> Change:
    setup = setups.in_force(account_id)
    found = {(each.kind, each.subject): each for each in _findings(setup, sender_lost, now)}
    standing = alerts.list_open(account_id)
    known = {(each.kind, each.subject) for each in standing}
    going_on = _reported_and_not_over(standing, now)
    return Change(
        account_id,
        [finding for name, finding in found.items() if name not in known],
        [
            each.id
            for each in standing
            if (each.kind, each.subject) not in found and each.id not in going_on
        ],
    )


def _reported_and_not_over(standing: Iterable[alerts.Alert], now: datetime) -> set[UUID]:
    """Return those that were opened where it happened, and have not ended by themselves."""
    told_for = {AlertKind.WORKER_LOST: LOST_WITHIN, AlertKind.MAIL_BOUNCED: BOUNCED_WITHIN}
    fresh = {
        each.id
        for each in standing
        if each.kind in told_for and now - each.opened_at < told_for[each.kind]
    }
    poisoned = {
        each.subject: each.id for each in standing if each.kind is AlertKind.DELIVERY_POISONED
    }
    unknown = signs.still_unknown(poisoned)
    return fresh | {poisoned[subject] for subject in unknown}


def _findings(setup: Setup, sender_lost: bool, now: datetime) -> Iterator[Finding]:
    account_id = setup.account.id
    yield from _failing_partners(setup)
    yield from _full_caps(setup, now)
    pause = mail_pauses.pause_of(account_id, setup.configuration.email.smtp)
    if pause is not None:
        text = f"Mail is paused, because the server refuses the login: {pause.reason}"
        yield Finding(AlertKind.MAIL_PAUSED, "", text)
    yield from _overdue_invoices(setup, now)
    yield from _unmailed_invoices(setup, now)
    yield from low_balances.findings(setup, now=now)
    yield from troubles.findings(setup, now)
    since = now - UNMATCHED_WITHIN
    decided, unmatched = signs.count_unmatched(account_id, since=since, most=UNMATCHED_MOST_LEADS)
    if finding := unmatched_finding(decided=decided, unmatched=unmatched):
        yield finding
    oldest = signs.oldest_untried(account_id, now=now)
    if oldest is not None and now - oldest >= UNTRIED_AFTER:
        text = f"A delivery has been due since {rfc3339(oldest)} and was not tried."
        yield Finding(AlertKind.DELIVERIES_LATE, "", text)
    if sender_lost:
        text = "The process that sends died and was replaced; what it was sending is ambiguous."
        yield Finding(AlertKind.SENDER_LOST, "", text)


def _overdue_invoices(setup: Setup, now: datetime) -> Iterator[Finding]:
    overdue = invoice_lists.list_invoices(
        setup.account.id,
        InvoiceFilter(state=InvoiceState.OVERDUE),
        today=now.astimezone(setup.zone).date(),
        before=None,
        limit=_MOST_OVERDUE,
    )
    for each in overdue:
        partner = setup.partner_slugs[each.partner_id]
        text = f"Invoice {each.number} of {partner} was due on {each.due_on} and is not paid."
        yield Finding(AlertKind.INVOICE_OVERDUE, each.number, text)


def _unmailed_invoices(setup: Setup, now: datetime) -> Iterator[Finding]:
    for mail, number in partner_mails.given_up(setup.account.id, since=now - UNMAILED_WITHIN):
        text = (
            f"Invoice {number} could not be mailed to {mail.to}: {mail.error}."
            " Send it again from its page."
        )
        yield Finding(AlertKind.INVOICE_NOT_MAILED, number, text)


def _failing_partners(setup: Setup) -> Iterator[Finding]:
    kept, reasons = health.list_all(setup.account.id), halts.reasons(setup.account.id)
    named: set[Key] = set()
    for seat in setup.seats.values() if kept or reasons else ():
        for way in seat.ways:
            key = Key(seat.partner_id, way.digest)
            if key in named:
                continue
            named.add(key)
            # A partner may be reached in several ways; the digest tells them apart.
            subject = f"{seat.partner.slug} {way.digest[:8]}"
            partner, by = seat.partner.name, _by(seat, way)
            if reason := reasons.get(key):
                text = f"{partner} gets no more leads{by} until you enable its channel: {reason}"
                yield Finding(AlertKind.CHANNEL_HALTED, subject, text)
            elif key in kept and kept[key].is_open:
                text = f"{partner} fails; it gets no leads{by} until it answers a probe."
                yield Finding(AlertKind.CHANNEL_OPEN, subject, text)


def _by(seat: Seat, way: Way) -> str:
    """Say which of several delivery settings are meant; nothing where there is one."""
    return f" by {channel_name(way.settings)}" if len(seat.ways) > 1 else ""


def _full_caps(setup: Setup, now: datetime) -> Iterator[Finding]:
    windows = setup.windows_at(now)
    wanted = dict(enumerate(zip(setup.plan.slots, windows, strict=True)))
    for number, used in caps.counted(setup.account.id, wanted, now=now).items():
        slot = setup.plan.slots[number]
        if slot.scope is Scope.BALANCE:
            continue
        owner, cap = owner_of(setup, slot), _in_words(setup, slot.cap)
        subject = f"{slot.scope} {owner.slug}: {cap}"
        if finding := cap_finding(subject, owner.name, cap, used=used, limit=slot.cap.limit):
            yield finding


def _in_words(setup: Setup, cap: Cap) -> str:
    amount = f"{cap.limit} leads"
    if cap.unit is Unit.SPEND:
        amount = f"{format_amount(cap.limit, setup.currency)} {setup.currency}"
    return f"{amount} in total" if cap.per is Per.TOTAL else f"{amount} per {cap.per}"
