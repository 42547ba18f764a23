"""Tags of the pages of Account Settings."""

from collections.abc import Mapping

from django import template
from msgspec import Raw, json

register = template.Library()


@register.filter
def word(words: Mapping[str, object], key: str) -> object:
    """Return what a key is called, the key itself where it has no name."""
    return words.get(key, key)


@register.filter
def laid_out(body: Raw) -> str:
    """Return JSON as people read it, which is not how it is sent."""
    return json.format(bytes(body), indent=2).decode()
