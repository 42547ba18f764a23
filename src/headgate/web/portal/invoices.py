"""A partner's invoices: those that were issued to it, each as PDF."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from headgate import clock
from headgate.domain.ids import InvoiceId
from headgate.domain.invoices.state import InvoiceState
from headgate.services.invoices import invoice_mail, invoice_showing
from headgate.services.invoices.invoice_showing import Found
from headgate.services.people.portal_access import Access
from headgate.storage.invoice_lists import InvoiceFilter
from headgate.storage.invoices import InvoiceNotFound
from headgate.web import invoice_words
from headgate.web.invoice_paper import PdfUnavailable, write_pdf
from headgate.web.pages import queries
from headgate.web.portal.frame import show
from headgate.web.portal.visits import for_partners


@require_safe
@for_partners
def list_invoices(request: HttpRequest, access: Access) -> HttpResponse:
    return _show(request, access)


@require_safe
@for_partners
def show_pdf(request: HttpRequest, access: Access, invoice_id: UUID) -> HttpResponse:
    found = _find(access, InvoiceId(invoice_id))
    try:
        pdf = write_pdf(found)
    except PdfUnavailable:
        refused = _("the invoice cannot be drawn here; ask whoever sells you the leads for it")
        return _show(request, access, status=409, refused=refused)
    response = HttpResponse(pdf, content_type="application/pdf")
    name = invoice_mail.file_name(found.shown, "pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _find(access: Access, id: InvoiceId) -> Found:
    """Return an invoice that was issued to this partner; no other is there."""
    account_id = access.user.account_id
    try:
        found = invoice_showing.find_invoice(account_id=account_id, id=id, now=clock.now())
    except InvoiceNotFound as error:
        raise Http404(str(error)) from error
    if found.is_draft or found.shown.partner != access.partner.slug:
        raise Http404
    return found


def _show(request: HttpRequest, access: Access, *, status: int = 200, **said: Any) -> HttpResponse:
    before = queries.cursor(request)
    found = invoice_showing.list_invoices(
        account_id=access.user.account_id,
        wanted=InvoiceFilter(partner=access.partner.slug),
        before=before,
        limit=queries.PAGE,
        now=clock.now(),
    )
    issued = [each for each in found.items if each.state != InvoiceState.DRAFT]
    context = {
        **said,
        "rows": [
            (each, invoice_words.title_of(each), invoice_words.last_day(each)) for each in issued
        ],
        "is_later_page": before is not None,
        "newest": request.path,
        "older": found.next and queries.address_of(request.path, {"before": found.next}),
    }
    return show(
        request, access, "portal/invoices.html", page="invoices", context=context, status=status
    )
