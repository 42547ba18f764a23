"""Event webhooks written out as the document that reads as the same ones."""

from headgate.domain.configuration.delivery_writing import Written, differing, write_signing
from headgate.domain.events import Audience, EventWebhook


def write_event_webhook(webhook: EventWebhook) -> Written:
    return {
        "slug": webhook.slug,
        "url": webhook.url,
        "secret": write_signing(webhook.secret, webhook.old_secret),
        "events": [str(event) for event in webhook.events],
    } | differing(
        ("audience", str(webhook.audience), str(Audience.STAFF)),
        ("entities", list(webhook.entities), []),
        ("sources", list(webhook.sources), []),
        ("enabled", webhook.enabled, True),
    )
