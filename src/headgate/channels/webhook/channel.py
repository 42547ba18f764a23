"""The webhook channel, as the contract of all channels wants it."""

from headgate.channels.addresses import Reach
from headgate.channels.contract import LeadFacts, SecretOf, Sender, ShownRequest
from headgate.channels.webhook import opening, probing, rendering
from headgate.channels.webhook.request import WebhookRequest, shown
from headgate.domain.delivery_settings import Webhook


class WebhookChannel:
    request_type = WebhookRequest

    def render(
        self,
        settings: Webhook,
        facts: LeadFacts,
        *,
        secret_of: SecretOf,
        body: bytes | None = None,
    ) -> WebhookRequest:
        return rendering.render(settings, facts, secret_of=secret_of, body=body)

    def probe(self, settings: Webhook, *, id: str, secret_of: SecretOf) -> WebhookRequest:
        return probing.probe(settings, id=id, secret_of=secret_of)

    def shown(self, request: WebhookRequest) -> ShownRequest:
        return shown(request)

    def open(self, reach: Reach) -> Sender[WebhookRequest]:
        return opening.over_http(reach)
