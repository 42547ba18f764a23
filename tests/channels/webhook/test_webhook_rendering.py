"""The request of a rendered webhook: address, headers, and what people see of it."""

import base64
import json

import msgspec
import pytest
from msgspec.structs import replace
from webhook_requests import URL, headers, rendered, secret_of

from headgate import __version__
from headgate.channels.confidential import without_secrets
from headgate.channels.contract import MASK, LeadFacts, Unrenderable
from headgate.channels.webhook.rendering import render
from headgate.channels.webhook.request import WebhookRequest, shown
from headgate.domain.delivery_settings import (
    AnswerRule,
    AnswerRules,
    BasicAuth,
    BearerAuth,
    FieldChoice,
    Format,
    HmacAuth,
    Method,
    OAuth2Auth,
    Webhook,
)
from headgate.domain.secrets import EnvSecret, PlainSecret


class TestHeaders:
    def test_say_which_delivery_it_is_and_who_sends_it(self, facts: LeadFacts) -> None:
        assert headers(rendered(facts)) == {
            "content-type": "application/json",
            "accept": "*/*",
            "accept-encoding": "identity",
            "user-agent": f"Headgate/{__version__}",
            "webhook-id": facts.delivery_id,
            "idempotency-key": facts.delivery_id,
        }

    @pytest.mark.parametrize(
        ("format_", "content_type"),
        [
            (Format.JSON, "application/json"),
            (Format.FORM, "application/x-www-form-urlencoded"),
            (Format.XML, "application/xml"),
        ],
    )
    def test_name_the_format(self, facts: LeadFacts, format_: Format, content_type: str) -> None:
        assert headers(rendered(facts, format=format_))["content-type"] == content_type

    def test_take_more_from_the_settings_but_not_ours(self, facts: LeadFacts) -> None:
        own = (
            ("X-Source", "hg"),
            ("X-Api-Key", EnvSecret("KEY")),
            ("content-type", "application/vnd.lead+json"),
            ("Webhook-Id", "forged"),
            ("Content-Length", "1"),
            ("Host", "other.example"),
        )

        found = headers(rendered(facts, headers=own))

        assert found["x-source"] == "hg"
        assert found["x-api-key"] == "k-secret"
        assert found["content-type"] == "application/vnd.lead+json"
        assert found["webhook-id"] == facts.delivery_id
        assert not {"content-length", "host"} & set(found)

    @pytest.mark.parametrize(
        "header", [("X-A", "a\r\nX-B: b"), ("X-A", "\x00"), ("X A", "a"), ("", "a")]
    )
    def test_are_refused_when_they_would_break_the_request(
        self, facts: LeadFacts, header: tuple[str, str]
    ) -> None:
        with pytest.raises(Unrenderable, match=r"^headers: "):
            rendered(facts, headers=(header,))


class TestAuth:
    def test_bearer_is_a_header(self, facts: LeadFacts) -> None:
        request = rendered(facts, auth=BearerAuth(EnvSecret("KEY")))

        assert headers(request)["authorization"] == "Bearer k-secret"

    def test_basic_is_a_header(self, facts: LeadFacts) -> None:
        request = rendered(facts, auth=BasicAuth(PlainSecret("ann"), PlainSecret("pässword")))

        assert headers(request)["authorization"] == (
            "Basic " + base64.b64encode("ann:pässword".encode()).decode()
        )

    def test_hmac_signs_the_body(self, facts: LeadFacts) -> None:
        request = rendered(
            facts, template="what do ya want for nothing?", auth=HmacAuth(PlainSecret("Jefe"))
        )

        assert headers(request)["x-signature"].startswith("5bdcc146bf60754e6a04")

    def test_oauth2_leaves_a_grant_for_the_attempt(self, facts: LeadFacts) -> None:
        auth = OAuth2Auth("https://id.example/token", PlainSecret("me"), EnvSecret("KEY"), "leads")

        request = rendered(facts, auth=auth)

        assert "authorization" not in headers(request)
        assert request.token is not None
        assert request.token.client_secret == "k-secret"


