"""Tags for the parts that several editors share: channels, hours and caps."""

import json
from typing import Any

from django import template
from django.utils.translation import gettext as _
from msgspec import Struct

from headgate.domain.configuration.reading.shapes import FACTS
from headgate.domain.configuration.reading.webhooks import SECRET_HEADER
from headgate.domain.delivery_settings import MOST_WAYS
from headgate.domain.entities import Entity
from headgate.domain.fields import ADDRESS_PARTS, FieldType
from headgate.domain.hours import DAYS, hours_in_words, read_hours
from headgate.web import channel_choices, hours_drafts
from headgate.web.delivery_shapes import CHOSEN, STANDARD
from headgate.web.drafts import Draft
from headgate.web.templatetags.console import control_id
from headgate.web.wording import CAP_SPANS, DAY_NAMES

register = template.Library()


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


class Day(Struct, frozen=True):
    name: str
    place: str
    spans: list[str]
    messages: list[str]

    @property
    def adds(self) -> str:
        return _("Add hours on %s") % self.name


@register.inclusion_tag("channels/editor.html", takes_context=True)
def channel_editor(
    context: dict[str, Any],
    draft: Draft,
    place: str,
    *,
    inherited: str = "",
    entities: list[Entity] | None = None,
) -> dict[str, Any]:
    """Show how somebody is delivered to, with its fall-backs; the draft is in a form's shape.

    `place` is that of the `delivery`. `inherited` says what holds while nothing is chosen.
    `entities` are those whose fields may be named, the account's unless told. What was tried of
    it is in the page's `tried`, and the leads to try it with in its `trial_leads`.
    """
    ways = draft.value(place)
    count = max(len(ways) if isinstance(ways, list) else 0, 1)
    visitor = context["visitor"]
    return {
        "draft": draft,
        "place": place,
        "ways": [_way(draft, place, number, count) for number in range(count)],
        "may_add": count < MOST_WAYS and bool(draft.value(f"{place}[0].channel")),
        "channels": channel_choices.choices(),
        "choices": channel_choices.CHOICES,
        "inherited": inherited,
        "keys_id": f"{control_id(place)}-keys",
        "keys": keys_of(visitor.entities if entities is None else entities),
        "tried": context.get("tried"),
        "untried": context["request"].POST.get("_do", "") if draft.flaws else "",
        "trial_leads": context.get("trial_leads", ()),
        "may_try": visitor.may_manage,
    }


@register.inclusion_tag("parts/hours.html")
def hours_editor(draft: Draft, place: str, *, zone: str) -> dict[str, Any]:
    """Show when leads are taken, day by day; the draft is in a form's shape."""
    form = draft.value(place)
    return {
        "draft": draft,
        "place": place,
        "zone": zone,
        "whens": [("always", _("At any time")), (hours_drafts.WEEKLY, _("At these hours only"))],
        "is_weekly": draft.value(f"{place}.when") == hours_drafts.WEEKLY,
        "days": [_day(draft, f"{place}.{day}", str(DAY_NAMES[day])) for day in DAYS],
        "words": _hours_in_words(form),
        "messages": draft.messages(place),
    }


@register.inclusion_tag("parts/caps.html")
def caps_editor(draft: Draft, place: str, *, currency: str) -> dict[str, Any]:
    """Show the caps of a partner, an assignment, a profile or a source."""
    caps = draft.value(place)
    return {
        "draft": draft,
        "place": place,
        "spend_label": _("or at most money (%s)") % currency,
        "pers": [(str(per), word) for per, word in CAP_SPANS.items()],
        "places": [f"{place}[{n}]" for n in range(len(caps) if isinstance(caps, list) else 0)],
    }


@register.filter
def says(draft: Draft, place: str) -> bool:
    """Tell whether anything stands at the place, or is wrong there or within."""
    inside = (f"{place}.", f"{place}[")
    return draft.value(place) not in (None, {}, []) or any(
        flaw.place == place or flaw.place.startswith(inside) for flaw in draft.flaws
    )


@register.filter
def messages_at(draft: Draft, place: str) -> list[str]:
    """Return what is wrong with an entry as a whole."""
    return [flaw.message for flaw in draft.flaws if flaw.place == place]


@register.filter
def header_type(draft: Draft, row: str) -> str:
    """Hide the value of a header that is a secret by its name, or that is stored as one."""
    name, value = draft.value(f"{row}.name"), draft.value(f"{row}.value")
    is_secret = isinstance(value, dict) or SECRET_HEADER.search(str(name or "")) is not None
    return "password" if is_secret else "text"


@register.filter
def carried(draft: Draft, place: str) -> str:
    """Return a value as the page carries it along without showing it."""
    return json.dumps(draft.value(place))


@register.filter
def tried_at(tried: Any, place: str) -> Any:
    """Return what was tried of the delivery settings at the place, if they were."""
    return tried if tried is not None and tried.place == place else None


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


def _way(draft: Draft, place: str, number: int, count: int) -> Way:
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


def _day(draft: Draft, place: str, name: str) -> Day:
    spans = draft.value(place)
    return Day(
        name,
        place,
        [f"{place}[{n}]" for n in range(len(spans) if isinstance(spans, list) else 0)],
        draft.messages(place),
    )


def _hours_in_words(form: object) -> str:
    said = hours_drafts.closed(form) if isinstance(form, dict) else None
    hours = read_hours(said, place="hours", flaws=[])
    return hours_in_words(hours) if hours else ""
