"""What staff noted about partners."""

from datetime import datetime
from typing import NewType

from msgspec import Struct

from headgate.domain.ids import AccountId, PartnerId
from headgate.storage import models

NoteId = NewType("NoteId", int)


class NoteNotFound(LookupError):
    """The partner has no such note."""


class Note(Struct, frozen=True):
    """The attributes are named like the columns."""

    id: NoteId
    text: str
    written_by: str
    written_at: datetime
    edited_at: datetime | None


def add(
    account_id: AccountId, partner_id: PartnerId, text: str, *, by: str, now: datetime
) -> NoteId:
    row = models.PartnerNote.objects.create(
        account_id=account_id, partner_id=partner_id, text=text, written_by=by, written_at=now
    )
    return NoteId(row.pk)


def list_of(account_id: AccountId, partner_id: PartnerId) -> list[Note]:
    """Return a partner's notes, the newest first."""
    rows = models.PartnerNote.objects.filter(account_id=account_id, partner_id=partner_id)
    return [Note(*row) for row in rows.order_by("-id").values_list(*Note.__struct_fields__)]


def get(account_id: AccountId, partner_id: PartnerId, note_id: NoteId) -> Note:
    """:raises NoteNotFound:"""
    found = next((n for n in list_of(account_id, partner_id) if n.id == note_id), None)
    if found is None:
        raise NoteNotFound(f"the partner has no note {note_id}")
    return found


def edit(note_id: NoteId, text: str, *, now: datetime) -> None:
    models.PartnerNote.objects.filter(id=note_id).update(text=text, edited_at=now)


def delete(note_id: NoteId) -> None:
    models.PartnerNote.objects.filter(id=note_id).delete()
