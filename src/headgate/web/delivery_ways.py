"""One way to a partner as its editor shows it: which controls there are, and what may be named."""

from django.utils.translation import gettext as _
from msgspec import Struct

from headgate.domain.configuration.reading.shapes import FACTS
from headgate.domain.entities import Entity
from headgate.domain.fields import ADDRESS_PARTS, FieldType
from headgate.web import channel_choices
from headgate.web.delivery_shapes import CHOSEN, STANDARD
from headgate.web.drafts import Draft


class Way(Struct, frozen=True):
    """One of the delivery settings of an editor, and what its channel has of controls.

    What is `said` decides which controls are there.
    """

    place: str
    number: int
    channel: str
    options: list[channel_choices.Option]
    has_fields: bool
    default_timeout: int
    is_first: bool
    is_last: bool
    is_known: bool
    said: dict[str, str]
    attached: list[str]
    own_texts: list[tuple[str, str]]
    shows_tries: bool

    @property
    def headers(self) -> str:
        return f"{self.place}.headers"

    @property
    def secret(self) -> str:
        return f"{self.place}.secret"

    @property
    def fields(self) -> str:
        return f"{self.place}.fields"

    @property
    def rows(self) -> str:
        return f"{self.place}.fields.rows"

    @property
    def answer(self) -> str:
        return f"{self.place}.answer"

    @property
    def timeout(self) -> str:
        return f"{self.place}.timeout_seconds"

    @property
    def retry(self) -> str:
        return f"{self.place}.retry"

    @property
    def text(self) -> str:
        return f"{self.place}.text"

    @property
    def html(self) -> str:
        return f"{self.place}.html"

    @property
    def rules(self) -> list[tuple[str, str, str, str]]:
        """Return the place of each answer rule, what it is called, and examples."""
        return [
            (f"{self.answer}.refuse", _("It is a no when"), "400, 422", "rejected"),
            (f"{self.answer}.accept", _("It is a yes when"), "2xx", "accepted"),
        ]

    @property
    def fields_hint(self) -> str:
        if self.channel == "webhook" and self.said["fields"] == CHOSEN:
            return ""
        if self.channel == "webhook":
            return _("All of them, the encrypted ones too, in clear.")
        return _("Encrypted fields go out only when they are named.")


def keys_of(entities: list[Entity]) -> list[str]:
    """Return what may be named of a lead: fields, parts of addresses, and facts."""
    fields = [field for entity in entities for field in entity.fields]
    parts = [
        f"{field.key}.{part}"
        for field in fields
        if field.type is FieldType.ADDRESS
        for part in ADDRESS_PARTS
    ]
    return list(dict.fromkeys((*(field.key for field in fields), *parts, *FACTS)))


def way_of(draft: Draft, place: str, number: int, count: int) -> Way:
    """Return one of the `count` entries of the `delivery` at the place."""
    here = f"{place}[{number}]"
    channel = str(draft.value(f"{here}.channel") or "")
    return Way(
        place=here,
        number=number,
        channel=channel,
        options=channel_choices.options_of(channel),
        has_fields=channel_choices.has_fields(channel),
        default_timeout=channel_choices.default_timeout(channel),
        is_first=number == 0,
        is_last=number == count - 1,
        is_known=not channel or channel in dict(channel_choices.choices()),
        attached=list(draft.value(f"{here}.attach") or ()),
        own_texts=[
            (f"{here}.{key}", text)
            for key in ("text", "html")
            if (text := draft.value(f"{here}.{key}"))
        ],
        shows_tries=_shows_tries(draft, here, channel),
        said={name: str(draft.value(f"{here}.{path}") or "") for name, path in _DECIDING.items()},
    )


def _shows_tries(draft: Draft, here: str, channel: str) -> bool:
    """Tell whether something was changed of what is usual, or is wrong there."""
    said = draft.value(f"{here}.retry.kind"), draft.value(f"{here}.timeout_seconds")
    is_usual = said[0] in (None, STANDARD) and said[1] in (
        None,
        channel_choices.default_timeout(channel),
    )
    places = (f"{here}.retry", f"{here}.timeout_seconds")
    return not is_usual or any(flaw.place.startswith(places) for flaw in draft.flaws)


_DECIDING = {
    "auth": "auth.type",
    "body": "body",
    "fields": "fields.which",
    "retry": "retry.kind",
    "digest": "digest.kind",
    "method": "method",
    "format": "format",
}
