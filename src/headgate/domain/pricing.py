"""What a lead costs a partner, in minor units of the account's currency."""

from headgate.domain.assignments import Assignment
from headgate.domain.money import parse_amount
from headgate.domain.profiles import Profile


def frozen_price(assignment: Assignment, profile: Profile) -> int:
    """Return what a place is reserved at: the assignment's price, else the profile's, else 0.

    It is the price before the first of the assignment's tiers.
    """
    if assignment.price_minor is not None:
        return assignment.price_minor
    return profile.price_minor or 0


def answered_price(raw: object, *, currency: str, price_min_minor: int | None) -> int | None:
    """Read the price from an accepting answer, a JSON number or string.

    None when it is to be ignored: unreadable, negative, finer than the currency, or below
    `price_min_minor`.
    """
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        return None
    try:
        price = parse_amount(str(raw), currency)
    except ValueError:
        return None
    return price if price >= (price_min_minor or 0) else None
