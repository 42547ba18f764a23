"""A partner: a buyer or recipient of leads."""

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from headgate.domain.caps import OWED, Cap
from headgate.domain.delivery_settings import DeliverySettings, in_order
from headgate.domain.hours import Hours
from headgate.domain.invoices.parties import Buyer
from headgate.domain.portal import PortalRights


class OnTestLead(StrEnum):
    """Where a test lead for this partner goes."""

    INBOX = "inbox"
    SEND = "send"


class Partner(Struct, frozen=True, omit_defaults=True):
    """`timezone` None is the account's; `duplicate_days` None means no check of the person.

    While it is not active, `hold_open` keeps what is open from being sent. The `fallbacks` are
    used in their order where `delivery` certainly did not deliver, or is down. Without `billing`
    it cannot be invoiced. One that is `prepaid` gets only what its balance covers. By its `tags`
    people find it; nothing is decided by them.
    """

    slug: str
    name: str
    email: str | None = None
    timezone: str | None = None
    active: bool = True
    hold_open: bool = False
    duplicate_days: int | None = None
    caps: tuple[Cap, ...] = ()
    hours: Hours | None = None
    test_leads: OnTestLead = OnTestLead.INBOX
    delivery: DeliverySettings | None = None
    fallbacks: tuple[DeliverySettings, ...] = ()
    billing: Buyer | None = None
    portal: PortalRights = PortalRights()
    prepaid: bool = False
    tags: tuple[str, ...] = ()

    @property
    def balance_caps(self) -> tuple[Cap, ...]:
        """Return what its balance is while deciding: a cap of what it owes, for one prepaid."""
        return (OWED,) if self.prepaid else ()

    @property
    def all_settings(self) -> tuple[DeliverySettings, ...]:
        return in_order(self.delivery, self.fallbacks)

    @property
    def parks_open(self) -> bool:
        return self.hold_open and not self.active


def tags_of(partners: Iterable[Partner]) -> list[str]:
    """Return the tags that some of them have, in the order of the alphabet."""
    return sorted({tag for partner in partners for tag in partner.tags})
