"""Staff notes what it knows about partners: beside the configuration, by name and time."""

from datetime import datetime

from django.db import transaction

from headgate.domain.audit import Action
from headgate.domain.ids import AccountId, PartnerId
from headgate.services import audit, setups
from headgate.storage import partner_notes
from headgate.storage.partner_notes import Note, NoteId

LONGEST = 4_000


class BadNote(ValueError):
    """A note says nothing, or too much; the message says what is allowed."""


class NotTheAuthor(ValueError):
    """Only who wrote a note may change its words."""


def list_notes(*, account_id: AccountId, partner: str) -> list[Note]:
    """Return a partner's notes, the newest first."""
    return partner_notes.list_of(account_id, _id_of(account_id, partner))


def add_note(*, account_id: AccountId, partner: str, text: str, by: str, now: datetime) -> NoteId:
    """:raises BadNote:"""
    said = _checked(text)
    with transaction.atomic():
        partner_id = _id_of(account_id, partner)
        note_id = partner_notes.add(account_id, partner_id, said, by=by, now=now)
        _tell(account_id, partner, note_id, "added", by=by, now=now)
    return note_id


def edit_note(
    *, account_id: AccountId, partner: str, note_id: NoteId, text: str, by: str, now: datetime
) -> None:
    """:raises BadNote, NoteNotFound, NotTheAuthor:"""
    said = _checked(text)
    with transaction.atomic():
        note = partner_notes.get(account_id, _id_of(account_id, partner), note_id)
        if note.written_by != by:
            raise NotTheAuthor(f"only {note.written_by} may change this note; add one of your own")
        if note.text != said:
            partner_notes.edit(note_id, said, now=now)
            _tell(account_id, partner, note_id, "changed", by=by, now=now)


def delete_note(
    *, account_id: AccountId, partner: str, note_id: NoteId, by: str, now: datetime
) -> None:
    """:raises NoteNotFound:"""
    with transaction.atomic():
        partner_notes.get(account_id, _id_of(account_id, partner), note_id)
        partner_notes.delete(note_id)
        _tell(account_id, partner, note_id, "deleted", by=by, now=now)


def _checked(text: str) -> str:
    said = text.replace("\r\n", "\n").strip()
    if not said:
        raise BadNote("the note is empty; write what others should know")
    if len(said) > LONGEST:
        raise BadNote(f"the note has {len(said):,} characters; at most {LONGEST:,} are allowed")
    return said


def _id_of(account_id: AccountId, partner: str) -> PartnerId:
    return setups.in_force(account_id).plan.identities.partners[partner]


def _tell(
    account_id: AccountId, partner: str, note_id: NoteId, what: str, *, by: str, now: datetime
) -> None:
    audit.note(
        account_id=account_id,
        actor=by,
        action=Action.PARTNER_NOTED,
        subject=f"partner {partner}",
        after={"note": note_id, "what": what},
        now=now,
    )
