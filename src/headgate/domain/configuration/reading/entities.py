"""Entities: fields, statuses, and when two leads are duplicates."""

import re
from zoneinfo import ZoneInfo

import phonenumbers

from headgate.domain.cleaning import compile_cleaner
from headgate.domain.configuration.reading.section import Section, not_text, readable, shown
from headgate.domain.entities import DuplicateMatch, Entity
from headgate.domain.fields import RESERVED_KEYS, Field, FieldType

MOST_FIELDS = 200
MOST_STATUSES = 100
MOST_DAYS = 3_650

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}", re.ASCII)
_WITH_OPTIONS = (FieldType.CHOICE, FieldType.MULTICHOICE)


def read_entity(section: Section, *, zone: ZoneInfo, currency: str) -> Entity:
    slug = section.slug()
    name = section.maybe_text("name") or readable(slug)
    fields = _read_fields(section, zone=zone, currency=currency)
    statuses = _read_statuses(section)
    duplicates = section.section("duplicates")
    section.finish()
    keys = {field.key for field in fields}
    match = _read_duplicates(duplicates, keys) if duplicates else None
    return Entity(slug, name, fields, statuses, match)


def _read_fields(section: Section, *, zone: ZoneInfo, currency: str) -> tuple[Field, ...]:
    fields: list[Field] = []
    first: dict[str, str] = {}
    for item in section.sections("fields"):
        field = _read_field(item, zone=zone, currency=currency)
        # Intake takes no notice of case and underscores, so such keys would be one.
        plain = field.key.casefold().replace("_", "")
        if plain and plain in first:
            message = f"the key {field.key!r} is already taken by {first[plain]}"
            item.note("key", "repeated", f"{message}; case and _ make no difference")
        first.setdefault(plain, item.place)
        fields.append(field)
    if len(fields) > MOST_FIELDS:
        message = f"{len(fields)} fields; an entity has at most {MOST_FIELDS}"
        section.note("fields", "too_many", message)
    return tuple(fields)


def _read_field(section: Section, *, zone: ZoneInfo, currency: str) -> Field:
    before = len(section.flaws)
    key = _read_key(section)
    kind = _read_type(section)
    field = Field(
        key=key,
        type=kind,
        label=section.maybe_text("label") or readable(key),
        required=section.flag("required", default=False),
        default=_read_default(section, kind),
        options=_read_options(section, kind),
        encrypted=section.flag("encrypted", default=False),
        region=_read_region(section, kind),
    )
    section.finish()
    if field.default is not None and len(section.flaws) == before:
        for flaw in compile_cleaner([field], zone=zone, currency=currency)({}).flaws:
            section.note("default", "bad_default", f"{field.default!r}: {flaw.message}")
    return field


def _read_key(section: Section) -> str:
    key = section.text("key")
    if key and not _KEY.fullmatch(key):
        allowed = "a letter, then up to 62 letters, digits and _"
        section.note("key", "bad_key", f"{key!r} is not a field key; write {allowed}")
        return ""
    if key in RESERVED_KEYS:
        message = f"{key!r} means something on every lead; choose another key, such as {key}_2"
        section.note("key", "reserved", message)
    return key


def _read_type(section: Section) -> FieldType:
    if not section.has("type"):
        names = ", ".join(FieldType)
        section.note("type", "required", f"'type' is missing; write one of {names}")
    return section.one_of("type", FieldType.TEXT)


def _read_default(section: Section, kind: FieldType) -> str | None:
    value = section.take("default")
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        is_natural = kind is FieldType.BOOLEAN
    else:
        is_natural = kind is FieldType.NUMBER and isinstance(value, int | float)
    if is_natural:
        return str(value).lower()
    section.note("default", "not_text", not_text(value))
    return None


def _read_options(section: Section, kind: FieldType) -> dict[str, str] | None:
    options = section.section("options")
    if kind not in _WITH_OPTIONS:
        if options:
            allowed = " and ".join(_WITH_OPTIONS)
            section.note("options", "not_allowed", f"only fields of type {allowed} have options")
        return None
    if options is None:
        section.note("options", "required", "write options: {house: House, condo: Condo}")
        return None
    found = {key: options.text(key) for key in options.keys()}  # noqa: SIM118
    if not found:
        options.note("", "required", "there is no option; write {house: House, condo: Condo}")
    _note_alike(options, found)
    return found


def _note_alike(section: Section, options: dict[str, str]) -> None:
    """Leads may name an option by key or label in any case, so none may mean two."""
    meant: dict[str, str] = {}
    for key, label in options.items():
        for word in {key.casefold(), label.casefold()} - {""}:
            if meant.setdefault(word, key) != key:
                message = f"{word!r} also stands for the option {meant[word]!r}"
                section.note(key, "repeated", f"{message}; keys and labels must differ")


def _read_region(section: Section, kind: FieldType) -> str | None:
    region = section.maybe_text("region")
    if region is None:
        return None
    if kind is not FieldType.PHONE:
        section.note("region", "not_allowed", "only fields of type phone have a region")
    elif region not in phonenumbers.SUPPORTED_REGIONS:
        message = f"{region!r} is not a country; write its two capitals, such as US or GB"
        section.note("region", "unknown_region", message)
    return region


def _read_statuses(section: Section) -> tuple[str, ...]:
    if not section.has("statuses"):
        section.take("statuses")
        return ("New",)
    statuses = section.texts("statuses")
    if isinstance(section.take("statuses"), list) and not 1 <= len(statuses) <= MOST_STATUSES:
        message = f"{len(statuses)} statuses; an entity has 1 to {MOST_STATUSES}"
        section.note("statuses", "out_of_range", message)
    first: dict[str, str] = {}
    for index, status in enumerate(statuses):
        twin = first.setdefault(status.casefold(), status)
        if twin != status:
            message = f"{shown(status)} and {shown(twin)} differ only in case"
            section.note(f"statuses[{index}]", "repeated", message)
    return statuses or ("New",)


def _read_duplicates(section: Section, keys: set[str]) -> DuplicateMatch:
    if not section.has("match"):
        section.note("match", "required", "write the keys of one or more fields: [email, phone]")
    match = section.texts("match")
    section.note_unknown("match", match, keys, "field")
    if not section.has("within_days"):
        section.note("within_days", "required", "write the number of days, such as 30")
    within = section.number("within_days", 30, least=1, most=MOST_DAYS)
    section.finish()
    return DuplicateMatch(match, within)
