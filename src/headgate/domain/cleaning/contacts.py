"""Ways to reach a person: email addresses, phone numbers, web addresses."""

import re
from urllib.parse import urlsplit

import phonenumbers
from email_validator import SPECIAL_USE_DOMAIN_NAMES, validate_email

from headgate.domain.cleaning.texts import line_cleaner
from headgate.domain.cleaning.values import Clean, refused

EMAIL_LIMIT = 254
PHONE_LIMIT = 250
URL_LIMIT = 2_048

# Addresses that email-validator, thirty times slower, returns unchanged (a test holds the two
# equal), and so short that no part can be over its own limit.
_EVERYDAY_EMAIL = re.compile(
    r"(?=.{6,64}\Z)[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9](?:-?[a-z0-9])*\.)+([a-z]{2,})"
)
_SPECIAL_TOP_LEVELS = frozenset(name.rpartition(".")[2] for name in SPECIAL_USE_DOMAIN_NAMES)
# North American numbers in E.164 have no prefix to strip, so they need no parsing.
_NORTH_AMERICAN = re.compile(r"\+1([2-9]\d{9})", re.ASCII)
_WEB_ADDRESS = re.compile(r"https?://[^\s\x00-\x20\x7f\"<>\\^`{|}]+", re.IGNORECASE)


def email_cleaner(place: str) -> Clean:
    """Compile the cleaning of an email address, kept in its normal form."""
    line = line_cleaner(place, EMAIL_LIMIT)

    def clean(value: object) -> str | None:
        text = line(value)
        if text is None or is_everyday_email(text):
            return text
        try:
            return validate_email(text, check_deliverability=False).normalized
        except ValueError:
            raise refused(
                place, "not_an_email", "must be an email address, such as ann@example.com"
            ) from None

    return clean


def phone_cleaner(place: str, region: str | None) -> Clean:
    """Compile the cleaning of a phone number, kept in E.164; `region` reads national ones."""
    line = line_cleaner(place, PHONE_LIMIT)
    national = f"be valid in {region} or " if region else ""
    rule = f"must {national}begin with + and the country code, such as +12025550143"

    def clean(value: object) -> str | None:
        text = line(value)
        if text is None:
            return None
        phone = e164(text, region)
        if phone is None:
            raise refused(place, "not_a_phone_number", rule)
        return phone

    return clean


def url_cleaner(place: str) -> Clean:
    """Compile the cleaning of a web address: http or https, with a host."""
    line = line_cleaner(place, URL_LIMIT)

    def clean(value: object) -> str | None:
        text = line(value)
        if text is None or _is_web_address(text):
            return text
        raise refused(place, "not_a_url", "must be a web address, such as https://example.com/a")

    return clean


def is_everyday_email(text: str) -> bool:
    """Say whether `text` is plainly an address in normal form; False leaves it open."""
    match = _EVERYDAY_EMAIL.fullmatch(text)
    return match is not None and match.group(1) not in _SPECIAL_TOP_LEVELS


def e164(text: str, region: str | None) -> str | None:
    """Return the phone number in E.164, or None when it is not a valid one."""
    match = _NORTH_AMERICAN.fullmatch(text)
    if match is not None:
        number = phonenumbers.PhoneNumber(country_code=1, national_number=int(match.group(1)))
        return text if phonenumbers.is_valid_number(number) else None
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _is_web_address(text: str) -> bool:
    if not _WEB_ADDRESS.fullmatch(text):
        return False
    try:
        parts = urlsplit(text)
        return any(map(str.isalnum, parts.hostname or "")) and parts.port != 0
    except ValueError:
        return False
