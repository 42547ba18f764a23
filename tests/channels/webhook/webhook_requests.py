"""Rendering with secrets that are known, for the tests of webhooks."""

from headgate.channels.contract import LeadFacts
from headgate.channels.webhook.rendering import render
from headgate.channels.webhook.request import WebhookRequest
from headgate.domain.delivery_settings import Webhook
from headgate.domain.secrets import EnvSecret, PlainSecret, Secret

URL = "https://partner.example/leads"
SECRETS = {"KEY": "k-secret", "SIGN": "whsec_c2lnbmluZy1rZXk="}


def secret_of(secret: Secret) -> str:
    if isinstance(secret, EnvSecret):
        return SECRETS[secret.name]
    assert isinstance(secret, PlainSecret)
    return secret.value


def rendered(facts: LeadFacts, **settings: object) -> WebhookRequest:
    return render(Webhook(**{"url": URL, **settings}), facts, secret_of=secret_of)  # type: ignore[arg-type]


def headers(request: WebhookRequest) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers}