class TestRender:
    def test_gives_the_same_bytes_every_time(self, facts: LeadFacts) -> None:
        assert rendered(facts, secret=EnvSecret("SIGN")) == rendered(
            facts, secret=EnvSecret("SIGN")
        )

    def test_takes_the_bytes_of_an_earlier_try(self, facts: LeadFacts) -> None:
        request = render(Webhook(URL), facts, secret_of=secret_of, body=b"as it was")

        assert request.body == b"as it was"

    def test_makes_something_that_can_travel(self, facts: LeadFacts) -> None:
        request = rendered(facts, secret=EnvSecret("SIGN"), auth=BearerAuth(EnvSecret("KEY")))

        packed = msgspec.msgpack.encode(request)

        assert msgspec.msgpack.decode(packed, type=WebhookRequest) == request
        assert msgspec.json.decode(msgspec.json.encode(request), type=WebhookRequest) == request

    @pytest.mark.parametrize(
        "settings",
        [
            {"url": "ftp://partner.example/"},
            {"url": "partner.example"},
            {"url": "https:///leads"},
            {"url": "http://[::1"},
            {"url": "https://user:pass@partner.example/"},
            {"secret": PlainSecret("hunter2")},
            {"answer": AnswerRules(accept=AnswerRule(path="status"))},
            {"answer": AnswerRules(refuse=AnswerRule(regex="("))},
        ],
    )
    def test_says_which_setting_makes_no_request(
        self, facts: LeadFacts, settings: dict[str, object]
    ) -> None:
        with pytest.raises(Unrenderable, match=f"^{next(iter(settings))}: ") as caught:
            rendered(facts, **settings)

        assert "hunter2" not in str(caught.value)

    def test_makes_a_preview_without_any_secret(self, facts: LeadFacts) -> None:
        settings = Webhook(URL, secret=EnvSecret("ABSENT"), auth=BearerAuth(EnvSecret("ABSENT")))

        found = shown(render(settings, facts, secret_of=lambda _: MASK))["headers"]

        assert (found["webhook-signature"], found["Authorization"]) == (MASK, f"Bearer {MASK}")

    def test_writes_the_host_in_ascii(self, facts: LeadFacts) -> None:
        assert rendered(facts, url="https://bücher.example/ä#x").url == (
            "https://xn--bcher-kva.example/%C3%A4"
        )


class TestShown:
    def test_masks_secrets(self, facts: LeadFacts) -> None:
        own = (("X-Api-Key", EnvSecret("KEY")), ("X-Token", "plain"), ("X-Source", "hg"))
        request = rendered(facts, headers=own, auth=BearerAuth(EnvSecret("KEY")))

        found = shown(request)["headers"]

        assert found["X-Api-Key"] == MASK
        assert found["X-Token"] == MASK
        assert found["X-Source"] == "hg"
        assert found["Authorization"] == f"Bearer {MASK}"

    @pytest.mark.parametrize("format_", list(Format))
    def test_masks_encrypted_values_in_the_body(self, facts: LeadFacts, format_: Format) -> None:
        request = rendered(facts, format=format_)

        assert b"078-05-1120" in request.body
        assert "078-05-1120" not in str(shown(request))
        assert shown(request)["method"] == "POST"

    def test_masks_encrypted_values_in_the_query(self, facts: LeadFacts) -> None:
        request = rendered(facts, method=Method.GET)

        assert "078-05-1120" in request.url
        assert "078-05-1120" not in str(shown(request))

    @pytest.mark.parametrize("format_", list(Format))
    def test_masks_encrypted_lists_and_addresses(self, facts: LeadFacts, format_: Format) -> None:
        closed = tuple(
            replace(field, encrypted=field.key in ("wishes", "home")) for field in facts.fields
        )
        choice = FieldChoice((("a", "wishes"), ("b", "home"), ("c", "home.city")))

        request = rendered(replace(facts, fields=closed), format=format_, fields=choice)

        assert not {"roof", "wall", "Reno", "1 Main St"} & set(str(shown(request)).split('"'))
        assert "Reno" not in str(shown(request))
        assert {"roof", "wall", "Reno", "1 Main St"} <= set(request.confidential)

    def test_shows_that_there_is_a_signature_and_a_token(self, facts: LeadFacts) -> None:
        auth = OAuth2Auth("https://id.example/token", PlainSecret("me"), EnvSecret("KEY"))
        request = rendered(facts, secret=EnvSecret("SIGN"), auth=auth)

        found = shown(request)["headers"]

        assert found["webhook-signature"] == MASK
        assert found["Authorization"] == f"Bearer {MASK}"

    def test_is_the_body_as_sent_when_nothing_is_encrypted(self, facts: LeadFacts) -> None:
        values = {key: value for key, value in facts.values.items() if key != "ssn"}

        request = rendered(replace(facts, values=values))

        assert shown(request)["body"] == request.body.decode()

    def test_leaves_no_secret_in_what_python_prints(self, facts: LeadFacts) -> None:
        request = rendered(facts, auth=BearerAuth(EnvSecret("KEY")), secret=EnvSecret("SIGN"))

        assert repr(request) == f"WebhookRequest({facts.delivery_id})"
        assert repr(facts) == f"LeadFacts({facts.delivery_id})"


class TestWithoutSecrets:
    @pytest.mark.parametrize(
        "echo",
        ["{}", '{{"x": "{}"}}', "<x>{}</x>", "x={}"],
    )
    def test_masks_what_the_other_side_repeats(self, echo: str) -> None:
        secret = 'päss "word" <&>'
        spelled = {
            "{}": secret,
            '{{"x": "{}"}}': json.dumps(secret)[1:-1],
            "<x>{}</x>": 'päss "word" &lt;&amp;&gt;',
            "x={}": "p%C3%A4ss+%22word%22+%3C%26%3E",
        }[echo]

        assert without_secrets(echo.format(spelled), (secret,)) == echo.format(MASK)
