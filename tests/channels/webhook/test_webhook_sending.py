"""One attempt of a webhook, against a partner on a real socket."""

import asyncio
import socket
from datetime import UTC, datetime
from ipaddress import ip_network
from urllib.parse import quote

import msgspec
import pytest
import standardwebhooks
from msgspec.structs import replace

from headgate.channels import registry
from headgate.channels.addresses import Reach
from headgate.channels.contract import MASK, LeadFacts, Sent
from headgate.channels.mock_partner import MockPartner, Received
from headgate.channels.outbound_http import ANSWER_LIMIT, Exchange
from headgate.channels.webhook import sending
from headgate.channels.webhook.rendering import render
from headgate.channels.webhook.request import WebhookRequest
from headgate.domain.deliveries import Outcome
from headgate.domain.delivery_settings import AnswerRule, AnswerRules, BearerAuth, Webhook
from headgate.domain.secrets import PlainSecret

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
LOOPBACK = Reach((ip_network("127.0.0.0/8"),))
DELIVERED, REFUSED, NOT_SENT, AMBIGUOUS = Outcome
ACCEPTED = AnswerRules(
    accept=AnswerRule(status=("2xx",), path="$.status", equals="accepted"),
    refuse=AnswerRule(status=("409",)),
)


def attempts(
    facts: LeadFacts,
    path: str,
    *,
    times: int = 1,
    moments: tuple[datetime, ...] = (NOW,),
    **settings: object,
) -> tuple[list[Sent], list[Received]]:
    """Send the same delivery some times; return what became of it and what arrived."""

    async def run() -> tuple[list[Sent], list[Received]]:
        async with MockPartner() as partner:
            sender = registry.channel("webhook").open(LOOPBACK)
            webhook = Webhook(partner.url(path), **settings)  # type: ignore[arg-type]
            results = []
            for nth in range(times):
                request = render(webhook, facts, secret_of=lambda secret: secret.value)  # type: ignore[union-attr]
                hasty = replace(request, timeout_seconds=0.3)
                results.append(await sender.send(hasty, now=moments[nth % len(moments)]))
            await sender.close()
            return results, partner.received

    return asyncio.run(run())


def attempt(facts: LeadFacts, path: str, **settings: object) -> Sent:
    return attempts(facts, path, **settings)[0][0]  # type: ignore[arg-type]


def answering(status: int, body: str) -> str:
    return f"/answer/{status}/{quote(body)}"


