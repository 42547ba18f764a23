"""Access tokens by OAuth 2 client credentials."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import TypeVar
from urllib.parse import quote

import pytest
from msgspec.structs import replace

from headgate.channels.addresses import Reach
from headgate.channels.contract import LeadFacts, Sent
from headgate.channels.mock_partner import MockPartner
from headgate.channels.outbound_http import OutboundHttp
from headgate.channels.webhook.rendering import render
from headgate.channels.webhook.sending import WebhookSender
from headgate.domain.deliveries import Outcome
from headgate.domain.delivery_settings import OAuth2Auth, Webhook
from headgate.domain.secrets import PlainSecret, Secret

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
GRANTED = "/answer/200/" + quote('{"access_token": "t-1", "expires_in": 3600}')
SHORT = "/answer/200/" + quote('{"access_token": "t-1", "expires_in": "20"}')
T = TypeVar("T")


def value_of(secret: Secret) -> str:
    assert isinstance(secret, PlainSecret)
    return secret.value


Send = Callable[[], Awaitable[Sent]]


def with_token_from(
    facts: LeadFacts, token_path: str, path: str, work: Callable[[Send], Awaitable[T]]
) -> tuple[T, list[str], list[str | None]]:
    """Return what `work` did, the paths that were asked for, and the tokens that were shown."""

    async def run() -> tuple[T, list[str], list[str | None]]:
        reach = Reach((ip_network("127.0.0.0/8"),))
        async with MockPartner() as partner, OutboundHttp(reach) as http:
            auth = OAuth2Auth(
                partner.url(token_path), PlainSecret("me"), PlainSecret("p w"), scope="leads"
            )
            webhook = Webhook(partner.url(path), auth=auth)
            request = replace(render(webhook, facts, secret_of=value_of), timeout_seconds=0.3)
            sender = WebhookSender(http)
            found = await work(lambda: sender.send(request, now=NOW))
            return (
                found,
                [each.path for each in partner.received],
                [each.headers.get("authorization") for each in partner.received],
            )

    return asyncio.run(run())


async def twice(send: Send) -> list[Outcome]:
    return [(await send()).outcome, (await send()).outcome]


async def at_once(send: Send) -> list[Outcome]:
    return [each.outcome for each in await asyncio.gather(*(send() for _ in range(5)))]


async def once(send: Send) -> Sent:
    return await send()


class TestToken:
    def test_is_asked_for_with_the_client_and_shown_to_the_partner(self, facts: LeadFacts) -> None:
        sent, paths, shown = with_token_from(facts, GRANTED, "/accept", once)

        assert sent.outcome is Outcome.DELIVERED
        assert paths == [GRANTED, "/accept"]
        assert shown == ["Basic bWU6cCt3", "Bearer t-1"]

    def test_is_kept_for_the_next_attempt(self, facts: LeadFacts) -> None:
        _, paths, _ = with_token_from(facts, GRANTED, "/accept", twice)

        assert paths == [GRANTED, "/accept", "/accept"]

    def test_is_asked_for_once_by_many_attempts(self, facts: LeadFacts) -> None:
        outcomes, paths, _ = with_token_from(facts, GRANTED, "/accept", at_once)

        assert outcomes == [Outcome.DELIVERED] * 5
        assert paths.count(GRANTED) == 1

    def test_is_not_kept_when_it_is_about_to_expire(self, facts: LeadFacts) -> None:
        _, paths, _ = with_token_from(facts, SHORT, "/accept", twice)

        assert paths == [SHORT, "/accept", SHORT, "/accept"]

    def test_is_dropped_when_the_partner_does_not_take_it(self, facts: LeadFacts) -> None:
        outcomes, paths, _ = with_token_from(facts, GRANTED, "/status/401", twice)

        assert outcomes == [Outcome.NOT_SENT] * 2
        assert paths == [GRANTED, "/status/401"] * 2

    @pytest.mark.parametrize(
        "token_path",
        ["/status/401", "/redirect", "/slow/9", "/reset", "/accept", "/huge", "/malformed"],
    )
    def test_that_is_not_to_be_had_means_not_sent(self, facts: LeadFacts, token_path: str) -> None:
        sent, paths, _ = with_token_from(facts, token_path, "/accept", once)

        assert (sent.outcome, sent.written) == (Outcome.NOT_SENT, False)
        assert str(sent.error).startswith("No access token: ")
        assert paths == [token_path]
