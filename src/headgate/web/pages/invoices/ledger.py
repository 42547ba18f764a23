"""A partner's ledger: its balance, every entry, top-ups and adjustments by hand."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe
from msgspec import Struct

from headgate import clock
from headgate.domain.cleaning.texts import line_cleaner
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.ids import DeliveryId, LeadId
from headgate.domain.ledger import Kind
from headgate.services import balances, setups, tracking
from headgate.services.balances import RepeatedReference
from headgate.services.catalogue import ThingNotFound
from headgate.services.invoices import billing
from headgate.services.invoices.billing import EntryShown
from headgate.storage import lists
from headgate.storage.ledger import LedgerFilter
from headgate.web.pages import queries
from headgate.web.pages.frame import Names, show
from headgate.web.visits import Visitor, for_owners_and_admins
from headgate.web.wording import ENTRIES, lead_name, money_in_words

_DONE: dict[str | None, Promise] = {
    "topped-up": _("Written down; the balance is the partner’s from now on."),
    "adjusted": _("Adjusted."),
}
_reason = line_cleaner("reason", 500)
_reference = line_cleaner("reference", 200)


class EntryRow(Struct, frozen=True):
    """An entry, what it is in words, what it does to the balance, and the lead it is about."""

    said: EntryShown
    word: Promise | str
    amount: str
    lead: str


@require_safe
@for_owners_and_admins
def show_ledger(request: HttpRequest, visitor: Visitor, slug: str) -> HttpResponse:
    return _show(request, visitor, slug, done=_DONE.get(request.GET.get("done")))


@require_POST
@for_owners_and_admins
def top_up(request: HttpRequest, visitor: Visitor, slug: str) -> HttpResponse:
    def act(**who: Any) -> None:
        balances.top_up(
            amount=request.POST.get("amount", "").strip(),
            reference=_reference(request.POST.get("reference", "")),
            **who,
        )

    return _write(request, visitor, slug, act, "topped-up")


@require_POST
@for_owners_and_admins
def adjust(request: HttpRequest, visitor: Visitor, slug: str) -> HttpResponse:
    def act(**who: Any) -> None:
        reason = _reason(request.POST.get("reason", ""))
        if reason is None:
            raise Flawed([Flaw("reason", "required", str(_("say why the ledger is adjusted")))])
        balances.adjust(amount=request.POST.get("amount", "").strip(), reason=reason, **who)

    return _write(request, visitor, slug, act, "adjusted")


def _write(
    request: HttpRequest, visitor: Visitor, slug: str, act: Callable[..., None], done: str
) -> HttpResponse:
    try:
        act(account_id=visitor.account_id, partner=slug, by=visitor.email, now=clock.now())
    except ThingNotFound as error:
        raise Http404(str(error)) from error
    except Flawed as flawed:
        return _show(request, visitor, slug, status=422, refused=flawed.flaws[0].message)
    except RepeatedReference as repeated:
        return _show(request, visitor, slug, status=409, refused=str(repeated))
    return redirect(f"{reverse('partner-ledger', args=[slug])}?done={done}")


def _show(
    request: HttpRequest, visitor: Visitor, slug: str, *, status: int = 200, **said: Any
) -> HttpResponse:
    try:
        balance = balances.find_balance(account_id=visitor.account_id, partner=slug)
    except ThingNotFound as error:
        raise Http404(str(error)) from error
    before = queries.cursor(request)
    found = billing.list_ledger(
        account_id=visitor.account_id,
        wanted=LedgerFilter(partner=slug),
        before=before,
        limit=queries.PAGE,
    )
    path = reverse("partner-ledger", args=[slug])
    context = said | {
        "slug": slug,
        "name": Names(setups.in_force(visitor.account_id)).partner(slug),
        "balance": balance,
        "rows": _rows(visitor, found.items),
        "typed": request.POST,
        "is_later_page": before is not None,
        "older": found.next and queries.address_of(path, {"before": found.next}),
        "newest": path,
    }
    page = show(request, visitor, "partners/ledger.html", page="partners", context=context)
    page.status_code = status
    return page


def _rows(visitor: Visitor, shown: list[EntryShown]) -> list[EntryRow]:
    named = [DeliveryId(UUID(each.delivery)) for each in shown if each.delivery]
    lead_of = lists.lead_of_each(visitor.account_id, named)
    called = tracking.lead_fields(
        account_id=visitor.account_id, lead_ids=[LeadId(id) for id in lead_of.values()]
    )
    return [
        EntryRow(
            said=each,
            word=ENTRIES.get(each.kind, each.kind),
            amount=_signed(each),
            lead=_lead_name(each, lead_of, called),
        )
        for each in shown
    ]


def _signed(entry: EntryShown) -> str:
    takes = entry.kind == Kind.CHARGE or entry.amount.startswith("-")
    amount = money_in_words(entry.amount.removeprefix("-"))
    return f"{'−' if takes else '+'}{amount} {entry.currency}"


def _lead_name(
    entry: EntryShown, lead_of: dict[DeliveryId, LeadId], called: dict[str, dict[str, Any]]
) -> str:
    if entry.delivery is None:
        return ""
    lead_id = lead_of.get(DeliveryId(UUID(entry.delivery)))
    return lead_name(called.get(str(lead_id), {}))
