"""Invoices are made, read, issued, paid and taken back."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any, NoReturn

import msgspec
from msgspec import Struct, field

from headgate import clock
from headgate.domain.cleaning.texts import line_cleaner
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.ids import InvoiceId
from headgate.domain.invoices.state import InvoiceState
from headgate.domain.money import BadAmount, parse_amount
from headgate.services import setups
from headgate.services.invoices import crediting, invoice_showing, invoicing, paying
from headgate.services.invoices.drawing_up import Period
from headgate.services.invoices.invoice_showing import Found
from headgate.storage.invoice_lists import InvoiceFilter
from headgate.web.api import decoding, parameters
from headgate.web.api.http import LEAD_LIMIT, Request, Response, json_response
from headgate.web.api.route import Parameter
from headgate.web.doors import Doors

LONGEST_WORDS = 500
FILTERS = (
    Parameter("partner", "the partner's slug"),
    Parameter("state", "its state today", options=tuple(InvoiceState)),
    *parameters.PAGING,
)
DRY_RUN = (Parameter("dry_run", "true: only say what it would be", "boolean"),)


class WantedInvoice(Struct, forbid_unknown_fields=True):
    """A partner and days of the account's calendar; `to` is not included."""

    partner: str
    from_on: str = field(name="from")
    until_on: str = field(name="to")


class Payment(Struct, forbid_unknown_fields=True):
    """When it was paid, today where nothing is said, and a note such as the payment's number."""

    paid_on: str | None = None
    note: str | None = None


class Credit(Struct, forbid_unknown_fields=True):
    """How much is taken back, before tax; without an amount all that is left."""

    amount: str | None = None
    reason: str | None = None


_wanted = msgspec.json.Decoder(WantedInvoice)
_payment = msgspec.json.Decoder(Payment)
_credit = msgspec.json.Decoder(Credit)


async def list_invoices(request: Request, doors: Doors) -> Response:
    query = request.query(*parameters.names(FILTERS))
    page = parameters.page_of(query)
    state = parameters.word_of(query, "state", InvoiceState)
    wanted = InvoiceFilter(
        partner=parameters.text_of(query, "partner"),
        state=InvoiceState(state) if state else None,
    )
    read = partial(
        invoice_showing.list_invoices,
        account_id=request.key.account_id,
        wanted=wanted,
        before=page.before,
        limit=page.limit,
        now=clock.now(),
    )
    return json_response(await doors.read(read))


async def make_draft(request: Request, doors: Doors) -> Response:
    query = request.query(*parameters.names(DRY_RUN))
    said = decoding.decode(await request.body(LEAD_LIMIT), _wanted)
    what: dict[str, Any] = {
        "account_id": request.key.account_id,
        "partner": said.partner,
        "period": Period(day_of("from", said.from_on), day_of("to", said.until_on)),
        "now": clock.now(),
    }
    if parameters.flag_of(query, "dry_run"):
        drawn = await doors.read(partial(invoicing.preview, **what))
        return json_response(invoice_showing.show_drawn(drawn).shown)
    made = await doors.write(partial(invoicing.make_draft, **what, by=by_of(request)))
    return await _shown(request, doors, made, status=201)


async def show_invoice(request: Request, doors: Doors) -> Response:
    request.query()
    return await _shown(request, doors, id_of(request))


async def discard_draft(request: Request, doors: Doors) -> Response:
    request.query()
    await doors.write(_acting(request, invoicing.discard_draft))
    return Response(204, b"")


async def issue_invoice(request: Request, doors: Doors) -> Response:
    request.query()
    await doors.write(_acting(request, invoicing.issue_invoice))
    return await _shown(request, doors, id_of(request))


async def pay_invoice(request: Request, doors: Doors) -> Response:
    request.query()
    body = await request.body(LEAD_LIMIT)
    said = decoding.decode(body, _payment) if body else Payment()
    setup = await doors.read(partial(setups.in_force, request.key.account_id))
    today = clock.now().astimezone(setup.zone).date()
    paid_on = today if said.paid_on is None else day_of("paid_on", said.paid_on)
    note = words_of("note", said.note)
    await doors.write(_acting(request, paying.mark_paid, paid_on=paid_on, note=note))
    return await _shown(request, doors, id_of(request))


async def reopen_invoice(request: Request, doors: Doors) -> Response:
    request.query()
    await doors.write(_acting(request, paying.reopen))
    return await _shown(request, doors, id_of(request))


async def credit_invoice(request: Request, doors: Doors) -> Response:
    request.query()
    body = await request.body(LEAD_LIMIT)
    said = decoding.decode(body, _credit) if body else Credit()
    setup = await doors.read(partial(setups.in_force, request.key.account_id))
    credit = _acting(
        request,
        crediting.credit_invoice,
        amount_minor=amount_of(said.amount, setup.currency),
        reason=words_of("reason", said.reason),
    )
    made = await doors.write(credit)
    return await _shown(request, doors, made.id, status=201)


async def found_of(request: Request, doors: Doors, id: InvoiceId) -> Found:
    find = partial(
        invoice_showing.find_invoice,
        account_id=request.key.account_id,
        id=id,
        now=clock.now(),
    )
    return await doors.read(find)


def id_of(request: Request) -> InvoiceId:
    return InvoiceId(parameters.id_of(request.parts[0], of="invoice"))


def by_of(request: Request) -> str:
    return f"API key {request.key.id}"


def amount_of(said: str | None, currency: str) -> int | None:
    """:raises Flawed:"""
    try:
        return None if said is None else parse_amount(said, currency)
    except BadAmount as error:
        _refuse("amount", "bad_amount", str(error))


def day_of(place: str, said: str) -> date:
    """:raises Flawed:"""
    try:
        return date.fromisoformat(said)
    except ValueError:
        _refuse(place, "not_a_date", f"{said!r} is no day; write one such as 2026-11-01")


def words_of(place: str, said: str | None) -> str | None:
    return None if said is None else line_cleaner(place, LONGEST_WORDS)(said)


def _acting(request: Request, act: Callable[..., Any], **what: Any) -> Callable[[], Any]:
    return partial(
        act,
        account_id=request.key.account_id,
        id=id_of(request),
        by=by_of(request),
        now=clock.now(),
        **what,
    )


async def _shown(request: Request, doors: Doors, id: InvoiceId, *, status: int = 200) -> Response:
    return json_response((await found_of(request, doors, id)).shown, status)


def _refuse(place: str, code: str, message: str) -> NoReturn:
    raise Flawed([Flaw(place, code, message)])
