"""What people read in the messages of the presets."""

import re
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs

import msgspec
import pytest
from msgspec.structs import replace

from headgate.channels import registry
from headgate.channels.contract import ShownRequest, Unrenderable
from headgate.channels.testing import ENCRYPTED, FACTS, Spoken
from headgate.channels.webhook.presets.discord import Discord
from headgate.channels.webhook.presets.slack import Slack
from headgate.channels.webhook.presets.teams import Teams
from headgate.channels.webhook.presets.telegram import Telegram
from headgate.channels.webhook.presets.twilio import Twilio
from headgate.channels.webhook.request import WebhookRequest
from headgate.domain.configuration.document import read_document
from headgate.domain.configuration.file import read_configuration
from headgate.domain.delivery_settings import FieldChoice
from headgate.domain.secrets import EnvSecret, PlainSecret

PAGE = Path(__file__).parents[2] / "docs" / "channels.md"
LINES = re.findall(r"^(\{channel: .*\})$", PAGE.read_text(encoding="utf-8"), re.M)
HEAD = """
version: 1
account: {slug: acme, name: Acme, timezone: UTC, currency: USD}
"""
URL = PlainSecret("https://service.example/hook/XXXX")
OPTIONS: dict[str, dict[str, Any]] = {
    "slack": {"url": URL},
    "teams": {"url": URL},
    "discord": {"url": URL},
    "telegram": {"token": PlainSecret("1:X"), "chat_id": "-1"},
    "twilio": {
        "account_sid": "AC0123456789abcdef0123456789abcdef",
        "auth_token": PlainSecret("token"),
        "sender": "+12125550100",
        "to": "+12125550101",
    },
}
KINDS: dict[str, Any] = {
    "slack": Slack,
    "teams": Teams,
    "discord": Discord,
    "telegram": Telegram,
    "twilio": Twilio,
}
LONGEST = {"slack": 40_000, "teams": 5_000, "discord": 2_000, "telegram": 4_096, "twilio": 1_600}


def rendered(name: str, first_name: str = "Ann", **options: Any) -> WebhookRequest:
    facts = replace(FACTS, values={**FACTS.values, "first_name": first_name})
    settings = KINDS[name](**{**OPTIONS[name], **options})
    request: WebhookRequest = registry.channel(name).render(settings, facts, secret_of=Spoken())
    return request


def text_of(name: str, request: WebhookRequest) -> str:
    if name == "twilio":
        return parse_qs(request.body.decode())["Body"][0]
    said = msgspec.json.decode(request.body)
    if name == "teams":
        lines = said["attachments"][0]["content"]["body"]
        return "\n".join(line["inlines"][0]["text"] for line in lines)
    return str(said["content" if name == "discord" else "text"])


def seen(name: str) -> ShownRequest:
    return cast("ShownRequest", registry.channel(name).shown(rendered(name)))


@pytest.mark.parametrize("name", KINDS)
class TestTheText:
    def test_is_a_line_for_each_open_field_that_has_a_value(self, name: str) -> None:
        text = text_of(name, rendered(name))

        assert text == "New lead: Solar leads\nFirst name: Ann\nZIP code: 90210"

    def test_holds_an_encrypted_field_that_it_names(self, name: str) -> None:
        by_choice = text_of(name, rendered(name, fields=FieldChoice((("ssn", "ssn"),))))
        by_template = text_of(name, rendered(name, text="SSN {{ lead.ssn }}"))

        assert (by_choice.splitlines()[1], by_template) == (f"SSN: {ENCRYPTED}", f"SSN {ENCRYPTED}")

    def test_is_cut_to_what_the_service_takes(self, name: str) -> None:
        text = text_of(name, rendered(name, "😀" * 30_000))

        units = len(text.encode("utf-16-le")) // 2
        assert LONGEST[name] - 2 <= units <= LONGEST[name]
        assert text.endswith("…")

    def test_takes_nothing_that_a_lead_says_for_a_template(self, name: str) -> None:
        text = text_of(name, rendered(name, "{{ lead.ssn }}", text="Hello {{ lead.first_name }}"))

        assert text == "Hello {{ lead.ssn }}"

    def test_is_not_sent_when_it_is_empty(self, name: str) -> None:
        with pytest.raises(Unrenderable, match="text: it is empty"):
            rendered(name, " ", text="{{ lead.first_name }}")


class TestSlack:
    def test_lets_no_lead_mention_anybody(self) -> None:
        text = text_of(
            "slack", rendered("slack", "<!channel> & co", text="*{{ lead.first_name }}*")
        )

        assert text == "*&lt;!channel&gt; &amp; co*"


class TestDiscord:
    def test_mentions_nobody_and_waits_for_the_message(self) -> None:
        request = rendered("discord")

        assert msgspec.json.decode(request.body)["allowed_mentions"] == {"parse": []}
        assert request.url.endswith("?wait=true")


class TestTelegram:
    def test_shows_its_address_without_the_token(self) -> None:
        shown = seen("telegram")

        assert shown["url"] == "https://api.telegram.org/bot•••/sendMessage"


class TestASecretAddress:
    def test_is_shown_as_its_host(self) -> None:
        shown = seen("slack")

        assert shown["url"] == "https://service.example/•••"

    def test_that_is_none_is_not_quoted(self) -> None:
        with pytest.raises(Unrenderable) as refused:
            rendered("slack", url=EnvSecret("SLACK"))

        assert "the secret" not in str(refused.value)


class TestTheirPage:
    @pytest.mark.parametrize("line", LINES)
    def test_shows_what_is_read(self, line: str) -> None:
        file = f"{HEAD}partners: [{{slug: a, delivery: {line}}}]"

        read = read_configuration(
            read_document(file.encode()), current=None, others=registry.option_types()
        )

        assert read.configuration.partners[0].delivery is not None

    def test_shows_each_of_them(self) -> None:
        assert len(LINES) == len(KINDS)
