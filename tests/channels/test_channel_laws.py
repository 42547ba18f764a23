"""Every channel that comes with Headgate keeps the laws that a package's has to keep."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any
from urllib.parse import quote

from headgate.channels import registry
from headgate.channels.email.channel import EmailChannel
from headgate.channels.email.mailing import Mailing
from headgate.channels.mock_partner import MockPartner
from headgate.channels.testing import NOW, Case, NetworkLaws
from headgate.channels.webhook.channel import WebhookChannel
from headgate.channels.webhook.presets.discord import Discord
from headgate.channels.webhook.presets.slack import Slack
from headgate.channels.webhook.presets.teams import Teams
from headgate.channels.webhook.presets.telegram import Telegram
from headgate.channels.webhook.presets.twilio import Twilio
from headgate.domain.configuration.value import Security, Smtp
from headgate.domain.deliveries import Outcome
from headgate.domain.delivery_settings import Attachment, BasicAuth, Email, Webhook
from headgate.domain.secrets import EnvSecret, PlainSecret

SIGNING_SECRET = "whsec_c2lnbmluZy1rZXktb2YtMjQtYnl0ZXM="
SID = "AC0123456789abcdef0123456789abcdef"


def answers(
    settings: Callable[[str], Any], status: int, body: str = ""
) -> Callable[[], AbstractAsyncContextManager[Any]]:
    """Start a service that answers so, whatever the path behind its address is."""

    @asynccontextmanager
    async def answering() -> AsyncIterator[Any]:
        async with MockPartner() as partner:
            yield settings(partner.url(f"/answer/{status}/{quote(body, safe='')}?"))

    return answering


class TestWebhook(NetworkLaws):
    channel = WebhookChannel()
    all_means_encrypted_too = True

    def settings_at(self, host: str, port: int, *, timeout_seconds: int) -> Webhook:
        return Webhook(
            url=f"http://{host}:{port}/leads",
            headers=(("X-Api-Key", PlainSecret("key of the partner")),),
            auth=BasicAuth(PlainSecret("user of the partner"), EnvSecret("PASSWORD")),
            secret=PlainSecret(SIGNING_SECRET),
            timeout_seconds=timeout_seconds,
        )

    def cases(self) -> Sequence[Case]:
        def settings(url: str) -> Webhook:
            return Webhook(url=url)

        return (
            Case("accepted", answers(settings, 200), Outcome.DELIVERED),
            Case("refused", answers(settings, 422), Outcome.REFUSED),
            Case("not taken up", answers(settings, 401), Outcome.NOT_SENT),
            Case("broken", answers(settings, 500), Outcome.AMBIGUOUS),
        )


class TestEmail(NetworkLaws):
    channel = EmailChannel()

    def settings_at(self, host: str, port: int, *, timeout_seconds: int) -> Mailing:
        settings = Email(
            to=("leads@sunpeak.example",),
            attach=(Attachment.CSV, Attachment.JSON, Attachment.ADF),
            timeout_seconds=timeout_seconds,
        )
        sender = "Acme <leads@acme.example>"
        smtp = Smtp(host, port, sender, Security.NONE, "acme", EnvSecret("PASSWORD"))
        return Mailing(settings, smtp, NOW)


class TestSlack(NetworkLaws):
    channel = registry.channel("slack")

    def settings_at(self, host: str, port: int, *, timeout_seconds: int) -> Slack:
        url = PlainSecret(f"http://{host}:{port}/services/T0/B0/XXXX")
        return Slack(url=url, timeout_seconds=timeout_seconds)

    def cases(self) -> Sequence[Case]:
        def settings(url: str) -> Slack:
            return Slack(url=PlainSecret(url))

        return (
            Case("posted", answers(settings, 200, "ok"), Outcome.DELIVERED),
            Case("something else", answers(settings, 200, "not ok"), Outcome.REFUSED),
            Case("bad payload", answers(settings, 400, "invalid_payload"), Outcome.REFUSED),
            Case("archived", answers(settings, 410, "channel_is_archived"), Outcome.REFUSED),
            Case("no such hook", answers(settings, 404, "no_service"), Outcome.NOT_SENT),
            Case("too many", answers(settings, 429), Outcome.NOT_SENT),
            Case("broken", answers(settings, 500), Outcome.AMBIGUOUS),
        )


class TestTeams(NetworkLaws):
    channel = registry.channel("teams")

    def settings_at(self, host: str, port: int, *, timeout_seconds: int) -> Teams:
        url = PlainSecret(f"http://{host}:{port}/workflows/XXXX?sig=YYYY")
        return Teams(url=url, timeout_seconds=timeout_seconds)

    def cases(self) -> Sequence[Case]:
        def settings(url: str) -> Teams:
            return Teams(url=PlainSecret(url))

        return (
            Case("started", answers(settings, 202), Outcome.DELIVERED),
            Case("bad card", answers(settings, 400), Outcome.REFUSED),
            Case("bad signature", answers(settings, 401), Outcome.NOT_SENT),
        )


class TestDiscord(NetworkLaws):
    channel = registry.channel("discord")

    def settings_at(self, host: str, port: int, *, timeout_seconds: int) -> Discord:
        url = PlainSecret(f"http://{host}:{port}/api/webhooks/1/XXXX")
        return Discord(url=url, timeout_seconds=timeout_seconds)

    def cases(self) -> Sequence[Case]:
        def settings(url: str) -> Discord:
            return Discord(url=PlainSecret(url))

        return (
            Case("posted", answers(settings, 200, '{"id": "1"}'), Outcome.DELIVERED),
            Case("not the message", answers(settings, 200, "{}"), Outcome.REFUSED),
            Case("too many", answers(settings, 429), Outcome.NOT_SENT),
        )


class TestTelegram(NetworkLaws):
    channel = registry.channel("telegram")

    def settings_at(self, host: str, port: int, *, timeout_seconds: int) -> Telegram:
        return Telegram(
            token=PlainSecret("123:XXXX"),
            chat_id="-100",
            api_url=f"http://{host}:{port}",
            timeout_seconds=timeout_seconds,
        )

    def cases(self) -> Sequence[Case]:
        def settings(url: str) -> Telegram:
            return Telegram(token=PlainSecret("123:XXXX"), chat_id="-100", api_url=url)

        return (
            Case("posted", answers(settings, 200, '{"ok": true}'), Outcome.DELIVERED),
            Case("refused", answers(settings, 200, '{"ok": false}'), Outcome.REFUSED),
            Case("no such chat", answers(settings, 400, '{"ok": false}'), Outcome.REFUSED),
            Case("bad token", answers(settings, 401, '{"ok": false}'), Outcome.NOT_SENT),
        )


class TestTwilio(NetworkLaws):
    channel = registry.channel("twilio")

    def settings_at(self, host: str, port: int, *, timeout_seconds: int) -> Twilio:
        return Twilio(
            account_sid=SID,
            auth_token=EnvSecret("TWILIO"),
            sender="+12125550100",
            to="+12125550101",
            api_url=f"http://{host}:{port}",
            timeout_seconds=timeout_seconds,
        )

    def cases(self) -> Sequence[Case]:
        def settings(url: str) -> Twilio:
            return Twilio(
                account_sid=SID,
                auth_token=EnvSecret("TWILIO"),
                sender="+12125550100",
                to="+12125550101",
                api_url=url,
            )

        return (
            Case("queued", answers(settings, 201, '{"sid": "SM1"}'), Outcome.DELIVERED),
            Case("bad number", answers(settings, 400, '{"code": 21211}'), Outcome.REFUSED),
            Case("bad token", answers(settings, 401), Outcome.NOT_SENT),
        )
