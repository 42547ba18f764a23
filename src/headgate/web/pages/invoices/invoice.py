"""One invoice: what it says, what stands behind each line, and what is done with it."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from headgate import clock
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.ids import InvoiceId, LeadId
from headgate.domain.money import BadAmount, parse_amount
from headgate.services import setups, tracking
from headgate.services.handling import NotInThisState
from headgate.services.invoices import (
    crediting,
    invoice_entries,
    invoice_mail,
    invoice_showing,
    invoicing,
    paying,
)
from headgate.services.invoices.invoice_showing import Found
from headgate.storage.invoices import InvoiceNotFound
from headgate.web import invoice_words
from headgate.web.pages import queries
from headgate.web.pages.frame import Names, show
from headgate.web.visits import Visitor, for_owners_and_admins
from headgate.web.wording import ENTRIES, lead_name

MOST_WORDS = 500
_DONE: dict[str | None, Promise] = {
    "made": gettext_lazy("The draft is kept. Nothing is billed until you issue it."),
    "issued": gettext_lazy("Issued. It never changes again."),
    "paid": gettext_lazy("Marked as paid."),
    "reopened": gettext_lazy("Open again."),
    "credited": gettext_lazy("The credit note is issued."),
    "mailed": gettext_lazy("The mail server took it."),
}


@require_safe
@for_owners_and_admins
def show_invoice(request: HttpRequest, visitor: Visitor, invoice_id: UUID) -> HttpResponse:
    return show_one(
        request, visitor, InvoiceId(invoice_id), done=_DONE.get(request.GET.get("done"))
    )


@require_safe
@for_owners_and_admins
def list_entries(request: HttpRequest, visitor: Visitor, invoice_id: UUID) -> HttpResponse:
    """Show the entries behind an invoice, or behind one of its lines."""
    found = find(visitor, InvoiceId(invoice_id))
    number = request.GET.get("line", "")
    line = int(number) if number.isdecimal() and len(number) < 7 else None
    page = invoice_entries.list_entries(
        account_id=visitor.account_id,
        id=InvoiceId(invoice_id),
        line=line,
        after=queries.cursor(request),
        limit=queries.PAGE,
        now=clock.now(),
    )
    lead_ids = [LeadId(UUID(each.lead)) for each in page.items if each.lead]
    called = tracking.lead_fields(account_id=visitor.account_id, lead_ids=lead_ids)
    query = {"line": number or None}
    context = {
        **invoice_words.words_of(found),
        "line": next((each for each in found.shown.lines if each.number == line), None),
        "rows": [
            (each, lead_name(called.get(each.lead, {})) if each.lead else None)
            for each in page.items
        ],
        "next": page.next and queries.address_of(request.path, {**query, "before": page.next}),
        "first": queries.address_of(request.path, query),
        "is_later_page": queries.cursor(request) is not None,
        "kinds": ENTRIES,
    }
    return show(request, visitor, "invoices/entries.html", page="invoices", context=context)


@require_POST
@for_owners_and_admins
def issue(request: HttpRequest, visitor: Visitor, invoice_id: UUID) -> HttpResponse:
    return _act(request, visitor, InvoiceId(invoice_id), invoicing.issue_invoice, "issued")


@require_POST
@for_owners_and_admins
def discard(request: HttpRequest, visitor: Visitor, invoice_id: UUID) -> HttpResponse:
    done = _act(request, visitor, InvoiceId(invoice_id), invoicing.discard_draft, "")
    return redirect(f"{reverse('invoices')}?done=discarded") if done.status_code == 302 else done


@require_POST
@for_owners_and_admins
def pay(request: HttpRequest, visitor: Visitor, invoice_id: UUID) -> HttpResponse:
    def act(**what: Any) -> None:
        paying.mark_paid(
            **what, paid_on=_day(request.POST.get("paid_on", "")), note=_said(request, "note")
        )

    return _act(request, visitor, InvoiceId(invoice_id), act, "paid")


@require_POST
@for_owners_and_admins
def reopen(request: HttpRequest, visitor: Visitor, invoice_id: UUID) -> HttpResponse:
    return _act(request, visitor, InvoiceId(invoice_id), paying.reopen, "reopened")


@require_POST
@for_owners_and_admins
def credit(request: HttpRequest, visitor: Visitor, invoice_id: UUID) -> HttpResponse:
    made: list[UUID] = []

    def act(**what: Any) -> None:
        note = crediting.credit_invoice(
            **what, amount_minor=_amount(request, visitor), reason=_said(request, "reason")
        )
        made.append(note.id)

    done = _act(request, visitor, InvoiceId(invoice_id), act, "credited")
    return redirect(f"{reverse('invoice', args=[made[0]])}?done=credited") if made else done


def find(visitor: Visitor, id: InvoiceId) -> Found:
    try:
        return invoice_showing.find_invoice(account_id=visitor.account_id, id=id, now=clock.now())
    except InvoiceNotFound as error:
        raise Http404(str(error)) from error


def show_one(
    request: HttpRequest, visitor: Visitor, id: InvoiceId, *, status: int = 200, **said: Any
) -> HttpResponse:
    """Show an invoice, and what became of an act on it."""
    found = find(visitor, id)
    setup = setups.in_force(visitor.account_id)
    context = {
        **invoice_words.words_of(found),
        "found": found,
        "partner": Names(setup).partner(found.shown.partner),
        "to": invoice_mail.address_of(visitor.account_id, found.shown.partner),
        "today": clock.now().astimezone(setup.zone).date(),
        **said,
    }
    page = show(request, visitor, "invoices/invoice.html", page="invoices", context=context)
    page.status_code = status
    return page


def _act(
    request: HttpRequest, visitor: Visitor, id: InvoiceId, act: Callable[..., Any], done: str
) -> HttpResponse:
    try:
        act(account_id=visitor.account_id, id=id, by=visitor.email, now=clock.now())
    except InvoiceNotFound as error:
        raise Http404(str(error)) from error
    except NotInThisState as refusal:
        return show_one(request, visitor, id, status=409, refused=[str(refusal)])
    except Flawed as flawed:
        refused = [flaw.message for flaw in flawed.flaws]
        return show_one(request, visitor, id, status=422, refused=refused)
    return redirect(f"{reverse('invoice', args=[id])}?done={done}")


def _day(said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        message = _("%(said)s is no day; write one such as 2026-11-01") % {"said": repr(said)}
        raise Flawed([Flaw("paid_on", "not_a_date", message)]) from None


def _amount(request: HttpRequest, visitor: Visitor) -> int | None:
    said = request.POST.get("amount", "").strip()
    try:
        currency = setups.in_force(visitor.account_id).currency
        return parse_amount(said, currency) if said else None
    except BadAmount as error:
        raise Flawed([Flaw("amount", "bad_amount", str(error))]) from error


def _said(request: HttpRequest, name: str) -> str | None:
    return " ".join(request.POST.get(name, "").split())[:MOST_WORDS] or None
