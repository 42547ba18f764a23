"""Delivery settings of a channel that is described by a struct of options."""

import re
from typing import Any

import msgspec
from msgspec.structs import FieldInfo
from msgspec.structs import fields as attributes

from headgate.domain.channel_options import (
    BadOptions,
    ChannelOptions,
    Nature,
    is_host,
    nature,
    typed,
)
from headgate.domain.configuration.reading.choices import read_choice, read_retry
from headgate.domain.configuration.reading.secrets import maybe_secret, secret
from headgate.domain.configuration.reading.section import Section, shown
from headgate.domain.configuration.reading.shapes import maybe_template
from headgate.domain.configuration.reading.webhooks import MOST_SECONDS
from headgate.domain.delivery_settings import FieldChoice, Other
from headgate.domain.entities import Entity
from headgate.domain.secrets import Secret

_PLACED = re.compile(r"(.*) - at `\$(.*)`", re.DOTALL)


def read_other(
    section: Section, name: str, kind: type[ChannelOptions], *, entity: Entity | None
) -> Other:
    """Read what `kind` declares; every flaw is noted at its own place."""
    before = len(section.flaws)
    declared = [each for each in attributes(kind) if each.name != "timeout_seconds"]
    secrets: list[tuple[str, Secret]] = []
    options: dict[str, Any] = {}
    for each in declared:
        key = each.encode_name
        if nature(each.type) is Nature.SECRET:
            found = secret(section, key) if each.required else maybe_secret(section, key)
            secrets += [] if found is None else [(key, found)]
        elif nature(each.type) is not Nature.CHOICE:
            value = _read_option(section, each, entity)
            options |= {} if value is None else {key: value}
    settings = Other(
        name=name,
        options=options,
        secrets=tuple(secrets),
        hosts=tuple(each.encode_name for each in declared if is_host(each.type)),
        fields=_read_fields(section, declared, entity),
        timeout_seconds=_read_timeout(section, kind),
        retry_seconds=read_retry(section),
    )
    if len(section.flaws) == before:
        _note_contradiction(section, settings, kind)
    return settings


def _read_option(section: Section, declared: FieldInfo, entity: Entity | None) -> object:
    """Return a plain value, or None when there is none."""
    key, before = declared.encode_name, len(section.flaws)
    if nature(declared.type) is Nature.TEMPLATE:
        value: object = maybe_template(section, key, entity, lines=True)
    elif nature(declared.type) is Nature.TEXT:
        value = section.maybe_text(key)
    else:
        value = _read_value(section, key, declared.type)
    if value is None and declared.required and len(section.flaws) == before:
        section.note(key, "required", f"{key!r} is missing; it must be given")
    return value


def _read_value(section: Section, key: str, declared: Any) -> object:
    raw = section.take(key)
    if raw is None:
        return None
    try:
        # As JSON has it, so that what is stored and loaded again is equal.
        return msgspec.json.decode(msgspec.json.encode(msgspec.convert(_unspelt(raw), declared)))
    except msgspec.ValidationError as error:
        placed = _PLACED.fullmatch(str(error))
        message, inner = placed.groups() if placed else (str(error), "")
        section.note(f"{key}{inner}", "bad_option", f"{shown(raw)} does not fit: {message}")
        return None


def _unspelt(raw: object) -> object:
    """Return the value without the spelling that numbers of a file remember."""
    if isinstance(raw, dict):
        return {key: _unspelt(value) for key, value in raw.items()}
    if isinstance(raw, list):
        return [_unspelt(item) for item in raw]
    if isinstance(raw, float):
        return float(raw)
    return int(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw


def _read_fields(section: Section, declared: list[FieldInfo], entity: Entity | None) -> FieldChoice:
    chooses = any(nature(each.type) is Nature.CHOICE for each in declared)
    return read_choice(section, entity) if chooses else FieldChoice()


def _read_timeout(section: Section, kind: type[ChannelOptions]) -> int:
    default: int = next(e.default for e in attributes(kind) if e.name == "timeout_seconds")
    return section.number("timeout_seconds", default, least=1, most=MOST_SECONDS)


def _note_contradiction(section: Section, settings: Other, kind: type[ChannelOptions]) -> None:
    try:
        typed(settings, kind)
    except BadOptions as error:
        section.note("", "bad_options", str(error))
