"""The Apprise channel keeps the laws, doubts every no, and goes to vendors' hosts only."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from apprise.plugins import N_MGR

from headgate.channels.testing import Case, ChannelLaws
from headgate.domain.deliveries import Outcome
from headgate.domain.secrets import EnvSecret, PlainSecret
from headgate_channel_apprise.channel import AppriseChannel
from headgate_channel_apprise.options import SERVICES, Message, NotAllowed
from headgate_channel_apprise.request import Text
from headgate_channel_apprise.sending import notify

SLOW_SECONDS = 1.3
# Apprise loads all its plugins at the first use of one, and some load what is on its way out.
pytestmark = pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")


def apprise(url: str, message: Text) -> bool:
    """Behave as the address says."""
    if "slow" in url:
        time.sleep(SLOW_SECONDS)
    if "raises" in url:
        raise OSError(f"cannot reach {url}")
    if "nonsense" in url:
        return notify("discord://nonsense", message)
    return "yes" in url


def at(path: str) -> Any:
    @asynccontextmanager
    async def settings() -> AsyncIterator[Message]:
        yield Message(url=PlainSecret(f"discord://{path}"), timeout_seconds=1)

    return settings


class TestAppriseChannel(ChannelLaws):
    channel = AppriseChannel(apprise)

    def settings(self) -> Message:
        return Message(url=PlainSecret("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js"))

    def cases(self) -> Sequence[Case]:
        return (
            Case("yes", at("yes"), Outcome.DELIVERED),
            Case("no", at("no"), Outcome.AMBIGUOUS),
            Case("raises", at("raises"), Outcome.AMBIGUOUS),
            Case("too slow", at("slow"), Outcome.AMBIGUOUS),
            Case("no address of Apprise", at("nonsense"), Outcome.NOT_SENT),
        )


class TestServices:
    @pytest.mark.parametrize("name", sorted(SERVICES))
    def test_have_hosts_that_no_address_chooses(self, name: str) -> None:
        tokens = N_MGR[name].template_tokens

        assert not {"host", "hostname", "port"} & set(tokens)

    @pytest.mark.parametrize("url", ["json://127.0.0.1/", "ntfy://h.example/t", "file:///etc", ""])
    def test_are_the_only_ones(self, url: str) -> None:
        with pytest.raises(NotAllowed):
            Message(url=PlainSecret(url))

    def test_are_checked_again_when_the_address_was_elsewhere(self) -> None:
        settings = Message(url=EnvSecret("URL"))

        with pytest.raises(ValueError, match="must begin with one of"):
            TestAppriseChannel().rendered(settings)

    def test_always_have_their_certificates_verified(self) -> None:
        url = "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js?verify=no"

        with pytest.raises(NotAllowed, match="verify=no"):
            notify(url, Text("title", "text"))


def test_a_late_thread_does_not_hold_the_others_up() -> None:
    laws = TestAppriseChannel()

    async def both() -> list[Outcome]:
        slow = Message(url=PlainSecret("discord://slow"), timeout_seconds=1)
        quick = Message(url=PlainSecret("discord://yes"), timeout_seconds=1)
        sent = await asyncio.gather(laws.sent(slow), laws.sent(quick))
        return [each.outcome for each in sent]

    assert asyncio.run(both()) == [Outcome.AMBIGUOUS, Outcome.DELIVERED]
