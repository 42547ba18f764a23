"""Tags of the pages of Account Settings."""

from collections.abc import Mapping

from django import template
from django.template import Context
from msgspec import Raw, json

from headgate.services import setups
from headgate.web.naming import Naming

register = template.Library()
_KEPT = "headgate.naming"  # for the rest of the page


@register.filter
def word(words: Mapping[str, object], key: str) -> object:
    """Return what a key is called, the key itself where it has no name."""
    return words.get(key, key)


@register.filter
def laid_out(body: Raw) -> str:
    """Return JSON as people read it, which is not how it is sent."""
    return json.format(bytes(body), indent=2).decode()


@register.simple_tag(takes_context=True)
def named(context: Context, line: str) -> str:
    """Write a line about what changed with the names of things instead of their slugs."""
    return _naming(context).in_line(line)


def _naming(context: Context) -> Naming:
    kept = context.render_context
    if _KEPT not in kept:
        kept[_KEPT] = Naming(setups.in_force(context["visitor"].account_id).configuration)
    naming: Naming = kept[_KEPT]
    return naming
