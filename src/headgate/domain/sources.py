"""A source: who or what sent the lead, at what cost and within what limits."""

from enum import StrEnum

from msgspec import Struct

from headgate.domain.caps import Cap


class OnDuplicate(StrEnum):
    REJECT = "reject"  # stored as a duplicate, sent to nobody
    FLAG = "flag"  # distributed, with a link to the earlier lead
    UPDATE = "update"  # the earlier lead takes the new values
    ALLOW = "allow"  # not looked at


class OnInvalid(StrEnum):
    REFUSE = "refuse"
    QUARANTINE = "quarantine"


class CostPer(StrEnum):
    RECEIVED = "received"
    ACCEPTED = "accepted"
    SOLD = "sold"


class Source(Struct, frozen=True, omit_defaults=True):
    """`rate_per_minute` None means no limit; `cost_minor` is what one lead costs us."""

    slug: str
    entity: str
    name: str
    on_duplicate: OnDuplicate = OnDuplicate.REJECT
    on_invalid: OnInvalid = OnInvalid.REFUSE
    cost_minor: int = 0
    cost_per: CostPer = CostPer.ACCEPTED
    caps: tuple[Cap, ...] = ()
    rate_per_minute: int | None = None


API_SOURCE = "api"  # built in for every entity
