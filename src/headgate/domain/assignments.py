"""An assignment: one partner's seat in a profile."""

from enum import StrEnum

from msgspec import Struct

from headgate.domain.caps import LEADS_OF_THE_MONTH, Cap
from headgate.domain.delivery_settings import DeliverySettings, in_order
from headgate.domain.hours import Hours
from headgate.domain.price_tiers import PriceTier
from headgate.domain.rules.tree import Rule


class OnAmbiguous(StrEnum):
    HOLD = "hold"  # a person decides
    NEXT = "next"  # the next in line gets it as well


class Otherwise(StrEnum):
    """What becomes of the seat at a cap or outside hours."""

    SKIP = "skip"
    WAIT = "wait"


class Assignment(Struct, frozen=True, omit_defaults=True):
    """`price_minor` None falls back to the profile's; `delivery` None to the partner's.

    Its `price_tiers` rise by `after`, and their months are those of the partner's time zone.

    With its own `delivery`, its own `fallbacks` count, and none of the partner's.
    """

    slug: str
    partner: str
    priority: int = 0
    weight: int = 1
    price_minor: int | None = None
    price_tiers: tuple[PriceTier, ...] = ()
    enabled: bool = True
    rules: Rule | None = None
    caps: tuple[Cap, ...] = ()
    hours: Hours | None = None
    on_ambiguous: OnAmbiguous = OnAmbiguous.HOLD
    at_cap: Otherwise = Otherwise.SKIP
    when_closed: Otherwise = Otherwise.SKIP
    wait_minutes: int = 240
    delivery: DeliverySettings | None = None
    fallbacks: tuple[DeliverySettings, ...] = ()

    @property
    def all_settings(self) -> tuple[DeliverySettings, ...]:
        return in_order(self.delivery, self.fallbacks)

    @property
    def counted_caps(self) -> tuple[Cap, ...]:
        """Its caps, and the count that tiers go by; a cap of leads per month keeps it as well."""
        if not self.price_tiers or any(map(LEADS_OF_THE_MONTH.counts_like, self.caps)):
            return self.caps
        return (*self.caps, LEADS_OF_THE_MONTH)
