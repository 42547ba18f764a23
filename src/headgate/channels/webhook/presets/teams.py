"""Microsoft Teams: a card in a channel or chat, by a workflow that a webhook starts."""

from headgate.channels import payload
from headgate.channels.contract import SecretOf
from headgate.channels.webhook.presets.preset import MessageOptions, Post, Preset, check_address
from headgate.domain.delivery_settings import AnswerRule, AnswerRules
from headgate.domain.secrets import Secret


class Teams(MessageOptions, frozen=True, kw_only=True):
    url: Secret

    def __post_init__(self) -> None:
        check_address(self.url)


class TeamsChannel(Preset):
    options_type = Teams
    # A card may have 28 KB.
    longest = 5_000
    answer = AnswerRules(accept=AnswerRule(status=("200", "202")))

    def post(self, options: Teams, text: str, secret_of: SecretOf) -> Post:
        card = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.4",
            "body": [_line(line) for line in text.splitlines()],
        }
        kind = "application/vnd.microsoft.card.adaptive"
        message = {"type": "message", "attachments": [{"contentType": kind, "content": card}]}
        return Post(secret_of(options.url), payload.json_bytes(message))


def _line(text: str) -> dict[str, object]:
    """Make a paragraph in which nothing is read as Markdown."""
    return {
        "type": "RichTextBlock",
        "spacing": "None",
        "inlines": [{"type": "TextRun", "text": text or " "}],
    }
