"""Returns: when a partner may give a lead back, and what becomes of its charge and its place."""

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

LONGEST_REASON = 200


class ReturnRule(Struct, frozen=True, omit_defaults=True):
    """Whether the partner is credited what it was charged, and whether its caps have room again."""

    credit: bool = True
    give_place_back: bool = False


class Decide(StrEnum):
    """Who decides on what a partner asks for."""

    STAFF = "staff"
    AUTOMATIC = "automatic"  # granted at once, as long as it is within the limits


class Returns(Struct, frozen=True, omit_defaults=True):
    """The account's rules; `bounced` is for a mail that was taken and came back.

    The rest is for what partners ask for. No `reasons` means any words; `within_days` and
    `most_percent` None mean no limit. With `replacements` a partner may ask for another lead
    in place of the returned one: its place is then given back.
    """

    bounced: ReturnRule = ReturnRule()
    granted: ReturnRule = ReturnRule()
    reasons: tuple[str, ...] = ()
    within_days: int | None = None
    most_percent: int | None = None
    decide: Decide = Decide.STAFF
    replacements: bool = False

    def named(self, reason: str) -> str | None:
        """Return the reason as the account writes it; None when it is not one of the listed."""
        if not self.reasons:
            return reason
        listed = {each.casefold(): each for each in self.reasons}
        return listed.get(reason.casefold())

    def rule_for(self, *, replaced: bool) -> ReturnRule:
        """Return what granting a return does, where another lead is wanted or not."""
        if not (replaced and self.replacements):
            return self.granted
        return ReturnRule(credit=self.granted.credit, give_place_back=True)

    def deadline(self, delivered_at: datetime) -> datetime | None:
        """Return until when a partner may ask; None means always."""
        if self.within_days is None:
            return None
        return delivered_at + timedelta(days=self.within_days)


class RequestState(StrEnum):
    PENDING = "pending"  # staff has to decide
    GRANTED = "granted"  # the delivery is returned
    REFUSED = "refused"  # the delivery stays as it is


class Share(Struct, frozen=True):
    """How many leads a partner got in a month, and how many of them it asked to return."""

    got: int
    asked: int

    def has_room(self, most_percent: int) -> bool:
        """Tell whether one more is within the share, which is rounded up to whole leads."""
        return self.asked < -(-self.got * most_percent // 100)
