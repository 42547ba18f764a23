"""Many deliveries are retried at once: how many they are, then what came of it."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from headgate import clock
from headgate.domain.deliveries import State
from headgate.domain.flaws import Flawed
from headgate.services import acting, replaying, setups
from headgate.services.replaying import Replayed
from headgate.services.routing import Leases
from headgate.storage import lists
from headgate.storage.lists import EndedFilter
from headgate.web.api import parameters
from headgate.web.pages.frame import show
from headgate.web.visits import Visitor, for_owners_and_admins
from headgate.web.wording import DELIVERY_STATES

# What a browser waits for; the command and the API take more at once.
MOST_AT_ONCE = 1_000
_STATES = (State.FAILED, State.UNKNOWN)
_FILTERS = ("state", "since", "partner", "profile")


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners_and_admins
def replay(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    said = request.POST if request.method == "POST" else request.GET
    chosen = {name: said.get(name, "").strip() for name in _FILTERS}
    if chosen["state"] not in _STATES:
        chosen["state"] = State.FAILED
    context: dict[str, Any] = {"chosen": chosen, "most": MOST_AT_ONCE}
    try:
        wanted = _filter(chosen, ZoneInfo(visitor.timezone))
    except Flawed as flawed:
        return _show(request, visitor, context | {"refused": flawed.flaws[0].message}, status=422)
    if request.method == "POST":
        context["replayed"] = _retry(visitor, wanted)
    context["matched"] = lists.count_ended(visitor.account_id, wanted)
    return _show(request, visitor, context)


def _filter(chosen: Mapping[str, str], zone: ZoneInfo) -> EndedFilter:
    since = {"since": chosen["since"]} if chosen["since"] else {}
    return EndedFilter(
        state=chosen["state"],
        partner=chosen["partner"] or None,
        profile=chosen["profile"] or None,
        since=parameters.moment_of(since, "since", zone),
    )


def _retry(visitor: Visitor, wanted: EndedFilter) -> Replayed:
    whole = Replayed(0, [])
    found = lists.find_ended(visitor.account_id, wanted, limit=MOST_AT_ONCE)
    for part in replaying.in_parts(found):
        replayed = acting.retry_part(
            account_id=visitor.account_id,
            delivery_ids=part,
            state=State(wanted.state),
            leases=Leases(0),
            by=visitor.email,
            now=clock.now(),
        )
        whole = Replayed(whole.retried + replayed.retried, whole.left_out + replayed.left_out)
    return whole


def _show(
    request: HttpRequest, visitor: Visitor, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    said = setups.in_force(visitor.account_id).configuration
    choices = {
        "states": [(str(state), DELIVERY_STATES[state][1]) for state in _STATES],
        "partners": [(each.slug, each.name) for each in said.partners],
        "profiles": [(each.slug, each.name) for each in said.profiles],
    }
    page = show(
        request, visitor, "deliveries/replay.html", page="deliveries", context=context | choices
    )
    page.status_code = status
    return page
