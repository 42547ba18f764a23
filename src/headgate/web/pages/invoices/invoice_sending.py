"""An invoice leaves: as a file to the browser, or by mail to the partner."""

import asyncio
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from headgate import clock
from headgate.channels.contract import Sent, Unrenderable
from headgate.channels.email.request import EmailRequest
from headgate.channels.email.sending import MailSender
from headgate.domain.flaws import Flawed
from headgate.domain.ids import InvoiceId
from headgate.domain.invoices.factur_x import write_xml
from headgate.domain.partner_mails import MailState
from headgate.services.handling import NotInThisState
from headgate.services.invoices import invoice_entries, invoice_mail, partner_mails
from headgate.services.invoices.invoice_entries import EntryShown
from headgate.services.mail_test import NoMailServer
from headgate.services.sealing import Unopenable
from headgate.services.setups import MissingSecret
from headgate.web import outside
from headgate.web.invoice_paper import PdfUnavailable, write_pdf
from headgate.web.pages import csv_answers
from headgate.web.pages.invoices import invoice
from headgate.web.visits import Visitor, for_owners_and_admins

_COLUMNS = EntryShown.__struct_fields__
_REFUSALS = (
    *(NotInThisState, Flawed, NoMailServer, MissingSecret, Unopenable, Unrenderable),
    PdfUnavailable,
)


@require_safe
@for_owners_and_admins
def download_pdf(request: HttpRequest, visitor: Visitor, invoice_id: UUID) -> HttpResponse:
    found = invoice.find(visitor, InvoiceId(invoice_id))
    try:
        pdf = write_pdf(found)
    except PdfUnavailable as refusal:
        return invoice.show_one(
            request, visitor, InvoiceId(invoice_id), status=501, refused=[str(refusal)]
        )
    return _file(pdf, "application/pdf", invoice_mail.file_name(found.shown, "pdf"))


@require_safe
@for_owners_and_admins
def download_xml(request: HttpRequest, visitor: Visitor, invoice_id: UUID) -> HttpResponse:
    found = invoice.find(visitor, InvoiceId(invoice_id))
    try:
        invoice_mail.want_issued(found)
    except NotInThisState as refusal:
        return invoice.show_one(
            request, visitor, InvoiceId(invoice_id), status=409, refused=[str(refusal)]
        )
    name = invoice_mail.file_name(found.shown, "xml")
    return _file(write_xml(found.document), "application/xml", name)


@require_safe
@for_owners_and_admins
def download_lines(
    request: HttpRequest,  # noqa: ARG001
    visitor: Visitor,
    invoice_id: UUID,
) -> HttpResponseBase:
    """Answer with every entry behind the lines."""
    found = invoice.find(visitor, InvoiceId(invoice_id))

    def part(after: UUID | None) -> tuple[list[list[str]], UUID | None]:
        page = invoice_entries.list_entries(
            account_id=visitor.account_id,
            id=InvoiceId(invoice_id),
            line=None,
            after=after,
            limit=csv_answers.AT_ONCE,
            now=clock.now(),
        )
        rows = [[str(getattr(each, name) or "") for name in _COLUMNS] for each in page.items]
        return rows, UUID(page.next) if page.next else None

    name = invoice_mail.file_name(found.shown, "lines").removesuffix(".lines")
    return csv_answers.csv_answer(f"{name}-lines", _COLUMNS, part)


@require_POST
@for_owners_and_admins
def mail(request: HttpRequest, visitor: Visitor, invoice_id: UUID) -> HttpResponse:
    """Mail it, and wait for what the server says; what fails is tried again by itself."""
    found = invoice.find(visitor, InvoiceId(invoice_id))
    to = request.POST.get("to", "").strip() or None
    try:
        letter = partner_mails.begin_invoice(
            account_id=visitor.account_id,
            found=found,
            pdf=write_pdf(found),
            to=to,
            by=visitor.email,
            now=clock.now(),
        )
    except _REFUSALS as refusal:
        refused = [str(refusal)]
        return invoice.show_one(
            request, visitor, InvoiceId(invoice_id), status=422, refused=refused, typed=to
        )
    sent = asyncio.run(_sent(letter.request))
    mail = partner_mails.record_letter(letter=letter, sent=sent, now=clock.now())
    done = "mailed" if mail.state is MailState.SENT else ""
    return redirect(f"{reverse('invoice', args=[invoice_id])}?done={done}")


async def _sent(request: EmailRequest) -> Sent:
    return await MailSender(outside.reach()).send(request, now=clock.now())


def _file(content: bytes, media: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=media)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
