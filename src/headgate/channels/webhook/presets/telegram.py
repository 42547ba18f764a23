"""Telegram: a message in a chat, by a bot."""

from headgate.channels import payload
from headgate.channels.contract import SecretOf
from headgate.channels.webhook.presets.preset import MessageOptions, Post, Preset, check_address
from headgate.domain.channel_options import Host
from headgate.domain.delivery_settings import AnswerRule, AnswerRules
from headgate.domain.secrets import Secret


class Telegram(MessageOptions, frozen=True, kw_only=True):
    """`chat_id` is a number or `@channel`; `api_url` names a Bot API server of one's own."""

    token: Secret
    chat_id: str
    api_url: Host = "https://api.telegram.org"

    def __post_init__(self) -> None:
        check_address(self.api_url)


class TelegramChannel(Preset):
    options_type = Telegram
    longest = 4_096
    answer = AnswerRules(accept=AnswerRule(path="$.ok", equals="true"))

    def post(self, options: Telegram, text: str, secret_of: SecretOf) -> Post:
        message = {
            "chat_id": options.chat_id,
            "text": text,
            "link_preview_options": {"is_disabled": True},
        }
        url = f"{options.api_url.rstrip('/')}/bot{secret_of(options.token)}/sendMessage"
        return Post(url, payload.json_bytes(message))
