"""Returns: what becomes of the charge and the place of a delivery that comes back."""

from msgspec import Struct


class ReturnRule(Struct, frozen=True, omit_defaults=True):
    """Whether the partner is credited what it was charged, and whether its caps have room again."""

    credit: bool = True
    give_place_back: bool = False


class Returns(Struct, frozen=True, omit_defaults=True):
    """The account's rules; `bounced` is for a mail that was taken and came back."""

    bounced: ReturnRule = ReturnRule()
