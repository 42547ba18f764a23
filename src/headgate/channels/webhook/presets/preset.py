"""What all presets share: a text about the lead, posted as a webhook with known settings."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from headgate.channels import choosing, payload, templates
from headgate.channels.addresses import Reach
from headgate.channels.contract import (
    MASK,
    LeadFacts,
    SecretOf,
    Sender,
    ShownRequest,
    Unrenderable,
)
from headgate.channels.webhook import opening, rendering
from headgate.channels.webhook.request import Look, WebhookRequest, shown
from headgate.domain.channel_options import ChannelOptions, Template
from headgate.domain.delivery_settings import AnswerRules, FieldChoice, Format, Webhook
from headgate.domain.secrets import PlainSecret, Secret


class MessageOptions(ChannelOptions, frozen=True, kw_only=True):
    """`text` None is a line for each of the `fields`; encrypted ones are there only when named."""

    text: Template | None = None
    fields: FieldChoice = FieldChoice()
    timeout_seconds: int = 15


class Post(Struct, frozen=True):
    """What a preset makes of a text: where it goes, and in which form."""

    url: str
    body: bytes
    format: Format = Format.JSON
    headers: tuple[tuple[str, Secret], ...] = ()


class Preset(ABC):
    """A channel; each preset says how long a text may be, what it is posted as, what answers mean.

    `longest` counts UTF-16 units, as most services do.
    """

    request_type = WebhookRequest
    options_type: ClassVar[type[MessageOptions]]
    longest: ClassVar[int]
    answer: ClassVar[AnswerRules]

    @abstractmethod
    def post(self, options: Any, text: str, secret_of: SecretOf) -> Post:
        """Return where the text goes, and as what."""

    def escaped(self, value: str) -> str:
        """Return what a lead says as the service takes plain text."""
        return value

    def render(
        self,
        settings: MessageOptions,
        facts: LeadFacts,
        *,
        secret_of: SecretOf,
        body: bytes | None = None,
    ) -> WebhookRequest:
        spoken: list[Secret] = []

        def remembered(secret: Secret) -> str:
            spoken.append(secret)
            return secret_of(secret)

        post = self.post(settings, self._text(settings, facts), remembered)
        seen = self.post(settings, self._text(settings, facts.masked()), lambda _: MASK)
        url = _address(post.url)
        request = rendering.compose(
            Webhook(
                url=url,
                format=post.format,
                headers=post.headers,
                timeout_seconds=settings.timeout_seconds,
                answer=self.answer,
            ),
            facts,
            post.body if body is None else body,
            look=Look(_masked_address(seen.url, url), seen.body),
            secret_of=secret_of,
        )
        hidden = (*map(secret_of, spoken), *request.confidential)
        return replace(request, confidential=tuple(dict.fromkeys(filter(None, hidden))))

    def shown(self, request: WebhookRequest) -> ShownRequest:
        return shown(request)

    def open(self, reach: Reach) -> Sender[WebhookRequest]:
        return opening.over_http(reach)

    def _text(self, options: MessageOptions, facts: LeadFacts) -> str:
        if options.text is None:
            text = self._default_text(options.fields, facts)
        else:
            text = templates.fill(options.text, lambda gap: self._value(facts, gap))
        if not text.strip():
            raise Unrenderable("text: it is empty for this lead")
        return _cut(text.strip(), self.longest)

    def _default_text(self, fields: FieldChoice, facts: LeadFacts) -> str:
        rows = [row for row in choosing.rows(fields, facts) if row.text]
        lines = (f"New lead: {facts.entity_name}", *(f"{row.label}: {row.text}" for row in rows))
        return self.escaped("\n".join(lines))

    def _value(self, facts: LeadFacts, gap: templates.Gap) -> str:
        return self.escaped(payload.text(payload.value_of(facts, gap.name)))


def check_address(url: Secret | str) -> None:
    """Check what is given in clear; what is kept elsewhere is checked when it is used.

    :raises ValueError: it is no address.
    """
    if isinstance(url, PlainSecret | str):
        try:
            _address(url if isinstance(url, str) else url.value)
        except Unrenderable as error:
            raise ValueError(str(error)) from None


def _address(url: str) -> str:
    if url == MASK:
        return url
    try:
        return rendering.address(url)
    except Unrenderable:
        # The address is a secret: what is wrong with it is not quoted.
        fix = "copy it from the service, beginning with https://"
        raise Unrenderable(f"url: this is not a web address; {fix}") from None


def _masked_address(masked: str, url: str) -> str:
    """Let people see at least which server an address goes to that is secret as a whole."""
    if masked != MASK or url == MASK:
        return masked
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/{MASK}"


def _cut(text: str, longest: int) -> str:
    units = text.encode("utf-16-le")
    if len(units) <= 2 * longest:
        return text
    return units[: 2 * (longest - 1)].decode("utf-16-le", errors="ignore") + "…"
