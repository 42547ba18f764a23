"""A webhook of Headgate's own: JSON to whoever watches over it, about no lead."""

from headgate import __version__
from headgate.channels.webhook.request import WebhookRequest
from headgate.domain.delivery_settings import AnswerRules

DEADLINE_SECONDS = 15.0


def made_notice(url: str, *, id: str, body: bytes) -> WebhookRequest:
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
    )
