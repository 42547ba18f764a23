"""The partners of an account: who they are, and how each of them stands."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from msgspec import Struct

from headgate import clock
from headgate.domain.partners import Partner
from headgate.services import partners, setups
from headgate.services.partners import Standing
from headgate.web.pages import queries
from headgate.web.pages.frame import show
from headgate.web.pages.partner_words import CapRow, cap_row, state_of
from headgate.web.visits import Visitor, for_members
from headgate.web.wording import PARTNER_STATES


class PartnerRow(Struct, frozen=True):
    standing: Standing
    state: str
    caps: list[CapRow]


@require_safe
@for_members
def list_partners(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    setup = setups.in_force(visitor.account_id)
    chosen = {name: queries.chosen(request, name) for name in ("q", "state")}
    found = [each for each in setup.configuration.partners if _fits(each, chosen)]
    first = queries.position(request)
    shown = found[first : first + queries.PAGE]
    now = clock.now()
    standings = partners.find_standings(account_id=visitor.account_id, partners=shown, now=now)
    since = partners.spans(setup, now)
    following = first + queries.PAGE
    context = {
        "rows": [
            PartnerRow(
                each,
                state_of(each.partner),
                [cap_row(cap, setup.currency) for cap in each.caps],
            )
            for each in standings
        ],
        "count": f"{len(found):,}",
        "chosen": chosen,
        "is_narrowed": any(chosen.values()),
        "states": [(state, word) for state, (_, word) in PARTNER_STATES.items()],
        "today": since.today.astimezone(setup.zone).date(),
        "month": since.month.astimezone(setup.zone).date(),
        "previous": first and _page(request, chosen, max(first - queries.PAGE, 0)),
        "next": following < len(found) and _page(request, chosen, following),
    }
    return show(request, visitor, "partners/list.html", page="partners", context=context)


def _page(request: HttpRequest, chosen: dict[str, str | None], first: int) -> str:
    return queries.address_of(request.path, {**chosen, "from": str(first) if first else None})


def _fits(partner: Partner, chosen: dict[str, str | None]) -> bool:
    wanted = (chosen["q"] or "").casefold()
    texts = (partner.name, partner.slug, partner.email or "")
    is_meant = any(wanted in text.casefold() for text in texts)
    return is_meant and chosen["state"] in (None, state_of(partner))
