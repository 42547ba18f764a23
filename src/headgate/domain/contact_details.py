"""Whether the values of a lead name a person, by email address or phone number."""

import re
from collections.abc import Mapping

from msgspec import Struct

_DIALLED = re.compile(r"\+?[\d\s().\-/]{7,30}", re.ASCII)


class ContactDetails(Struct, frozen=True):
    """An address in lower case, a number in E.164, or both."""

    email: str | None
    phone: str | None


def names(wanted: ContactDetails, value: object) -> bool:
    """Tell whether any text in a value, however nested, is the address or the number."""
    if isinstance(value, str):
        return _is_address(wanted.email, value) or _is_number(wanted.phone, value)
    if isinstance(value, Mapping):
        return any(names(wanted, each) for each in value.values())
    if isinstance(value, list | tuple):
        return any(names(wanted, each) for each in value)
    return False


def mentions(wanted: ContactDetails, text: str) -> bool:
    """Tell whether a longer text has the address or the number in it, as a word of its own."""
    folded = text.casefold()
    forms = [wanted.email and wanted.email.casefold(), wanted.phone, (wanted.phone or "")[1:]]
    return any(
        form and re.search(rf"(?<![\w.+-]){re.escape(form)}(?![\w-]|\.\w)", folded)
        for form in forms
    )


def _is_address(wanted: str | None, text: str) -> bool:
    return wanted is not None and text.strip().lower() == wanted


def _is_number(wanted: str | None, text: str) -> bool:
    if wanted is None or not _DIALLED.fullmatch(text.strip()):
        return False
    return re.sub(r"\D", "", text) == wanted[1:]
