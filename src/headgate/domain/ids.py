"""The names of things: one type for the id of each kind."""

from typing import NewType
from uuid import UUID

AccountId = NewType("AccountId", int)
EntityId = NewType("EntityId", int)
SourceId = NewType("SourceId", int)
PartnerId = NewType("PartnerId", int)
ProfileId = NewType("ProfileId", int)
AssignmentId = NewType("AssignmentId", int)
KeyId = NewType("KeyId", int)
UserId = NewType("UserId", int)
PortalUserId = NewType("PortalUserId", int)
ImportId = NewType("ImportId", int)
SweepId = NewType("SweepId", int)
SuppressionListId = NewType("SuppressionListId", int)

LeadId = NewType("LeadId", UUID)
DeliveryId = NewType("DeliveryId", UUID)
EventId = NewType("EventId", UUID)
UploadId = NewType("UploadId", UUID)
InvoiceId = NewType("InvoiceId", UUID)  # a draft keeps its own when it is issued


def uuid7(milliseconds: int, randomness: int) -> UUID:
    """Lay out a UUIDv7 (RFC 9562) from a Unix time in milliseconds and 74 random bits."""
    high = (milliseconds & 0xFFFF_FFFF_FFFF) << 16 | 0x7000 | (randomness >> 62) & 0x0FFF
    low = 0x8000_0000_0000_0000 | randomness & 0x3FFF_FFFF_FFFF_FFFF
    return UUID(int=high << 64 | low)


def milliseconds_of(id: UUID) -> int:
    """Return the Unix time that a UUIDv7 begins with."""
    return id.int >> 80
