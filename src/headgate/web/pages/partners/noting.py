"""Notes about a partner: staff writes them, changes its own, and takes them away."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from headgate import clock
from headgate.services import partner_notes
from headgate.services.partner_notes import BadNote, NotTheAuthor
from headgate.storage.partner_notes import NoteId, NoteNotFound
from headgate.web.pages.partners import partner
from headgate.web.visits import Visitor, for_owners_and_admins


@require_POST
@for_owners_and_admins
def add_note(request: HttpRequest, visitor: Visitor, slug: str) -> HttpResponse:
    partner.want(visitor, slug)
    text = request.POST.get("text", "")
    try:
        partner_notes.add_note(
            account_id=visitor.account_id,
            partner=slug,
            text=text,
            by=visitor.email,
            now=clock.now(),
        )
    except BadNote as bad:
        said = [str(bad)]
        return partner.show_one(request, visitor, slug, status=422, refused=said, note_text=text)
    return _back(slug, "noted")


@require_POST
@for_owners_and_admins
def change_note(request: HttpRequest, visitor: Visitor, slug: str, note_id: int) -> HttpResponse:
    """Save what its author wrote anew, or take the note away."""
    partner.want(visitor, slug)
    what: dict[str, Any] = {
        "account_id": visitor.account_id,
        "partner": slug,
        "note_id": NoteId(note_id),
        "by": visitor.email,
        "now": clock.now(),
    }
    try:
        if request.POST.get("do") == "delete":
            partner_notes.delete_note(**what)
            return _back(slug, "note-deleted")
        partner_notes.edit_note(**what, text=request.POST.get("text", ""))
    except NoteNotFound as error:
        raise Http404(str(error)) from error
    except (BadNote, NotTheAuthor) as refusal:
        return partner.show_one(request, visitor, slug, status=422, refused=[str(refusal)])
    return _back(slug, "note-changed")


def _back(slug: str, done: str) -> HttpResponse:
    return redirect(f"{reverse('partner', args=[slug])}?done={done}#notes")
