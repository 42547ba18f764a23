"""Twilio: an SMS."""

import re
from urllib.parse import urlencode

import msgspec

from headgate.channels.contract import SecretOf
from headgate.channels.webhook import auth
from headgate.channels.webhook.presets.preset import MessageOptions, Post, Preset, check_address
from headgate.domain.channel_options import Host
from headgate.domain.delivery_settings import AnswerRule, AnswerRules, Format
from headgate.domain.secrets import PlainSecret, Secret

_SID = re.compile(r"AC[0-9a-f]{32}", re.ASCII)
_NUMBER = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)


class Twilio(MessageOptions, frozen=True, kw_only=True):
    """`sender` is the key `from`; `api_url` names a region's server."""

    account_sid: str
    auth_token: Secret
    sender: str = msgspec.field(name="from")
    to: str
    api_url: Host = "https://api.twilio.com"

    def __post_init__(self) -> None:
        check_address(self.api_url)
        if not _SID.fullmatch(self.account_sid):
            raise ValueError("account_sid: it is AC and 32 of 0-9 and a-f")
        if not _NUMBER.fullmatch(self.to):
            raise ValueError(f"to: {self.to!r} is not a number such as +12125550100")


class TwilioChannel(Preset):
    options_type = Twilio
    longest = 1_600
    answer = AnswerRules(accept=AnswerRule(status=("201",)))

    def post(self, options: Twilio, text: str, secret_of: SecretOf) -> Post:
        login = auth.basic(options.account_sid, secret_of(options.auth_token))
        account = f"{options.api_url.rstrip('/')}/2010-04-01/Accounts/{options.account_sid}"
        return Post(
            f"{account}/Messages.json",
            urlencode({"To": options.to, "From": options.sender, "Body": text}).encode(),
            format=Format.FORM,
            headers=(("Authorization", PlainSecret(login)),),
        )
