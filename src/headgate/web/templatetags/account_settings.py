"""Tags of the pages of Account Settings."""

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def word(words: Mapping[str, object], key: str) -> object:
    """Return what a key is called, the key itself where it has no name."""
    return words.get(key, key)