class TestOutcome:
    @pytest.mark.parametrize(
        ("path", "rules", "outcome"),
        [
            ("/accept", AnswerRules(), DELIVERED),
            ("/accept", ACCEPTED, DELIVERED),
            ("/refuse", AnswerRules(), REFUSED),
            ("/status/401", AnswerRules(), NOT_SENT),
            ("/redirect", AnswerRules(), NOT_SENT),
            ("/status/503", AnswerRules(), AMBIGUOUS),
            ("/drop-before-body", AnswerRules(), AMBIGUOUS),
            ("/drop-after-body", AnswerRules(), AMBIGUOUS),
            ("/drop-before-answer", AnswerRules(), AMBIGUOUS),
            ("/reset", AnswerRules(), AMBIGUOUS),
            ("/malformed", AnswerRules(), AMBIGUOUS),
            ("/long-header", AnswerRules(), AMBIGUOUS),
            ("/slow/9", AnswerRules(), AMBIGUOUS),
            ("/drip", AnswerRules(), AMBIGUOUS),
            *((f"/{body}", AnswerRules(), DELIVERED) for body in ("huge", "gzip", "bad-chunks")),
            *((f"/{body}", AnswerRules(), DELIVERED) for body in ("bad-utf8", "drop-in-answer")),
            *((f"/{body}", ACCEPTED, AMBIGUOUS) for body in ("huge", "gzip", "bad-chunks", "nul")),
            *((f"/{body}", ACCEPTED, AMBIGUOUS) for body in ("bad-utf8", "drop-in-answer")),
            *((f"/{body}", ACCEPTED, AMBIGUOUS) for body in ("never-closes", "drip-body")),
        ],
    )
    def test_follows_from_the_answer(
        self, facts: LeadFacts, path: str, rules: AnswerRules, outcome: Outcome
    ) -> None:
        sent = attempt(facts, path, answer=rules)

        assert sent.outcome is outcome
        assert (sent.error is None) is (outcome is DELIVERED)

    def test_is_not_sent_when_nobody_listens(self, facts: LeadFacts) -> None:
        async def run() -> Sent:
            with socket.create_server(("127.0.0.1", 0)) as probe:
                url = f"http://127.0.0.1:{probe.getsockname()[1]}/"
            sender = registry.channel("webhook").open(LOOPBACK)
            request = render(Webhook(url), facts, secret_of=str)
            sent: Sent = await sender.send(request, now=NOW)
            await sender.close()
            return sent

        sent = asyncio.run(run())

        assert (sent.outcome, sent.written, sent.status) == (NOT_SENT, False, None)

    def test_says_that_the_partner_knows_the_lead_only_by_an_own_rule(
        self, facts: LeadFacts
    ) -> None:
        by_rule, _ = attempts(facts, "/duplicate", times=2, answer=ACCEPTED)
        by_table, _ = attempts(facts, "/duplicate", times=2)

        assert [each.outcome for each in by_rule] == [AMBIGUOUS, REFUSED]
        assert (by_rule[1].by_own_rule, by_table[1].by_own_rule) == (True, False)

    def test_tells_that_the_partner_is_gone(self, facts: LeadFacts) -> None:
        sent = attempt(facts, "/status/410")

        assert (sent.outcome, sent.gone) == (REFUSED, True)


class TestEveryTry:
    def test_sends_the_same_bytes(self, facts: LeadFacts) -> None:
        _, received = attempts(facts, "/status/503", times=3)

        assert len({each.body for each in received}) == 1

    def test_names_the_delivery(self, facts: LeadFacts) -> None:
        _, (received,) = attempts(facts, "/accept")

        assert received.headers["webhook-id"] == facts.delivery_id
        assert received.headers["idempotency-key"] == facts.delivery_id
        assert received.headers["webhook-timestamp"] == str(int(NOW.timestamp()))
        assert "webhook-signature" not in received.headers

    def test_is_signed_for_its_moment(self, facts: LeadFacts) -> None:
        secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        now = datetime.now(UTC)

        _, (received,) = attempts(facts, "/accept", moments=(now,), secret=PlainSecret(secret))

        standardwebhooks.Webhook(secret).verify(received.body, received.headers)

    def test_is_signed_by_both_secrets_while_one_replaces_another(self, facts: LeadFacts) -> None:
        new, old = (f"whsec_{word * 8}" for word in ("bmV3", "b2xk"))
        now = datetime.now(UTC)

        _, (received,) = attempts(
            facts,
            "/accept",
            moments=(now,),
            secret=PlainSecret(new),
            old_secret=PlainSecret(old),
        )

        for each in (new, old):
            standardwebhooks.Webhook(each).verify(received.body, received.headers)


class TestWhatIsKept:
    def test_is_the_beginning_of_the_answer(self, facts: LeadFacts) -> None:
        sent = attempt(facts, "/endless-body")

        assert sent.answer == " " * ANSWER_LIMIT

    def test_is_text_without_nul(self, facts: LeadFacts) -> None:
        sent = attempt(facts, "/nul")

        assert sent.answer == '{"status": "accepted", "note": ""}'

    def test_holds_no_secret_and_no_encrypted_value(self, facts: LeadFacts) -> None:
        path = answering(422, "bad token s3cret-token for 078-05-1120")

        sent = attempt(facts, path, auth=BearerAuth(PlainSecret("s3cret-token")))

        assert sent.answer == f"bad token {MASK} for {MASK}"


