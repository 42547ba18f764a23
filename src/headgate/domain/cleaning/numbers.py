"""Exact numbers, amounts of money, and yes or no."""

import math
import re
from decimal import Decimal

from headgate.domain.cleaning.texts import CleanText, line_cleaner
from headgate.domain.cleaning.values import Clean, refused
from headgate.domain.money import BadAmount, decimals, format_amount, parse_amount

# What a decimal of the standard context holds exactly.
MOST_DIGITS = 28

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_PLAIN_DIGITS = 18
_BOOLEANS = {"true": True, "yes": True, "on": True, "1": True}
_BOOLEANS |= {"false": False, "no": False, "off": False, "0": False}


def number_cleaner(place: str) -> Clean:
    """Compile the cleaning of a number; one without a fraction becomes an int."""
    line = line_cleaner(place)

    def clean(value: object) -> int | Decimal | None:
        if isinstance(value, str) and len(value) <= _PLAIN_DIGITS and _is_plain(value):
            return int(value)
        decimal = _decimal(place, value, line)
        return None if decimal is None else _exact(place, decimal)

    return clean


def money_cleaner(place: str, currency: str) -> Clean:
    """Compile the cleaning of an amount, kept as text with all decimals of `currency`."""
    line = line_cleaner(place)
    places = decimals(currency)

    def clean(value: object) -> str | None:
        decimal = _decimal(place, value, line)
        if decimal is None:
            return None
        amount = f"{Decimal(_exact(place, decimal)):f}"
        if len(amount.partition(".")[2]) > places:
            raise refused(place, "too_fine", f"must have at most {places} decimals in {currency}")
        try:
            return format_amount(parse_amount(amount, currency), currency)
        except BadAmount:
            raise refused(
                place, "out_of_range", "must have at most 13 digits before the point"
            ) from None

    return clean


def boolean_cleaner(place: str) -> Clean:
    """Compile the cleaning of a yes or no."""
    line = line_cleaner(place)

    def clean(value: object) -> bool | None:
        match value:
            case int() if value in (0, 1):
                return bool(value)
            case str():
                text = line(value)
                if text is None:
                    return None
                if text.lower() in _BOOLEANS:
                    return _BOOLEANS[text.lower()]
        raise refused(place, "not_a_boolean", "must be true or false, yes or no, on or off, 1 or 0")

    return clean


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _decimal(place: str, value: object, line: CleanText) -> Decimal | None:
    """Read the number exactly as it was written, or None where there is none."""
    match value:
        case bool() | list() | dict():
            raise refused(place, "bad_type", "must be a number, such as 1250 or 12.5")
        case int():
            return Decimal(value)
        case float() if math.isfinite(value):
            return Decimal(repr(value))
        case Decimal() if value.is_finite():
            return value
        case str():
            text = line(value)
            if text is None:
                return None
            if _NUMBER.fullmatch(text):
                return Decimal(text)
    raise refused(
        place, "not_a_number", "must be a number, such as 1250 or 12.5, without commas or units"
    )


def _exact(place: str, number: Decimal) -> int | Decimal:
    if not number:
        return 0
    # Looked at before the number is written out: 1e999 would be a thousand digits.
    if -MOST_DIGITS <= number.adjusted() < MOST_DIGITS:
        whole, _, fraction = f"{number:f}".partition(".")
        fraction = fraction.rstrip("0")
        if not fraction:
            return int(whole)
        if len(whole.lstrip("-0")) + len(fraction) <= MOST_DIGITS:
            return Decimal(f"{whole}.{fraction}")
    raise refused(place, "out_of_range", f"must have at most {MOST_DIGITS} digits")
