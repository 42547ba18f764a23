"""The editor of a profile as a page: its parts, laid out from the draft."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from headgate.domain.entities import Entity
from headgate.domain.profiles import Strategy
from headgate.services import setups
from headgate.services.setups import Setup
from headgate.web import rule_builder
from headgate.web.drafts import Draft
from headgate.web.pages.distribution import lead_testing, trying
from headgate.web.pages.distribution.profile_seats import Seater
from headgate.web.pages.distribution.rule_previews import Previewer
from headgate.web.pages.frame import Names, show
from headgate.web.pages.leads.latest_leads import latest_leads
from headgate.web.profile_forms import ProfileForm
from headgate.web.profile_words import STRATEGIES
from headgate.web.visits import Visitor

_PARTS = {
    "name": _("name"),
    "rules": _("which leads it takes"),
    "assignments": _("partners"),
    "strategy": _("strategy"),
    "max_partners": _("most partners"),
    "price": _("price"),
    "price_tiers": _("price by volume"),
    "priority": _("priority"),
    "weight": _("weight"),
    "give_up_minutes": _("give up after"),
    "wait_minutes": _("longest wait"),
    "caps": _("caps"),
    "hours": _("hours"),
    "delivery": _("how it gets leads"),
    "enabled": _("switching on"),
    "_test": _("test"),
    "_value": _("test"),
}
_CHOICES = {
    "on_ambiguous": [
        ("hold", _("Hold the lead until a person decides")),
        ("next", _("Give it to the next partner as well")),
    ],
    "at_cap": [("skip", _("Pass it over")), ("wait", _("Let leads wait for it"))],
    "when_closed": [("skip", _("Pass it over")), ("wait", _("Let leads wait for it"))],
}


def show_editor(
    request: HttpRequest,
    visitor: Visitor,
    form: ProfileForm,
    draft: Draft,
    entity: Entity,
    *,
    slug: str | None,
    said: Mapping[str, Any],
) -> HttpResponse:
    """Draw the page; `slug` is None for a new profile, `said` what else there is to tell."""
    setup = setups.in_force(visitor.account_id)
    sources = _sources_of(setup, entity)
    previewer = Previewer(visitor.account_id, entity)
    preview, matching = previewer.show(draft.value("rules"), previewer.recent)
    seater = Seater(
        form,
        draft,
        setup.configuration,
        entity,
        sources,
        matching=matching,
        previewer=previewer,
    )
    latest = latest_leads(visitor, entity.slug)
    strategy = str(draft.value("strategy") or Strategy.FIRST_MATCH)
    context = {
        "draft": draft,
        "slug": slug,
        "entity": entity,
        "own_entity": [entity],
        "currency": setup.currency,
        "strategy": strategy,
        "strategies": [(str(each), *words) for each, words in STRATEGIES.items()],
        "exclusive_default": strategy != Strategy.SEND_TO_ALL,
        "wrongs": _wrongs(draft, setup),
        "builder": rule_builder.builder_of(draft, "rules", entity, sources),
        "preview": preview,
        "seats": seater.show(),
        "choices": _CHOICES,
        "focus": form.focus,
        "asked": lead_testing.asked_of(entity, lead_testing.said_in(request.POST), latest),
        "trial_leads": trying.trial_leads([entity], latest),
        "entities": visitor.entities,
        **said,
    }
    return show(request, visitor, "distribution/edit.html", page="distribution", context=context)


def _wrongs(draft: Draft, setup: Setup) -> list[tuple[str, str, str]]:
    """Return the place, where that is in words, and the message of each flaw."""
    names = Names(setup)
    return [(flaw.place, _where(flaw.place, draft, names), flaw.message) for flaw in draft.flaws]


def _where(place: str, draft: Draft, names: Names) -> str:
    seat, dot, inside = place.partition("].")
    if dot and seat.startswith("assignments["):
        partner = names.partner(str(draft.value(f"{seat}].partner")))
        return f"{partner}, {_part(inside)}"
    return _part(place)


def _part(place: str) -> str:
    part = place.partition(".")[0].partition("[")[0]
    return str(_PARTS.get(part, place))


def _sources_of(setup: Setup, entity: Entity) -> dict[str, str]:
    names = Names(setup)
    known = (source for owner, source in setup.plan.identities.sources if owner == entity.slug)
    return {source: names.source(entity.slug, source) for source in known}