class TestPrice:
    RULES = AnswerRules(price="$.price")

    @pytest.mark.parametrize(
        ("body", "price"),
        [('{"price": "12.50"}', "12.50"), ('{"price": 12.50}', "12.50"), ('{"price": -1}', "-1")],
    )
    def test_is_read_from_an_accepting_answer(
        self, facts: LeadFacts, body: str, price: str
    ) -> None:
        sent = attempt(facts, answering(200, body), answer=self.RULES)

        assert (sent.price, sent.price_unreadable) == (price, False)

    @pytest.mark.parametrize("path", [answering(200, "{}"), answering(200, "thanks"), "/huge"])
    def test_leaves_the_lead_delivered_when_it_cannot_be_read(
        self, facts: LeadFacts, path: str
    ) -> None:
        sent = attempt(facts, path, answer=self.RULES)

        assert (sent.outcome, sent.price, sent.price_unreadable) == (DELIVERED, None, True)

    def test_is_not_read_from_a_refusal(self, facts: LeadFacts) -> None:
        sent = attempt(facts, answering(422, '{"price": "12.50"}'), answer=self.RULES)

        assert (sent.price, sent.price_unreadable) == (None, False)


class TestRedirect:
    @pytest.mark.parametrize(
        ("url", "expected"),
        [
            ("https://partner.example/thanks?a=1", "https://partner.example/thanks?a=1"),
            ("javascript:alert(1)", None),
            ("//partner.example", None),
            ("https://", None),
            ("https://a b", None),
            ("https://partner.example/" + "x" * 3_000, None),
        ],
    )
    def test_is_a_web_address_or_nothing(
        self, facts: LeadFacts, url: str, expected: str | None
    ) -> None:
        path = answering(200, f'{{"redirect_url": "{url}"}}')

        assert attempt(facts, path, answer=AnswerRules(redirect="$.redirect_url")).redirect_url == (
            expected
        )


class TestRetryAfter:
    @pytest.mark.parametrize(
        ("status", "value", "seconds"),
        [
            (429, "60", 60),
            (503, " 60 ", 60),
            (429, "0", 0),
            (429, "999999", 86_400),
            (429, "Mon, 23 Nov 2026 10:01:00 GMT", 60),
            (429, "Mon, 23 Nov 2026 09:00:00 GMT", 0),
            (429, "Mon, 23 Nov 2026 10:01:00 -0000", 60),
            (429, "Fri, 01 Jan 2100 00:00:00 GMT", 86_400),
            *((429, value, None) for value in ("soon", "-5", "1.5", "", "٣", "9" * 20)),
            *((status, "60", None) for status in (200, 301, 401, 500)),
            (429, None, None),
        ],
    )
    def test_is_seconds_of_at_most_a_day(
        self, facts: LeadFacts, status: int, value: str | None, seconds: int | None
    ) -> None:
        request = render(Webhook("https://partner.example/"), facts, secret_of=str)
        exchange = Exchange(written=True, ms=1, status=status, retry_after=value)

        assert sending.sent(request, exchange, now=NOW).retry_after_seconds == seconds


class TestTheRegistry:
    def test_sends_what_has_travelled(self, facts: LeadFacts) -> None:
        channel = registry.channel("webhook")

        async def run() -> Outcome:
            async with MockPartner() as partner:
                request = channel.render(Webhook(partner.url("/accept")), facts, secret_of=str)
                travelled = msgspec.msgpack.decode(
                    msgspec.msgpack.encode(request), type=WebhookRequest
                )
                sender = channel.open(LOOPBACK)
                sent = await sender.send(travelled, now=NOW)
                await sender.close()
                return sent.outcome

        assert asyncio.run(run()) is DELIVERED

    def test_knows_no_channel_that_sends_nothing(self) -> None:
        with pytest.raises(registry.NoSuchChannel, match="'portal' sends nothing"):
            registry.channel("portal")
