"""Messages of Headgate's own, as Standard Webhooks has them: events, and alerts."""

from headgate import __version__
from headgate.channels.webhook.request import WebhookRequest
from headgate.domain.delivery_settings import AnswerRules

DEADLINE_SECONDS = 15.0


def made_notice(
    url: str, *, id: str, body: bytes, signing_secret: str | None = None
) -> WebhookRequest:
    """Make the request; only a 2xx means that it was taken."""
    return WebhookRequest(
        delivery_id=id,
        method="POST",
        url=url,
        headers=(
            ("Content-Type", "application/json"),
            ("Accept", "*/*"),
            ("User-Agent", f"Headgate/{__version__}"),
            ("webhook-id", id),
            ("Idempotency-Key", id),
        ),
        body=body,
        timeout_seconds=DEADLINE_SECONDS,
        answer=AnswerRules(),
        signing_secret=signing_secret,
        confidential=tuple((signing_secret or "").split()),
    )
