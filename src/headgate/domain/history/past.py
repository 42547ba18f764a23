"""A lead of the past, and what became of it."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from headgate.domain.ids import AssignmentId, LeadId, PartnerId
from headgate.domain.suppressions import NOT_SUPPRESSED, Suppressed


class PastDelivery(Struct, frozen=True):
    """`declined` ones were rejected or failed; of the others the partner had the lead.

    `price_minor` is what it came to; `usual_minor` the seat's price when it was selected, from
    which an answer may have differed.
    """

    assignment_id: AssignmentId
    partner_id: PartnerId
    declined: bool
    price_minor: int
    usual_minor: int


class PastLead(Struct, frozen=True):
    """`values` are those of the first decision as far as it recorded them, else today's.

    `decided_at` is later than `received_at` where somebody distributed it by hand.
    """

    id: LeadId
    entity: str
    received_at: datetime
    decided_at: datetime
    values: Mapping[str, object]
    deliveries: tuple[PastDelivery, ...] = ()
    persons: tuple[bytes, ...] = ()
    suppressed: Suppressed = NOT_SUPPRESSED

    def at(self, assignment_id: AssignmentId) -> PastDelivery | None:
        """Return the last delivery by that seat."""
        found = [each for each in self.deliveries if each.assignment_id == assignment_id]
        return found[-1] if found else None

    def declined_by(self, partner_id: PartnerId) -> bool:
        """Tell whether the partner turned it down, and did not take it after all."""
        asked = [each for each in self.deliveries if each.partner_id == partner_id]
        return bool(asked) and all(each.declined for each in asked)
