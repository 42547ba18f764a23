"""Opens a sender, and with it the libraries that speak HTTP."""

from headgate.channels.addresses import Reach
from headgate.channels.contract import Sender
from headgate.channels.webhook.request import WebhookRequest


def over_http(reach: Reach) -> Sender[WebhookRequest]:
    """Return a sender; call it where the event loop runs."""
    # An engine renders and never sends: it need not hold them in memory.
    from headgate.channels.outbound_http import OutboundHttp  # noqa: PLC0415
    from headgate.channels.webhook.sending import WebhookSender  # noqa: PLC0415

    return WebhookSender(OutboundHttp(reach))
