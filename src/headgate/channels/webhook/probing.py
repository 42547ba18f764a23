"""A probe: the request that a lead would make, without a lead."""

from msgspec.structs import replace

from headgate.channels.contract import LeadFacts, SecretOf
from headgate.channels.webhook import rendering
from headgate.channels.webhook.request import WebhookRequest
from headgate.domain.delivery_settings import (
    AnswerRule,
    AnswerRules,
    FieldChoice,
    Format,
    Webhook,
)

PROBE_HEADER = "Headgate-Probe"
_EMPTY = {Format.JSON: b"{}", Format.FORM: b"", Format.XML: b"<lead></lead>"}
# Whoever answers at all is alive; "4xx" never covers those that are named beside it.
_NAMED = ("401", "403", "407", "408", "425", "429")
_ALIVE = AnswerRules(accept=AnswerRule(status=("2xx", "3xx", "4xx", *_NAMED)))


def probe(settings: Webhook, *, id: str, secret_of: SecretOf) -> WebhookRequest:
    """Make the request; its outcome is *delivered* exactly when the other side is alive.

    Method, address, headers and credentials are a lead's, so that it takes a lead's way
    through whatever stands before the partner's program.

    :raises Unrenderable: the settings make no request.
    """
    bare = replace(
        settings,
        headers=(*settings.headers, (PROBE_HEADER, "1")),
        fields=FieldChoice(pairs=()),
        template=None,
        answer=_ALIVE,
    )
    return rendering.render(bare, _nobody(id), secret_of=secret_of, body=_EMPTY[settings.format])


def _nobody(id: str) -> LeadFacts:
    return LeadFacts(
        delivery_id=id,
        lead_id="",
        entity="",
        entity_name="",
        profile="",
        received_at="",
        test=True,
        fields=(),
        values={},
    )
