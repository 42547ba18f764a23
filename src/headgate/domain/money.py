"""Exact amounts of money: integer minor units of one currency."""

import re
from decimal import Decimal

# ISO 4217 minor units that are not two.
_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_DECIMALS = dict.fromkeys(_NONE.split(), 0) | dict.fromkeys(_THREE.split(), 3)
_AMOUNT = re.compile(r"(-?)(\d{1,13})(?:\.(\d+))?", re.ASCII)


class BadAmount(ValueError):
    """The text is not an amount of that currency; the message says why."""


def decimals(currency: str) -> int:
    """Return how many digits follow the point in an amount of `currency`."""
    return _DECIMALS.get(currency, 2)


def parse_amount(text: str, currency: str) -> int:
    """Read `"12.50"` as 1250 minor units.

    :raises BadAmount: not a plain decimal number, or finer than the currency allows.
    """
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        raise BadAmount(f"{text!r} is not an amount such as {format_amount(1250, currency)!r}")
    sign, whole, fraction = match.group(1), match.group(2), match.group(3) or ""
    places = decimals(currency)
    if fraction[places:].strip("0"):
        raise BadAmount(f"{text!r} is finer than {currency} allows ({places} decimals)")
    minor = int(whole + fraction[:places].ljust(places, "0"))
    return -minor if sign else minor


def format_amount(minor: int, currency: str) -> str:
    """Write 1250 minor units as `"12.50"`, with all of the currency's decimals."""
    places = decimals(currency)
    return str(Decimal(minor).scaleb(-places)) if places else str(minor)
