"""Postal addresses, part by part."""

from collections.abc import Mapping

from headgate.domain.cleaning.texts import CleanText, line_cleaner
from headgate.domain.cleaning.values import Clean, refused
from headgate.domain.fields import ADDRESS_PARTS
from headgate.domain.flaws import Flaw, Flawed

_NAMED_PARTS = ", ".join(ADDRESS_PARTS)


def address_cleaner(place: str) -> Clean:
    """Compile the cleaning of an address; one plain text is taken as its first line."""
    line = line_cleaner(place)
    parts = {part: line_cleaner(f"{place}.{part}") for part in ADDRESS_PARTS}

    def clean(value: object) -> dict[str, str] | None:
        if isinstance(value, str):
            text = line(value)
            return None if text is None else {"line1": text}
        if not isinstance(value, dict):
            raise refused(place, "bad_type", f"must be an object with the parts {_NAMED_PARTS}")
        address, flaws = _cleaned_parts(parts, value)
        if not parts.keys() >= value.keys():
            flaws.append(Flaw(place, "unknown_part", f"must have no parts but {_NAMED_PARTS}"))
        if flaws:
            raise Flawed(flaws)
        return address or None

    return clean


def _cleaned_parts(
    parts: Mapping[str, CleanText], given: Mapping[str, object]
) -> tuple[dict[str, str], list[Flaw]]:
    address: dict[str, str] = {}
    flaws: list[Flaw] = []
    for part, clean in parts.items():
        try:
            text = None if given.get(part) is None else clean(given[part])
        except Flawed as refusal:
            flaws += refusal.flaws
            continue
        if text is not None:
            address[part] = text
    return address, flaws
