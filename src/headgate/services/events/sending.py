"""Events are sent: taken with a lease, and what came of each try is recorded.

No transaction is open during a send. Whoever lost the lease writes nothing; it is sent again,
with the same id and the same bytes.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from django.db import transaction
from msgspec import Struct

from headgate.channels.contract import Sent
from headgate.channels.webhook import notices
from headgate.channels.webhook.request import WebhookRequest
from headgate.domain.deliveries import Outcome
from headgate.domain.events import KEPT, EventState, EventType, EventWebhook, next_try
from headgate.domain.ids import AccountId
from headgate.services import setups
from headgate.services.events import troubles
from headgate.services.sealing import Unopenable
from headgate.services.setups import MissingSecret, Setup
from headgate.storage import events
from headgate.storage.events import Event

MOST_AT_ONE_WEBHOOK = 16
LEASED = timedelta(seconds=notices.DEADLINE_SECONDS + 30)
LOOK_AGAIN_AFTER = timedelta(minutes=10)
# However much waits for a webhook that is off, leads come in between.
MOST_MOVED_AT_ONCE = 5_000
MOST_FORGOTTEN_AT_ONCE = 5_000
_LONGEST_ERROR = 300
_GONE = "The webhook is not in the account's set-up any more."

Address = tuple[AccountId, str]  # an account, and the slug of one of its webhooks


class Telling(Struct, frozen=True):
    """One event on its way; where nothing can be sent, `error` says why."""

    event: Event
    webhook: EventWebhook
    request: WebhookRequest | None
    error: str | None = None

    @property
    def address(self) -> Address:
        return self.event.account_id, self.event.webhook


class Told(Struct, frozen=True):
    telling: Telling
    sent: Sent


def find_due(*, now: datetime) -> list[Address]:
    """Return the webhooks that have something to be told of."""
    return events.webhooks_with_due(now=now)


def take_due(*, under_way: Mapping[Address, int], now: datetime) -> list[Telling]:
    """Take what is due for these webhooks, beside so many events that are under way to each."""
    tellings: list[Telling] = []
    with transaction.atomic():
        for (account_id, slug), count in under_way.items():
            setup = setups.in_force(account_id)
            webhook = setup.configuration.webhook(slug)
            if webhook is None:
                events.give_up(account_id, slug, error=_GONE, limit=MOST_MOVED_AT_ONCE, now=now)
            else:
                tellings += _take(setup, webhook, count, now)
    return tellings


def record_told(*, told: Sequence[Told], now: datetime) -> None:
    """Write what came of each try, and what it says of its webhook."""
    with transaction.atomic():
        held = events.hold_leased([each.telling.event for each in told])
        ours = [each for each in told if each.telling.event.id in held]
        for each in ours:
            _settle(held[each.telling.event.id], each.sent, now)
        events.save(list(held.values()))
        by_address = attrgetter("telling.address")
        for (account_id, _), of_webhook in groupby(sorted(ours, key=by_address), key=by_address):
            tries = list(of_webhook)
            sent = [each.sent for each in tries]
            troubles.note_tries(account_id, tries[0].telling.webhook, sent, now=now)


def forget_old(*, now: datetime) -> int:
    """Delete the oldest events; return how many went, at most so many at once."""
    with transaction.atomic():
        return events.delete_older_than(KEPT, now=now, limit=MOST_FORGOTTEN_AT_ONCE)


def _take(setup: Setup, webhook: EventWebhook, under_way: int, now: datetime) -> list[Telling]:
    account_id, slug = setup.account.id, webhook.slug
    trouble = troubles.find(account_id, webhook)
    if not webhook.enabled or (trouble is not None and trouble.halted_at is not None):
        claimed = _take_tests(account_id, slug, now)
    else:
        # One that fails gets one after the other, until it takes something again.
        most = 1 if trouble is not None else MOST_AT_ONE_WEBHOOK
        room = max(0, most - under_way)
        claimed = events.claim(account_id, slug, until=now + LEASED, limit=room, now=now)
    return [_telling(setup, webhook, event) for event in claimed]


def _take_tests(account_id: AccountId, slug: str, now: datetime) -> list[Event]:
    """Take what people ask for of a webhook that is off; the rest is looked at later."""
    tests = events.claim_tests(
        account_id,
        slug,
        since=now - 2 * LOOK_AGAIN_AFTER,
        until=now + LEASED,
        limit=MOST_AT_ONE_WEBHOOK,
        now=now,
    )
    until = now + LOOK_AGAIN_AFTER
    events.put_off(account_id, slug, until=until, limit=MOST_MOVED_AT_ONCE, now=now)
    return tests


def _telling(setup: Setup, webhook: EventWebhook, event: Event) -> Telling:
    try:
        secrets = [webhook.secret, webhook.old_secret]
        signing_secret = " ".join(setup.secret(each) for each in secrets if each is not None)
    except (MissingSecret, Unopenable) as error:
        return Telling(event, webhook, None, f"Not sent: {error}")
    request = notices.made_notice(
        webhook.url, id=str(event.id), body=event.body.encode(), signing_secret=signing_secret
    )
    return Telling(event, webhook, request)


def _settle(event: Event, sent: Sent, now: datetime) -> None:
    tries_before = event.attempts - event.attempts_forgiven
    event.attempts += 1
    event.tried_at = now
    event.status = sent.status
    # What an answer means for a lead is not what it means here; its code says enough.
    event.error = sent.error[:_LONGEST_ERROR] if sent.error and sent.status is None else None
    if sent.outcome is Outcome.DELIVERED:
        event.state, event.due_at = EventState.SENT, None
        return
    event.due_at = next_try(
        event.id, tries_before, retry_after_seconds=sent.retry_after_seconds, now=now
    )
    if event.type == EventType.WEBHOOK_TESTED:
        event.due_at = None  # whoever tests looks at the answer, and tests again
    if event.due_at is None:
        event.state = EventState.FAILED
