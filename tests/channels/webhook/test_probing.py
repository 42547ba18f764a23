"""A probe takes a lead's way, without a lead; whoever answers at all is alive."""

from datetime import UTC, datetime

import pytest
from webhook_requests import URL, headers, secret_of

from headgate.channels.outbound_http import Exchange
from headgate.channels.webhook.probing import probe
from headgate.channels.webhook.request import WebhookRequest
from headgate.channels.webhook.sending import sent
from headgate.domain.deliveries import Outcome
from headgate.domain.delivery_settings import (
    AnswerRule,
    AnswerRules,
    BearerAuth,
    Format,
    Method,
    Webhook,
)
from headgate.domain.secrets import EnvSecret

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def probed(**settings: object) -> WebhookRequest:
    whole = Webhook(**{"url": URL, **settings})  # type: ignore[arg-type]
    return probe(whole, id="probe_1", secret_of=secret_of)


class TestAProbe:
    @pytest.mark.parametrize(
        ("format_", "body"),
        [(Format.JSON, b"{}"), (Format.FORM, b""), (Format.XML, b"<lead></lead>")],
    )
    def test_has_an_empty_body(self, format_: Format, body: bytes) -> None:
        assert probed(format=format_, template="{{ lead.first_name }}").body == body

    def test_says_what_it_is(self) -> None:
        said = headers(probed())

        assert said["headgate-probe"] == "1"
        assert said["webhook-id"] == said["idempotency-key"] == "probe_1"

    def test_has_only_ids_in_its_query(self) -> None:
        request = probed(method=Method.GET)

        assert request.url == f"{URL}?delivery_id=probe_1&lead_id="

    def test_carries_a_leads_credentials(self) -> None:
        request = probed(
            auth=BearerAuth(EnvSecret("KEY")),
            secret=EnvSecret("SIGN"),
            headers=(("X-Source", "hg"),),
        )

        said = headers(request)
        assert said["authorization"] == "Bearer k-secret"
        assert said["x-source"] == "hg"
        assert request.signing_secret is not None

    @pytest.mark.parametrize(
        ("status", "is_alive"),
        [
            (200, True),
            (204, True),
            (302, True),
            (400, True),
            (401, True),
            (403, True),
            (404, True),
            (405, True),
            (407, True),
            (408, True),
            (410, True),
            (422, True),
            (425, True),
            (429, True),
            (500, False),
            (503, False),
            (None, False),
        ],
    )
    def test_passes_with_any_whole_answer_but_5xx(self, status: int | None, is_alive: bool) -> None:
        strict = AnswerRules(accept=AnswerRule(path="$.ok"), refuse=AnswerRule(status=("4xx",)))
        exchange = Exchange(written=True, ms=5, status=status)

        ended = sent(probed(answer=strict), exchange, now=NOW)

        assert (ended.outcome is Outcome.DELIVERED) is is_alive
