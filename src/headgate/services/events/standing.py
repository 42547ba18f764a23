"""How an account's webhooks stand, what they were told, and what people do about it."""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from msgspec import Raw, Struct

from headgate.domain.audit import Action
from headgate.domain.events import EventState, EventType, EventWebhook
from headgate.domain.ids import AccountId, EventId
from headgate.domain.instants import rfc3339
from headgate.services import audit, setups
from headgate.services.events import bodies, noting, troubles
from headgate.services.setups import Setup
from headgate.storage import events, failing_webhooks
from headgate.storage.events import Event

_SECRET_BYTES = 32


class WebhookNotFound(LookupError):
    """The account's set-up has no such webhook."""


class Standing(Struct, frozen=True):
    """Since when a webhook fails, and since when it is halted; None of both while it is well."""

    webhook: EventWebhook
    failing_since: datetime | None
    halted_at: datetime | None
    reason: str | None


class EventShown(Struct, frozen=True):
    """`body` is what is sent, as it stands; `next_try_at` is there while a try is to come."""

    id: str
    webhook: str
    type: str
    at: str
    state: str
    tries: int
    tried_at: str | None
    next_try_at: str | None
    status: int | None
    error: str | None
    body: Raw


class EventPage(Struct, frozen=True):
    items: list[EventShown]
    next: str | None


def fresh_secret() -> str:
    """Make a signing secret as Standard Webhooks prescribes."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def list_webhooks(*, account_id: AccountId) -> list[Standing]:
    """Return them in the file's order."""
    return [
        _standing(account_id, each) for each in setups.in_force(account_id).configuration.webhooks
    ]


def show_webhook(*, account_id: AccountId, slug: str) -> Standing:
    """:raises WebhookNotFound:"""
    _, webhook = _found(account_id, slug)
    return _standing(account_id, webhook)


def list_events(
    *,
    account_id: AccountId,
    slug: str,
    states: Sequence[EventState] = (),
    before: UUID | None,
    limit: int,
) -> EventPage:
    """Return what a webhook is told, the newest first; one that is gone still has its own.

    :raises WebhookNotFound:
    """
    found = events.list_page(account_id, slug, states=states, before=before, limit=limit + 1)
    if not found and before is None:
        _found(account_id, slug)
    page = found[:limit]
    more = str(page[-1].id) if len(found) > limit else None
    return EventPage([_shown(each) for each in page], more)


def send_test(*, account_id: AccountId, slug: str, now: datetime) -> EventShown:
    """Have a made-up event sent at once, even to a webhook that is disabled or halted.

    :raises WebhookNotFound:
    """
    with transaction.atomic():
        setup, webhook = _found(account_id, slug)
        kind = EventType.WEBHOOK_TESTED
        text = bodies.body(kind, {"webhook": slug}, now=now)
        event = noting.new_event(setup, webhook, kind, text, now=now)
        events.add([event])
    return _shown(event)


def send_again(*, account_id: AccountId, slug: str, event_id: EventId, now: datetime) -> EventShown:
    """Have an event sent once more, with the same id and all its tries.

    :raises EventNotFound:
    """
    with transaction.atomic():
        event = events.get(account_id, slug, event_id)
        event.state, event.due_at = EventState.PENDING, now
        event.attempts_forgiven = event.attempts
        events.save([event])
    return _shown(event)


def send_failed_again(*, account_id: AccountId, slug: str, now: datetime) -> int:
    """Have everything sent once more that failed; return how many events that is.

    :raises WebhookNotFound:
    """
    with transaction.atomic():
        _found(account_id, slug)
        return events.renew_failed(account_id, slug, now=now)


def enable_webhook(*, account_id: AccountId, slug: str, by: str, now: datetime) -> None:
    """Let a webhook that was halted be told again, beginning with what waits for it.

    :raises WebhookNotFound:
    """
    with transaction.atomic():
        _found(account_id, slug)
        if failing_webhooks.remove(account_id, [slug]):
            events.make_due(account_id, slug, now=now)
            audit.note(
                account_id=account_id,
                actor=by,
                action=Action.CHANNEL_ENABLED,
                subject=f"webhook {slug}",
                now=now,
            )


def _found(account_id: AccountId, slug: str) -> tuple[Setup, EventWebhook]:
    setup = setups.in_force(account_id)
    webhook = setup.configuration.webhook(slug)
    if webhook is None:
        raise WebhookNotFound(f"there is nothing named {slug!r} among the webhooks")
    return setup, webhook


def _standing(account_id: AccountId, webhook: EventWebhook) -> Standing:
    failing = troubles.find(account_id, webhook)
    if failing is None:
        return Standing(webhook, None, None, None)
    return Standing(webhook, failing.failing_since, failing.halted_at, failing.reason)


def _shown(event: Event) -> EventShown:
    return EventShown(
        id=str(event.id),
        webhook=event.webhook,
        type=event.type,
        at=rfc3339(event.at),
        state=event.state,
        tries=event.attempts,
        tried_at=rfc3339(event.tried_at) if event.tried_at else None,
        next_try_at=rfc3339(event.due_at) if event.due_at else None,
        status=event.status,
        error=event.error,
        body=Raw(event.body.encode()),
    )
