"""Which of its delivery settings a delivery goes by, and what they ask of its row."""

from collections.abc import Collection, Container
from datetime import datetime
from uuid import UUID

from headgate.domain.delivery_settings import DeliverySettings, Email, Portal, Way
from headgate.domain.digests import digest_key
from headgate.domain.ids import AssignmentId, PartnerId
from headgate.domain.instants import rfc3339
from headgate.domain.seats import Seat
from headgate.services.setups import Setup
from headgate.storage import leads
from headgate.storage.health import Key


def keys_of(seat: Seat) -> list[Key]:
    return [Key(seat.partner_id, way.digest) for way in seat.ways]


def seats_down(setup: Setup, down: Collection[Key]) -> frozenset[AssignmentId]:
    """Return the seats of which no delivery settings are up, for now or for good."""
    if not down:
        return frozenset()
    return frozenset(
        seat.id
        for seat in setup.seats.values()
        if seat.ways and all(key in down for key in keys_of(seat))
    )


def first_up(seat: Seat, down: Container[Key], *, after: int = -1) -> int | None:
    """Return the number of the first settings that are up; None where all are down."""
    numbers = range(after + 1, len(seat.ways))
    return next((n for n in numbers if Key(seat.partner_id, seat.ways[n].digest) not in down), None)


def awaits_partner(settings: DeliverySettings) -> bool:
    """Tell whether nothing is sent, but the partner's word in its portal is waited for."""
    return isinstance(settings, Portal) and settings.accept_required


def digest_of(settings: DeliverySettings) -> str | None:
    """Return when letters with many leads go out; None where every lead goes by itself."""
    return settings.digest if isinstance(settings, Email) else None


def digest_key_of(
    lead: leads.Lead, partner_id: PartnerId, way: Way, *, at: datetime, resend: bool = False
) -> UUID:
    """Return the name of what goes to the same recipients in one letter.

    It has leads of one entity, and no test leads among others.
    """
    alike = (partner_id, way.digest, lead.entity_id, lead.test)
    return digest_key(lead.account_id, *alike, rfc3339(at), resend)
