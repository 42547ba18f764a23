"""Slack: a message in a channel, by an incoming webhook."""

from headgate.channels import payload
from headgate.channels.contract import SecretOf
from headgate.channels.webhook.presets.preset import MessageOptions, Post, Preset, check_address
from headgate.domain.delivery_settings import AnswerRule, AnswerRules
from headgate.domain.secrets import Secret


class Slack(MessageOptions, frozen=True, kw_only=True):
    url: Secret

    def __post_init__(self) -> None:
        check_address(self.url)


class SlackChannel(Preset):
    options_type = Slack
    longest = 40_000
    answer = AnswerRules(accept=AnswerRule(equals="ok"))

    def post(self, options: Slack, text: str, secret_of: SecretOf) -> Post:
        return Post(secret_of(options.url), payload.json_bytes({"text": text}))

    def escaped(self, value: str) -> str:
        # These three begin links and mentions of people.
        return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
