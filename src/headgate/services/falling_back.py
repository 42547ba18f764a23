"""A delivery goes on by other delivery settings: what its row says from then on."""

from headgate.domain.delivery_settings import DeliverySettings, Other, Webhook, channel_name
from headgate.services.errands import Errand
from headgate.services.ways import awaits_partner
from headgate.services.writing import read_values, write_json
from headgate.storage import deliveries


def fall_back(delivery: deliveries.Delivery, errand: Errand) -> None:
    """Put a delivery under its next settings, with all their tries and the time that is left."""
    before, ways = errand.settings, errand.seat.ways
    delivery.fallback = (delivery.fallback or 0) + 1
    settings = ways[delivery.fallback].settings
    delivery.channel = channel_name(settings)
    delivery.timeout_seconds = getattr(settings, "timeout_seconds", delivery.timeout_seconds)
    delivery.attempts_forgiven = delivery.attempts
    delivery.digest_key = delivery.letter_id = None
    if awaits_partner(settings):
        delivery.due_at = delivery.give_up_at
    if not makes_the_same_body(before, settings):
        let_go_of_body(delivery)
    deliveries.save_renewed(delivery)


def let_go_of_body(delivery: deliveries.Delivery) -> None:
    """Have the next try rendered anew; what was sent before stays with its attempts."""
    if delivery.body is not None and not delivery.body_sealed:
        body = delivery.body.decode("utf-8", "replace")
        for attempt in deliveries.attempts_of([delivery.id])[delivery.id]:
            request = read_values(attempt.request) if attempt.request else {}
            if request.get("body", "") is None:
                whole = write_json({**request, "body": body})
                deliveries.save_request(delivery.id, attempt.n, whole)
    delivery.body, delivery.body_sealed = None, False


def makes_the_same_body(before: DeliverySettings, after: DeliverySettings) -> bool:
    """Tell whether the bytes of the earlier tries are also those of the later settings."""
    if isinstance(before, Webhook) and isinstance(after, Webhook):
        parts = ("method", "format", "fields", "template")
        return all(getattr(before, part) == getattr(after, part) for part in parts)
    if isinstance(before, Other) and isinstance(after, Other):
        parts = ("name", "options", "fields", "hosts")
        return all(getattr(before, part) == getattr(after, part) for part in parts)
    return before == after
