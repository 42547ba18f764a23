"""Tags for the parts of editors that are lists: channels, hours, caps and prices."""

import json
from typing import Any

from django import template
from django.utils.translation import gettext as _
from msgspec import Struct

from headgate.domain.configuration.reading.webhooks import SECRET_HEADER
from headgate.domain.delivery_settings import MOST_WAYS
from headgate.domain.entities import Entity
from headgate.domain.hours import DAYS, hours_in_words, read_hours
from headgate.web import channel_choices, hours_drafts
from headgate.web.delivery_ways import keys_of, way_of
from headgate.web.drafts import Draft
from headgate.web.templatetags.console import control_id
from headgate.web.wording import CAP_SPANS, DAY_NAMES

register = template.Library()


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
        "ways": [way_of(draft, place, number, count) for number in range(count)],
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
        "whens": [(hours_drafts.WEEKLY, _("At these hours only"))],
        "is_weekly": draft.value(f"{place}.when") == hours_drafts.WEEKLY,
        "days": [_day(draft, f"{place}.{day}", str(DAY_NAMES[day])) for day in DAYS],
        "words": _hours_in_words(form),
        "messages": draft.messages(place),
    }


@register.inclusion_tag("parts/caps.html")
def caps_editor(draft: Draft, place: str, *, currency: str) -> dict[str, Any]:
    """Show the caps of a partner, an assignment, a profile or a source."""
    return {
        "draft": draft,
        "place": place,
        "spend_label": _("or at most money (%s)") % currency,
        "pers": [(str(per), word) for per, word in CAP_SPANS.items()],
        "places": _entries(draft, place),
    }


@register.inclusion_tag("parts/price_tiers.html")
def price_tiers_editor(draft: Draft, place: str, *, currency: str) -> dict[str, Any]:
    """Show the prices of an assignment by its number of leads in a month."""
    return {
        "draft": draft,
        "place": place,
        "price_label": _("Price (%s)") % currency,
        "places": _entries(draft, place),
    }


def _entries(draft: Draft, place: str) -> list[str]:
    listed = draft.value(place)
    return [f"{place}[{n}]" for n in range(len(listed) if isinstance(listed, list) else 0)]


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
def messages_within(draft: Draft, place: str) -> list[str]:
    """Return what is wrong with a list, or with what stands in it."""
    return draft.messages(place)


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
