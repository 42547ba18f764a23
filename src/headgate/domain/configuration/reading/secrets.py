"""Secrets in the file: in clear, named in the environment, or kept as they are stored."""

import base64
import binascii
import re

from headgate.domain.configuration.reading.section import Section
from headgate.domain.flaws import Flaw
from headgate.domain.secrets import EnvSecret, KeptSecret, PlainSecret, Secret

SIGNING_PREFIX = "whsec_"
OWN_VARIABLES = "HEADGATE_"

MOST_AT_ONCE = 2

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}", re.ASCII)
_SHAPES = "write the text in quotes, {env: NAME}, or {stored: true} to keep what is stored"
_NEVER_SEEN = KeptSecret()


def maybe_secret(section: Section, key: str) -> Secret | None:
    """Return None when there is no value. No message ever shows one."""
    raw = section.take(key)
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    if isinstance(raw, str):
        return _plain(section, key, raw)
    if not isinstance(raw, dict):
        section.note(key, "not_a_secret", f"a secret is text; {_SHAPES}")
        return None
    return _reference(Section(raw, section.at(key), section.flaws))


def secret(section: Section, key: str) -> Secret:
    before = len(section.flaws)
    found = maybe_secret(section, key)
    if found is None and len(section.flaws) == before:
        section.note(key, "required", f"{key!r} is missing; {_SHAPES}")
    return found or _NEVER_SEEN


def signing_secret(section: Section, key: str) -> Secret | None:
    """Take a Standard Webhooks secret, or several with spaces between while one is replaced."""
    found = maybe_secret(section, key)
    if isinstance(found, PlainSecret) and not all(map(_signs, found.value.split())):
        allowed = f"{SIGNING_PREFIX} followed by the base64 of 24 to 64 bytes"
        section.note(key, "bad_signing_secret", f"a signing secret is {allowed}")
    return found


def signing_secrets(section: Section, key: str) -> tuple[Secret | None, Secret | None]:
    """Take a secret, or a list of the new one and of the old one that it replaces."""
    raw = section.take(key)
    if not isinstance(raw, list):
        return signing_secret(section, key), None
    if not 1 <= len(raw) <= MOST_AT_ONCE:
        message = f"{len(raw)} secrets; a list has the new one, then the old one that it replaces"
        section.note(key, "out_of_range", message)
        return None, None
    items = {f"{key}[{index}]": each for index, each in enumerate(raw)}
    each = Section(items, section.place, section.flaws)
    found = [_item(each, place) for place in items]
    return found[0], found[1] if len(found) > 1 else None


def _item(section: Section, place: str) -> Secret | None:
    before = len(section.flaws)
    found = signing_secret(section, place)
    if found is None and len(section.flaws) == before:
        section.note(place, "required", f"nothing stands here; {_SHAPES}")
    return found


def _signs(text: str) -> bool:
    try:
        key = base64.b64decode(text.removeprefix(SIGNING_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return False
    return text.startswith(SIGNING_PREFIX) and 24 <= len(key) <= 64


def _plain(section: Section, key: str, raw: str) -> PlainSecret:
    value = raw.strip()
    if not value.isprintable():
        section.note(key, "control_character", "a secret has no line breaks or control characters")
    return PlainSecret(value)


def _reference(section: Section) -> Secret | None:
    name, stored = section.maybe_text("env"), section.maybe_flag("stored")
    section.finish()
    if (name is None) is (stored is None) or stored is False:
        section.note("", "not_a_secret", _SHAPES)
        return None
    if name is None:
        return KeptSecret()
    if not _VARIABLE.fullmatch(name):
        # Not shown either: somebody may have put the secret itself there.
        message = "this is not the name of a variable; write one such as PARTNER_TOKEN"
        section.note("env", "bad_variable", message)
    if name.upper().startswith(OWN_VARIABLES):
        message = f"{name!r} is one of Headgate's own variables; name another"
        section.flaws.append(Flaw(section.at("env"), "own_variable", message))
    return EnvSecret(name)
