"""One source: its limits and keys, its last requests, its specification, and a lead to try."""

from decimal import Decimal
from typing import Any

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from msgspec import Struct

from headgate import clock
from headgate.domain.configuration.editing import Thing, ThingNotThere
from headgate.domain.entities import Entity
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.ids import LeadId, SourceId
from headgate.domain.money import format_amount
from headgate.domain.sources import CostPer, OnInvalid, Source
from headgate.services import administration, setups, simulation, source_pages, sources
from headgate.services.catalogue import ThingNotFound
from headgate.services.identity import passing_id
from headgate.services.setups import Setup
from headgate.services.simulation import Simulation
from headgate.services.submissions import Submission
from headgate.web.pages.frame import Names, show
from headgate.web.pages.partners.partner_words import cap_row
from headgate.web.pages.reports.report_feedback import last_days
from headgate.web.pages.sources import specification
from headgate.web.pages.sources.import_drafts import ON_DUPLICATE
from headgate.web.visits import Visitor, for_members, for_owners_and_admins

ON_INVALID: dict[str, Promise] = {
    OnInvalid.REFUSE: _("Refuse: the source is told which fields"),
    OnInvalid.QUARANTINE: _("Quarantine: kept aside for you to look at"),
}
COST_PER: dict[str, Promise] = {
    CostPer.RECEIVED: _("every lead"),
    CostPer.ACCEPTED: _("every lead that is neither a duplicate nor quarantined"),
    CostPer.SOLD: _("every lead that is sold"),
}
_DONE: dict[str | None, Promise] = {
    "saved": _("Saved; the next lead is judged by it."),
    "made": _("The source is there. Create a key for it, and send it the specification."),
    "revoked": _("The key is void."),
    "opened": _("The specification can be read by everybody who has its address."),
    "closed": _("The address is void."),
}
_plain = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)


class Found(Struct, frozen=True):
    setup: Setup
    entity: Entity
    source: Source
    id: SourceId


class Tried(Struct, frozen=True):
    """A lead that was tried: what it was, and what would have become of it."""

    said: str
    result: Simulation | None = None
    flaws: tuple[Flaw, ...] = ()

    @property
    def sold_to(self) -> list[str]:
        return [each.partner for each in self.result.deliveries] if self.result else []


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def show_source(request: HttpRequest, visitor: Visitor, entity: str, slug: str) -> HttpResponse:
    """Show it; a post tries a lead on it, without any effect."""
    found = find(visitor, entity, slug)
    tried = _try(visitor, found, request.POST.get("lead", "")) if request.method == "POST" else None
    return page_of(request, visitor, found, done=_DONE.get(request.GET.get("done")), tried=tried)


@require_safe
@for_members
def show_specification(
    request: HttpRequest, visitor: Visitor, entity: str, slug: str
) -> HttpResponse:
    found = find(visitor, entity, slug)
    said = specification.of(request, found.setup, found.entity, found.source)
    return specification.render_alone(request, said)


@require_safe
@for_members
def download_specification(
    request: HttpRequest, visitor: Visitor, entity: str, slug: str
) -> HttpResponse:
    found = find(visitor, entity, slug)
    said = specification.of(request, found.setup, found.entity, found.source)
    return specification.as_file(request, said, f"posting-{entity}-{slug}.html")


@require_POST
@for_owners_and_admins
def archive_source(request: HttpRequest, visitor: Visitor, entity: str, slug: str) -> HttpResponse:
    found = find(visitor, entity, slug)
    try:
        administration.archive_thing(
            account_id=visitor.account_id,
            thing=Thing("sources", slug, entity),
            seen=None,
            made_by=visitor.email,
            now=clock.now(),
        )
    except ThingNotThere as error:
        raise Http404(str(error)) from error
    except Flawed as flawed:
        refused = [each.message for each in flawed.flaws]
        page = page_of(request, visitor, found, refused=refused)
        page.status_code = 409
        return page
    return redirect(f"{reverse('sources')}?done=archived")


def find(visitor: Visitor, entity: str, slug: str) -> Found:
    if not visitor.sees(entity):
        raise Http404("that is a source of another entity")
    setup = setups.in_force(visitor.account_id)
    try:
        source_id, source = sources.find_source(setup, entity, slug)
    except ThingNotFound as error:
        raise Http404(str(error)) from error
    return Found(setup, setup.plan.entities[entity].entity, source, source_id)


def page_of(request: HttpRequest, visitor: Visitor, found: Found, **said: object) -> HttpResponse:
    """Show the source's page, with what else is said on it."""
    account_id, source = visitor.account_id, found.source
    (standing,) = [
        each
        for each in sources.find_standings(
            account_id=account_id, entities=[source.entity], now=clock.now()
        )
        if each.id == found.id
    ]
    token = source_pages.token_of(source_id=found.id)
    spec = specification.of(request, found.setup, found.entity, source)
    context = {
        **said,
        "source": source,
        "entity": Names(found.setup).entity(source.entity),
        "standing": standing,
        "caps": [cap_row(each, found.setup.currency) for each in standing.caps],
        "cost": format_amount(source.cost_minor, found.setup.currency),
        "currency": found.setup.currency,
        "cost_per": COST_PER[source.cost_per],
        "on_duplicate": ON_DUPLICATE[source.on_duplicate],
        "on_invalid": ON_INVALID[source.on_invalid],
        "keys": sources.list_keys(account_id=account_id, source_id=found.id),
        "requests": sources.last_requests(account_id=account_id, source_id=found.id),
        "spec": spec,
        "feedback": last_days(visitor, source=source.slug, entity=source.entity),
        "public": specification.public_address(request, token) if token else None,
    }
    return show(request, visitor, "sources/source.html", page="sources", context=context)


def _try(visitor: Visitor, found: Found, said: str) -> Tried:
    try:
        fields = _plain.decode(said.encode())
    except (msgspec.MsgspecError, UnicodeEncodeError):
        message = _t("this is no JSON object of names and values")
        return Tried(said, flaws=(Flaw("", "malformed", message),))
    now = clock.now()
    matched = found.setup.matchers[found.entity.slug](fields)
    envelope = matched.envelope
    submission = Submission(
        id=LeadId(passing_id(now)),
        caller="",
        entity=found.entity.slug,
        fields=matched.fields,
        received_at=now,
        status=envelope.status,
        source=found.source.slug,
        test=envelope.test,
        external_id=envelope.external_id,
        note=envelope.note,
    )
    try:
        result = simulation.simulate_lead(
            account_id=visitor.account_id, submission=submission, now=now
        )
    except Flawed as flawed:
        return Tried(said, flaws=tuple(flawed.flaws))
    return Tried(said, result)
