"""The partners of an account: who they are, and how each of them stands."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe
from msgspec import Struct

from headgate import clock
from headgate.domain.delivery_settings import channel_name
from headgate.domain.partners import Partner, tags_of
from headgate.services import balances, partners, setups
from headgate.services.partners import Standing
from headgate.web.pages import csv_answers, queries
from headgate.web.pages.deliveries import delivery_filter
from headgate.web.pages.frame import show
from headgate.web.pages.partners.partner_words import CapRow, cap_row, state_of
from headgate.web.visits import Visitor, for_members
from headgate.web.wording import PARTNER_STATES, REACHES

_FILTERS = ("q", "state", "health", "tag")
_COLUMNS = (
    *("slug", "name", "email", "tags", "state", "health", "channels"),
    *("delivered_today", "delivered_this_month", "caps", "available"),
)
_Chosen = dict[str, str | None]


class PartnerRow(Struct, frozen=True):
    """`available` is what one that pays ahead has left, for those who may see money."""

    standing: Standing
    state: str
    caps: list[CapRow]
    available: str


@require_safe
@for_members
def list_partners(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    setup = setups.in_force(visitor.account_id)
    chosen: _Chosen = {name: queries.chosen(request, name) for name in _FILTERS}
    found = _found(visitor, chosen)
    first = queries.position(request)
    following = first + queries.PAGE
    since = partners.spans(setup, clock.now())
    context: dict[str, Any] = {
        "rows": _rows(visitor, found[first:following]),
        "currency": setup.currency,
        "count": f"{len(found):,}",
        "chosen": chosen,
        "is_narrowed": any(chosen.values()),
        "states": [(state, word) for state, (_, word) in PARTNER_STATES.items()],
        "tags": [(tag, tag) for tag in tags_of(setup.configuration.partners)],
        "reaches": [(reach, word) for reach, (_, word) in REACHES.items()],
        "today": since.today.astimezone(setup.zone).date(),
        "month": since.month.astimezone(setup.zone).date(),
        "is_later_page": first > 0,
        "previous": _page(request, chosen, max(first - queries.PAGE, 0)),
        "next": following < len(found) and _page(request, chosen, following),
        "csv": queries.address_of(reverse("export-partners"), chosen),
    }
    return show(request, visitor, "partners/list.html", page="partners", context=context)


@require_safe
@for_members
def export_partners(request: HttpRequest, visitor: Visitor) -> HttpResponseBase:
    """Answer with every partner that the filters name."""
    found = _found(visitor, {name: queries.chosen(request, name) for name in _FILTERS})

    def part(before: int | None) -> tuple[list[list[str]], int | None]:
        first = before or 0
        following = first + csv_answers.AT_ONCE
        rows = [_cells(row) for row in _rows(visitor, found[first:following])]
        return rows, following if following < len(found) else None

    return csv_answers.csv_answer("partners", _COLUMNS, part)


def _rows(visitor: Visitor, shown: Sequence[Partner]) -> list[PartnerRow]:
    standings = partners.find_standings(
        account_id=visitor.account_id,
        partners=shown,
        entities=delivery_filter.entities_of(visitor),
        now=clock.now(),
    )
    available: dict[str, str] = {}
    if visitor.may_manage:
        available = balances.find_available(
            account_id=visitor.account_id, partners=shown, now=clock.now()
        )
    in_words = partial(cap_row, currency=setups.in_force(visitor.account_id).currency)
    return [
        PartnerRow(
            standing=each,
            state=state_of(each.partner),
            caps=list(map(in_words, each.caps)),
            available=available.get(each.partner.slug, ""),
        )
        for each in standings
    ]


def _cells(row: PartnerRow) -> list[str]:
    standing, partner = row.standing, row.standing.partner
    return [
        *(partner.slug, partner.name, partner.email or "", ", ".join(partner.tags)),
        *(row.state, standing.reach),
        ", ".join(dict.fromkeys(map(channel_name, partner.all_settings))),
        str(standing.delivered_today),
        str(standing.delivered_this_month),
        "; ".join(cap.words for cap in row.caps),
        row.available,
    ]


def _page(request: HttpRequest, chosen: _Chosen, first: int) -> str:
    return queries.address_of(request.path, {**chosen, "from": str(first) if first else None})


def _found(visitor: Visitor, chosen: _Chosen) -> list[Partner]:
    listed = setups.in_force(visitor.account_id).configuration.partners
    found = [each for each in listed if _fits(each, chosen)]
    if chosen["health"] is None:
        return found
    reaches = partners.find_reaches(account_id=visitor.account_id)
    return [each for each in found if reaches[each.slug] == chosen["health"]]


def _fits(partner: Partner, chosen: _Chosen) -> bool:
    wanted = (chosen["q"] or "").casefold()
    texts = (partner.name, partner.slug, partner.email or "", *partner.tags)
    is_meant = any(wanted in text.casefold() for text in texts)
    is_tagged = chosen["tag"] is None or chosen["tag"] in partner.tags
    return is_meant and is_tagged and chosen["state"] in (None, state_of(partner))
