"""Webhooks that fail: since when, when nothing more is sent to them, and who is told of it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b

from msgspec.structs import replace

from headgate.channels.contract import Sent
from headgate.domain.alerts import AlertKind, Finding
from headgate.domain.deliveries import Outcome
from headgate.domain.events import HALTED_AFTER, EventWebhook
from headgate.domain.ids import AccountId
from headgate.domain.instants import rfc3339
from headgate.services.setups import Setup
from headgate.storage import failing_webhooks
from headgate.storage.failing_webhooks import Failing

TOLD_AFTER = timedelta(minutes=15)
_GONE = "It answered 410: it wants nothing more at this address."
_HOPELESS = f"Nothing but failures for {HALTED_AFTER.days} days."
_UNREACHED = "It cannot be reached."


def find(account_id: AccountId, webhook: EventWebhook) -> Failing | None:
    """Return since when the webhook fails, under the address that it has now."""
    found = failing_webhooks.list_all(account_id).get(webhook.slug)
    return found if found is not None and found.url_digest == _digest(webhook.url) else None


def note_tries(
    account_id: AccountId, webhook: EventWebhook, sent: Sequence[Sent], *, now: datetime
) -> None:
    """Count tries at one webhook: one that was taken ends the trouble, unless it is halted."""
    before = find(account_id, webhook)
    if before is not None and before.halted_at is not None:
        return
    if any(each.outcome is Outcome.DELIVERED for each in sent):
        if before is not None:
            failing_webhooks.remove(account_id, [webhook.slug])
        return
    last = sent[-1]
    failing = before or Failing(webhook.slug, _digest(webhook.url), now, None, "")
    answered = f"It answered {last.status}." if last.status is not None else last.error
    failing = replace(failing, reason=(answered or _UNREACHED)[:300])
    if any(each.status == 410 for each in sent):
        failing = replace(failing, halted_at=now, reason=_GONE)
    elif now - failing.failing_since >= HALTED_AFTER:
        failing = replace(failing, halted_at=now, reason=_HOPELESS)
    failing_webhooks.save(account_id, failing)


def findings(setup: Setup, now: datetime) -> Iterator[Finding]:
    """Say which webhooks somebody should look at."""
    if not setup.configuration.webhooks:
        return
    for webhook in setup.configuration.webhooks:
        failing = find(setup.account.id, webhook)
        if failing is None or not webhook.enabled:
            continue
        if failing.halted_at is not None:
            text = f"The webhook {webhook.slug} is sent nothing until you enable it: "
            yield Finding(AlertKind.WEBHOOK_HALTED, webhook.slug, text + failing.reason)
        elif now - failing.failing_since >= TOLD_AFTER:
            since = rfc3339(failing.failing_since)
            text = f"The webhook {webhook.slug} has taken nothing since {since}: {failing.reason}"
            yield Finding(AlertKind.WEBHOOK_FAILING, webhook.slug, text)


def _digest(url: str) -> str:
    return blake2b(url.encode(), digest_size=16).hexdigest()
