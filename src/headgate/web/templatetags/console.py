"""Tags for moments, states and icons."""

from datetime import UTC, datetime

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from headgate.web.wording import CHANNELS, DELIVERY_STATES, LEAD_STATES, OUTCOMES, QUIET, RESULTS

register = template.Library()

_KINDS = {
    "lead": LEAD_STATES,
    "delivery": DELIVERY_STATES,
    "outcome": OUTCOMES,
    "result": RESULTS,
}


@register.simple_tag
def moment(at: str | datetime | None, style: str = "minutes") -> SafeString | str:
    """Show a moment in the account's zone, with the exact instant on hover."""
    if not at:
        return "–"
    instant = datetime.fromisoformat(at) if isinstance(at, str) else at
    local = timezone.localtime(instant)
    exact = instant.astimezone(UTC)
    text = date_format(local, "j M Y, H:i:s" if style == "seconds" else "j M Y, H:i")
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>',
        exact.isoformat(timespec="milliseconds"),
        exact.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3],
        text,
    )


@register.simple_tag
def state(kind: str, value: str) -> SafeString:
    """Show a state as a dot and a word."""
    tone, word = _KINDS[kind].get(value, (QUIET, value.replace("_", " ")))
    return format_html('<span class="state {}">{}</span>', tone, word)


@register.simple_tag
def icon(name: str) -> SafeString:
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>',
        static("headgate/icons.svg"),
        name,
    )


@register.filter
def channel(name: str) -> str:
    return str(CHANNELS.get(name, name))
