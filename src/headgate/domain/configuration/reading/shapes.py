"""Texts of a certain shape: addresses of the web and of mail, zones, the names that leads have."""

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from email_validator import EmailNotValidError, validate_email

from headgate.domain.configuration.reading.section import Section
from headgate.domain.entities import Entity
from headgate.domain.fields import ADDRESS_PARTS, FieldType

# What a lead tells about itself beside its fields, in templates and in the choice of fields.
FACTS = (
    "id",
    "lead_id",
    "delivery_id",
    "entity",
    "profile",
    "received_at",
    "status",
    "source",
    "test",
    "postback_url",
)

_HOST = re.compile(r"[A-Za-z0-9_.:-]{1,253}", re.ASCII)
_PLACEHOLDER = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*", re.ASCII)


def web_address(section: Section, key: str) -> str:
    """Take an http or https address that names a host and holds no credentials."""
    return _checked_address(section, key, section.text(key))


def maybe_web_address(section: Section, key: str) -> str | None:
    value = section.maybe_text(key)
    return None if value is None else _checked_address(section, key, value)


def _checked_address(section: Section, key: str, value: str) -> str:
    if value and (fault := _fault_of_address(value)):
        # Credentials in it are a secret, and so the address is not shown.
        section.note(key, "bad_url", f"{fault}; write it like https://partner.example/leads")
    return value


def _fault_of_address(value: str) -> str | None:
    if re.search(r"\s", value):
        return "an address has no spaces"
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return "this is not a web address"
    if parts.scheme.lower() not in ("http", "https"):
        return "an address begins with https:// or http://"
    if not parts.hostname or port == 0:
        return "the address names no host"
    if "@" in parts.netloc:
        return "no user name or password in an address: use `auth` for them"
    return None


def origin(section: Section, key: str, value: str) -> None:
    """Check an origin as browsers send it: scheme, host and port, nothing after."""
    fault = _fault_of_address(value)
    if fault is None and urlsplit(value)._replace(scheme="", netloc="").geturl():
        fault = "an origin ends after the host"
    if fault:
        section.note(key, "bad_origin", f"{value!r}: {fault}; write it like https://acme.example")


def host(section: Section, key: str) -> str:
    value = section.text(key)
    if value and not _HOST.fullmatch(value):
        section.note(key, "bad_host", f"{value!r} is not a host such as mail.acme.example")
    return value


def mail_address(section: Section, key: str, value: str, *, named: bool = False) -> None:
    """Check an email address; a `named` one may stand in angle brackets after a name."""
    try:
        validate_email(
            value,
            check_deliverability=False,
            globally_deliverable=False,
            allow_display_name=named,
        )
    except EmailNotValidError as error:
        section.note(key, "bad_email", f"{value!r} is not an email address: {error}")


def maybe_zone(section: Section, key: str) -> str | None:
    value = section.maybe_text(key)
    if value is not None and value not in _zones():
        message = f"{value!r} is not a time zone such as America/Denver"
        section.note_stranger(key, "unknown_zone", message, value, _zones())
        return "UTC"
    return value


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones()) - {"localtime", "Factory"}


def names_of(entity: Entity) -> frozenset[str]:
    """Return everything that a template or a choice of fields may name."""
    parts = (
        f"{field.key}.{part}"
        for field in entity.fields
        if field.type is FieldType.ADDRESS
        for part in ADDRESS_PARTS
    )
    return frozenset((*(field.key for field in entity.fields), *parts, *FACTS))


def placeholders(template: str) -> Iterator[str]:
    """Return what stands between the braces: `lead.first_name`."""
    return (found.strip() for found in _PLACEHOLDER.findall(template))


def maybe_template(section: Section, key: str, entity: Entity | None, *, lines: bool) -> str | None:
    """Take a text with `{{ lead.key }}` in it; without an entity any key may be meant."""
    template = section.maybe_text(key, lines=lines)
    for name in placeholders(template or ""):
        if not _NAME.fullmatch(name):
            shape = "{{ lead.key }} with the key of a field"
            section.note(key, "bad_placeholder", f"{{{{ {name} }}}} is not {shape}")
        elif entity and name.removeprefix("lead.") not in (known := names_of(entity)):
            message = f"{{{{ {name} }}}} names no field of {entity.slug}"
            meant = name.removeprefix("lead.")
            section.note_stranger(key, "unknown_field", message, meant, known)
    return template
