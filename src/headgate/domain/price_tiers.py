"""Volume tiers: the price of an assignment by its number of leads in a calendar month."""

from bisect import bisect_right
from collections.abc import Sequence

from msgspec import Struct

MOST_LEADS = 1_000_000_000


class PriceTier(Struct, frozen=True):
    """From the lead that comes `after` so many of the month on, each costs `price_minor`."""

    after: int
    price_minor: int


class PriceInForce(Struct, frozen=True):
    """What a lead costs by the tiers, as the one that would be this `ordinal` of the month.

    `after` is that of the tier, None before the first.
    """

    price_minor: int
    ordinal: int
    after: int | None


def reached(afters: Sequence[int], leads: int) -> int:
    """Return how many tiers are reached for the lead that comes after so many; they rise."""
    return bisect_right(afters, leads)


def tier_at(tiers: Sequence[PriceTier], leads: int) -> PriceTier | None:
    """Return the tier of the lead that comes after so many of the month; None before the first."""
    number = reached([tier.after for tier in tiers], leads)
    return tiers[number - 1] if number else None
