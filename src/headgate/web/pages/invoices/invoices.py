"""Invoices of an account: the list, and a new one for a partner and a period."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe
from msgspec import Struct

from headgate import clock
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.invoices.parties import Every
from headgate.domain.invoices.state import InvoiceState
from headgate.services import setups
from headgate.services.invoices import billing_rounds, invoice_showing, invoicing
from headgate.services.invoices.drawing_up import Period
from headgate.services.invoices.invoice_showing import InvoiceRow
from headgate.storage.invoice_lists import InvoiceFilter
from headgate.web import invoice_words
from headgate.web.pages import csv_answers, queries
from headgate.web.pages.frame import Names, show
from headgate.web.visits import Visitor, for_owners_and_admins
from headgate.web.wording import INVOICE_STATES

_DAY = timedelta(days=1)
_COLUMNS = (
    *("id", "number", "state", "kind", "partner", "from_on", "until_on", "issued_at", "due_on"),
    *("paid_on", "currency", "net", "tax", "total", "open"),
)
_DONE: dict[str | None, Promise] = {"discarded": _("The draft is discarded; nothing was billed.")}


class Row(Struct, frozen=True):
    invoice: InvoiceRow
    title: str
    partner: str
    last_on: date


@require_safe
@for_owners_and_admins
def list_invoices(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    setup = setups.in_force(visitor.account_id)
    chosen = {name: queries.chosen(request, name) for name in ("partner", "state")}
    wanted, before = _wanted(chosen), queries.cursor(request)
    found = invoice_showing.list_invoices(
        account_id=visitor.account_id,
        wanted=wanted,
        before=before,
        limit=queries.PAGE,
        now=clock.now(),
    )
    count = invoice_showing.count_invoices(
        account_id=visitor.account_id, wanted=wanted, now=clock.now()
    )
    names = Names(setup)
    context = {
        "rows": [_row(each, names) for each in found.items],
        "count": f"{count:,}",
        "currency": setup.currency,
        "chosen": chosen,
        "is_narrowed": any(chosen.values()),
        "is_later_page": before is not None,
        "older": found.next and queries.address_of(request.path, {**chosen, "before": found.next}),
        "newest": queries.address_of(request.path, chosen),
        "csv": queries.address_of(reverse("export-invoices"), chosen),
        "states": [(state, word) for state, (_, word) in INVOICE_STATES.items()],
        "partners": _partners(visitor),
        "is_set_up": setup.configuration.account.billing is not None,
        "done": _DONE.get(request.GET.get("done")),
    }
    return show(request, visitor, "invoices/list.html", page="invoices", context=context)


@require_safe
@for_owners_and_admins
def export_invoices(request: HttpRequest, visitor: Visitor) -> HttpResponseBase:
    """Answer with every invoice that the filters name."""
    wanted = _wanted({name: queries.chosen(request, name) for name in ("partner", "state")})

    def part(before: UUID | None) -> tuple[list[list[str]], UUID | None]:
        page = invoice_showing.list_invoices(
            account_id=visitor.account_id,
            wanted=wanted,
            before=before,
            limit=csv_answers.AT_ONCE,
            now=clock.now(),
        )
        rows = [[str(getattr(each, name) or "") for name in _COLUMNS] for each in page.items]
        return rows, UUID(page.next) if page.next else None

    header = ["from" if name == "from_on" else name for name in _COLUMNS]
    header = ["to" if name == "until_on" else name for name in header]
    return csv_answers.csv_answer("invoices", header, part)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners_and_admins
def make_invoice(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show what an invoice would say; keep it as a draft once it is posted."""
    said = request.POST if request.method == "POST" else request.GET
    setup = setups.in_force(visitor.account_id)
    today = clock.now().astimezone(setup.zone).date()
    usual = billing_rounds.period_before(billing_rounds.rhythm_of(setup), today)
    month = billing_rounds.period_before(Every.MONTH, today)
    form = {
        "partner": said.get("partner", ""),
        "first": said.get("first", usual.from_on.isoformat()),
        "last": said.get("last", (usual.until_on - _DAY).isoformat()),
    }
    context: dict[str, Any] = {
        "form": form,
        "partners": _partners(visitor),
        "months": [month, Period(month.until_on, _next_month(month.until_on))],
    }
    if not form["partner"]:
        return show(request, visitor, "invoices/new.html", page="invoices", context=context)
    what: dict[str, Any] = {"account_id": visitor.account_id, "now": clock.now()}
    what["partner"] = form["partner"]
    try:
        period = _period(form)
        if request.method == "POST":
            made = invoicing.make_draft(**what, period=period, by=visitor.email)
            return redirect(f"{reverse('invoice', args=[made])}?done=made")
        drawn = invoicing.preview(**what, period=period)
    except Flawed as flawed:
        context["flaws"] = {flaw.place: flaw.message for flaw in flawed.flaws}
        page = show(request, visitor, "invoices/new.html", page="invoices", context=context)
        page.status_code = 422
        return page
    context |= invoice_words.words_of(invoice_showing.show_drawn(drawn))
    context["is_not_over"] = period.until_on > today
    return show(request, visitor, "invoices/new.html", page="invoices", context=context)


def _period(form: Mapping[str, str]) -> Period:
    """Read the first and the last day, both of which are in the period."""
    days = {}
    for place in ("first", "last"):
        try:
            days[place] = date.fromisoformat(form[place])
        except ValueError:
            message = gettext("%(said)r is no day; write one such as 2026-11-01") % {
                "said": form[place]
            }
            raise Flawed([Flaw(place, "not_a_date", message)]) from None
    if days["last"] < days["first"] or days["last"].year > date.max.year - 1:
        message = gettext("the last day is not before the first")
        raise Flawed([Flaw("last", "out_of_range", message)])
    return Period(days["first"], days["last"] + _DAY)


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _wanted(chosen: Mapping[str, str | None]) -> InvoiceFilter:
    state = chosen["state"]
    known = InvoiceState(state) if state in set(InvoiceState) else None
    return InvoiceFilter(partner=chosen["partner"], state=known)


def _partners(visitor: Visitor) -> list[tuple[str, str]]:
    partners = setups.in_force(visitor.account_id).configuration.partners
    return [(partner.slug, partner.name) for partner in partners]


def _row(invoice: InvoiceRow, names: Names) -> Row:
    title = invoice.number or str(_("Draft"))
    return Row(invoice, title, names.partner(invoice.partner), invoice_words.last_day(invoice))
