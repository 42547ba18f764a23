"""Discord: a message in a channel, by the channel's webhook."""

from headgate.channels import payload
from headgate.channels.contract import MASK, SecretOf
from headgate.channels.webhook.presets.preset import MessageOptions, Post, Preset, check_address
from headgate.domain.delivery_settings import AnswerRule, AnswerRules
from headgate.domain.secrets import Secret


class Discord(MessageOptions, frozen=True, kw_only=True):
    url: Secret

    def __post_init__(self) -> None:
        check_address(self.url)


class DiscordChannel(Preset):
    options_type = Discord
    longest = 2_000
    answer = AnswerRules(accept=AnswerRule(status=("200",), path="$.id"))

    def post(self, options: Discord, text: str, secret_of: SecretOf) -> Post:
        message = {"content": text, "allowed_mentions": {"parse": []}}
        return Post(_waiting(secret_of(options.url)), payload.json_bytes(message))


def _waiting(url: str) -> str:
    """Ask for an answer that comes only when the message stands in the channel."""
    if url == MASK:
        return url
    return url + ("&" if "?" in url else "?") + "wait=true"
