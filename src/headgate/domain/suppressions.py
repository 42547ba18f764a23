"""What stands on a suppression list: hashes of addresses, numbers and domains in normal form."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping

import phonenumbers
from msgspec import Struct

from headgate.domain.cleaning.contacts import e164, email_cleaner
from headgate.domain.fields import Field, FieldType
from headgate.domain.flaws import Flawed
from headgate.domain.ids import PartnerId

EVERY_PARTNER = "*"  # where a record names partners by their slugs, which this never is

_HEX = re.compile(r"[0-9a-f]+", re.IGNORECASE | re.ASCII)
_DIALLED = re.compile(r"\+?[\d\s().\-/]+", re.ASCII)
_HASHES = {64: "SHA-256", 32: "MD5"}
_OTHER_HASHES = {40: "SHA-1", 96: "SHA-384", 128: "SHA-512"}
_email = email_cleaner("value")


class NotListable(ValueError):
    """No suppression list can hold this; the message says why and does not repeat it."""


class Suppressed(Struct, frozen=True):
    """The names of the lists that keep a lead from every partner, and from some."""

    from_all: str | None = None
    from_partners: Mapping[PartnerId, str] = {}


NOT_SUPPRESSED = Suppressed()


def is_region(text: str) -> bool:
    """Tell whether phone numbers are read as those of a country by this code, such as `US`."""
    return text in phonenumbers.SUPPORTED_REGIONS


def hash_of(text: str, *, region: str | None = None) -> bytes:
    """Return the one hash that a list keeps for a value: SHA-256, or the hash that was given.

    `region` reads national phone numbers.

    :raises NotListable:
    """
    text = text.strip()
    if _HEX.fullmatch(text) and len(text) in _HASHES:
        return bytes.fromhex(text)
    return _sha256(normal_form(text, region))


def hashes_meaning(text: str, *, region: str | None = None) -> tuple[bytes, ...]:
    """Return every hash by which a list can hold this very value.

    :raises NotListable:
    """
    text = text.strip()
    if _HEX.fullmatch(text) and len(text) in _HASHES:
        return (bytes.fromhex(text),)
    return _hashes(normal_form(text, region))


def hashes_reaching(text: str, *, region: str | None = None) -> tuple[bytes, ...]:
    """Return every hash by which a list keeps a lead with this value back: its domain's too.

    :raises NotListable:
    """
    meaning = hashes_meaning(text, region=region)
    return (*meaning, *_of_domains(normal_form(text, region))) if "@" in text else meaning


def hashes_of_person(fields: Iterable[Field], values: Mapping[str, object]) -> tuple[bytes, ...]:
    """Return every hash by which a list can hold the person of a lead; `values` are clean."""
    found: dict[bytes, None] = {}
    for field in fields:
        value = values.get(field.key)
        if not isinstance(value, str):
            continue
        if field.type is FieldType.EMAIL:
            address = value.lower()
            found |= dict.fromkeys((*_hashes(address), *_of_domains(address)))
        elif field.type is FieldType.PHONE:
            found |= dict.fromkeys(_hashes(value))
    return tuple(found)


def normal_form(text: str, region: str | None) -> str:
    """Return an address in lower case, a number in E.164, or a domain.

    :raises NotListable:
    """
    if "@" in text.lstrip("@"):
        return _address(text)
    if _DIALLED.fullmatch(text) and any(map(str.isdigit, text)):
        return _number(text, region)
    if _HEX.fullmatch(text):
        raise NotListable(_hash_words(len(text)))
    return _domain(text.lstrip("@"))


def algorithm_of(digest: bytes) -> str:
    return "sha256" if len(digest) == 32 else "md5"


def _address(text: str) -> str:
    try:
        address = _email(text)
    except Flawed:
        address = None
    if address is None:
        raise NotListable("this is no email address, such as ann@example.com")
    return str(address).lower()


def _number(text: str, region: str | None) -> str:
    """Read a number of the region, else one that begins with the country's, with + or without."""
    number = e164(text, region) or e164(f"+{text.lstrip('+')}", None)
    if number is None:
        whose = f" of {region}" if region else ""
        raise NotListable(
            f"this is no phone number{whose}; write it with + and the country code, "
            "such as +12025550143"
        )
    return number


def _domain(text: str) -> str:
    if "." not in text:
        raise NotListable(
            "this is no email address, phone number, domain, SHA-256 or MD5 hash in hex"
        )
    try:
        return _address(f"somebody@{text}").partition("@")[2]
    except NotListable:
        raise NotListable("this is no domain, such as example.com") from None


def _hash_words(length: int) -> str:
    known = _OTHER_HASHES.get(length)
    if known:
        return f"this is a {known} hash; a list takes SHA-256 and MD5"
    return f"this has {length} hex digits; a SHA-256 hash has 64, an MD5 hash 32"


def _hashes(normal: str) -> tuple[bytes, ...]:
    """Return the hashes of a normal form; those of phones circulate with + and without."""
    forms = (normal, normal[1:]) if normal.startswith("+") else (normal,)
    return tuple(hashed(form) for form in forms for hashed in (_sha256, _md5))


def _of_domains(address: str) -> Iterator[bytes]:
    """Yield the hashes of an address's domain and of each that it is part of, but no top level."""
    domain = address.rpartition("@")[2]
    while "." in domain:
        yield from _hashes(domain)
        domain = domain.partition(".")[2]


def _sha256(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _md5(text: str) -> bytes:
    return hashlib.md5(text.encode(), usedforsecurity=False).digest()
