"""Invoices leave as PDF, XML and CSV, and by mail."""

import asyncio
import csv
import io
from functools import partial
from uuid import UUID

import msgspec
from msgspec import Struct

from headgate import clock
from headgate.channels.contract import Unrenderable
from headgate.domain.csv_files.cells import harmless
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.invoices.factur_x import write_xml
from headgate.services.handling import NotInThisState
from headgate.services.invoices import (
    invoice_entries,
    invoice_mail,
    mail_showing,
    partner_mails,
)
from headgate.services.invoices.invoice_entries import EntryShown
from headgate.services.mail_test import NoMailServer
from headgate.services.sealing import Unopenable
from headgate.services.setups import MissingSecret
from headgate.web.api import decoding, invoicing, parameters
from headgate.web.api.http import LEAD_LIMIT, Request, Response, StreamedResponse, json_response
from headgate.web.api.route import Parameter
from headgate.web.doors import Doors
from headgate.web.errors import Problem
from headgate.web.invoice_paper import PdfUnavailable, write_pdf

_AT_ONCE = 500
_BOM = "\ufeff"
COLUMNS = EntryShown.__struct_fields__
LINE = (Parameter("line", "only what stands behind this line", "integer"),)


class Letter(Struct, forbid_unknown_fields=True):
    """Where it goes, to the partner's address for invoices where nothing is said."""

    to: str | None = None


class Mailed(Struct, frozen=True):
    """`outcome` is that of the first try; `error` is there unless it was delivered.

    `state` is `sent`, `given_up`, or `waiting` where it is tried again at `try_at`.
    """

    to: list[str]
    outcome: str
    error: str | None
    state: str
    try_at: str | None


_letter = msgspec.json.Decoder(Letter)


async def show_pdf(request: Request, doors: Doors) -> Response:
    request.query()
    found = await invoicing.found_of(request, doors, invoicing.id_of(request))
    pdf = await _drawn(partial(write_pdf, found))
    return _file(pdf, b"application/pdf", invoice_mail.file_name(found.shown, "pdf"))


async def show_xml(request: Request, doors: Doors) -> Response:
    request.query()
    found = await invoicing.found_of(request, doors, invoicing.id_of(request))
    invoice_mail.want_issued(found)
    xml = write_xml(found.document)
    return _file(xml, b"application/xml", invoice_mail.file_name(found.shown, "xml"))


async def show_lines(request: Request, doors: Doors) -> Response:
    """Write every entry behind the lines, while they are read."""
    query = request.query(*parameters.names(LINE))
    read = partial(
        invoice_entries.list_entries,
        account_id=request.key.account_id,
        id=invoicing.id_of(request),
        line=parameters.count_of(query, "line"),
        limit=_AT_ONCE,
        now=clock.now(),
    )
    page = await doors.read(partial(read, after=None))
    pieces = [_BOM + _written([COLUMNS])]

    async def next_piece() -> bytes:
        nonlocal page
        if pieces:
            return pieces.pop().encode()
        rows = [[str(getattr(row, name) or "") for name in COLUMNS] for row in page.items]
        following, page = page.next, invoice_entries.EntryPage([], None)
        if following:
            page = await doors.read(partial(read, after=UUID(following)))
        return _written(rows).encode()

    return StreamedResponse(next_piece, content_type=b"text/csv; charset=utf-8")


async def mail_invoice(request: Request, doors: Doors) -> Response:
    request.query()
    body = await request.body(LEAD_LIMIT)
    said = decoding.decode(body, _letter) if body else Letter()
    id = invoicing.id_of(request)
    found = await invoicing.found_of(request, doors, id)
    invoice_mail.want_issued(found)
    pdf = await _drawn(partial(write_pdf, found))
    begin = partial(
        partner_mails.begin_invoice,
        account_id=request.key.account_id,
        found=found,
        pdf=pdf,
        to=said.to,
        by=invoicing.by_of(request),
        now=clock.now(),
    )
    try:
        letter = await doors.write(begin)
    except (NoMailServer, MissingSecret, Unopenable) as refusal:
        raise NotInThisState("no_mail", str(refusal)) from refusal
    except Unrenderable as refusal:
        raise Flawed([Flaw("to", "bad_address", str(refusal))]) from refusal
    sent = await doors.ask("email", letter.request)
    record = partial(partner_mails.record_letter, letter=letter, sent=sent, now=clock.now())
    mail = mail_showing.shown(await doors.write(record))
    to = list(letter.request.recipients)
    return json_response(Mailed(to, str(sent.outcome), mail.error, mail.state, mail.try_at))


async def _drawn(draw: "partial[bytes]") -> bytes:
    try:
        return await asyncio.to_thread(draw)
    except PdfUnavailable as refusal:
        raise Problem(501, "no_pdf", str(refusal)) from refusal


def _file(content: bytes, media: bytes, name: str) -> Response:
    disposition = f'attachment; filename="{name}"'.encode()
    headers = ((b"content-disposition", disposition),)
    return Response(200, content, content_type=media, headers=headers)


def _written(rows: "list[tuple[str, ...]] | list[list[str]]") -> str:
    out = io.StringIO()
    csv.writer(out).writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue()
