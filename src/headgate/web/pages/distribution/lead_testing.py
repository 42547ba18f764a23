"""A lead is tested: decided by a set-up, in force or drafted, as it would be, without effects."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from msgspec import Struct

from headgate import clock
from headgate.domain.entities import Entity
from headgate.domain.fields import ADDRESS_PARTS, Field, FieldType
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.ids import LeadId
from headgate.domain.sample_values import sample_values
from headgate.services import setups, simulation, tracking
from headgate.services.identity import passing_id
from headgate.services.setups import Setup
from headgate.services.simulation import SimulatedDelivery, Simulation
from headgate.services.submissions import Submission, UnknownEntity
from headgate.storage.leads import LeadNotFound
from headgate.web.drafts import Draft
from headgate.web.pages.frame import Names, show
from headgate.web.pages.leads import tracing
from headgate.web.pages.leads.latest_leads import latest_leads
from headgate.web.pages.leads.tracing import ProfileTrace
from headgate.web.visits import Visitor, for_members

DEED = "simulate"
TYPED = "typed"
LEAD, VALUE = "_test", "_value."
"""What the page's own controls are called: the chosen lead, and a typed lead's values."""

_SHAPES = {
    FieldType.TEXTAREA: "area",
    FieldType.CHOICE: "select",
    FieldType.BOOLEAN: "select",
    FieldType.MULTICHOICE: "ticks",
}
_INPUTS = {
    FieldType.EMAIL: "email",
    FieldType.PHONE: "tel",
    FieldType.DATE: "date",
    FieldType.DATETIME: "datetime-local",
    FieldType.URL: "url",
}


class FieldAsked(Struct, frozen=True):
    """A field of the lead that is typed in; an address has several controls.

    `shape` is `input`, `area`, `select` or `ticks`.
    """

    label: str
    name: str
    required: bool
    shape: str
    type: str
    options: list[tuple[str, str]]
    values: list[str]


class Asked(Struct, frozen=True):
    """What a page asks for a test: which lead, and the values of one that is typed."""

    chosen: str
    leads: list[tuple[str, str]]
    fields: list[FieldAsked]

    @property
    def is_typed(self) -> bool:
        return self.chosen == TYPED


class Tested(Struct, frozen=True):
    """What would happen, in a sentence; `beside` is what keeps the lead from the others."""

    state: str
    verdict: str
    beside: str
    profiles: list[ProfileTrace]
    requests: list[tuple[str, SimulatedDelivery]]


def asked_of(entity: Entity, said: Mapping[str, Any], latest: Sequence[tuple[str, str]]) -> Asked:
    """Return what the page asks, with what was said already; `latest` are leads to choose from."""
    listed = list(latest)
    chosen = str(said.get(LEAD) or (listed[0][0] if listed else TYPED))
    if chosen != TYPED and chosen not in dict(listed):
        listed.insert(0, (chosen, _("the lead that you came from")))
    samples = {} if any(name.startswith(VALUE) for name in said) else sample_values(entity.fields)
    return Asked(
        chosen=chosen,
        leads=[*listed, (TYPED, _("A lead that I type in"))],
        fields=[asked for each in entity.fields for asked in _fields(each, said, samples)],
    )


def said_in(posted: QueryDict) -> dict[str, Any]:
    """Return what is posted by name, as a list where a name stands several times."""
    return {name: values if len(values) > 1 else values[-1] for name, values in posted.lists()}


def test_posted(request: HttpRequest, visitor: Visitor, setup: Setup, entity: Entity) -> Tested:
    """Decide the chosen lead, or the typed one, by the set-up.

    :raises Flawed:
    """
    chosen = request.POST.get(LEAD, TYPED)
    if chosen == TYPED:
        found = _simulate_typed(request.POST, setup, entity)
    else:
        found = _simulate_stored(chosen, visitor, setup)
    return _told(found, setup, entity)


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def test_lead(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Test a lead by the set-up in force; a lead's page asks to have that lead tested again."""
    setup = setups.in_force(visitor.account_id)
    said = said_in(request.POST)
    wanted = request.POST.get("entity") or visitor.entity
    if request.method != "POST" and "lead" in request.GET:
        said = {LEAD: request.GET["lead"]}
        wanted = _entity_of(visitor, request.GET["lead"]) or wanted
    entities = [each for each in visitor.entities if wanted in (None, each.slug)]
    context: dict[str, Any] = {
        "entity": entities[0] if entities else None,
        "draft": Draft({}, setup.version),
    }
    status = 200
    if entities:
        if said.get(LEAD):
            try:
                context["tested"] = _test(said, request, visitor, setup, entities[0])
            except Flawed as flawed:
                context["draft"] = Draft({}, setup.version, flawed.flaws)
                status = 422
        latest = latest_leads(visitor, entities[0].slug)
        context["asked"] = asked_of(entities[0], said, latest)
    page = show(request, visitor, "distribution/test.html", page="distribution", context=context)
    page.status_code = status
    return page


def _test(
    said: Mapping[str, Any], request: HttpRequest, visitor: Visitor, setup: Setup, entity: Entity
) -> Tested | None:
    if request.method == "POST":
        return (
            None
            if request.POST.get("_do") == "redraw"
            else test_posted(request, visitor, setup, entity)
        )
    return _told(_simulate_stored(str(said[LEAD]), visitor, setup), setup, entity)


def _simulate_stored(chosen: str, visitor: Visitor, setup: Setup) -> Simulation:
    try:
        lead_id = LeadId(UUID(chosen))
        if _entity_of(visitor, chosen) is None:
            raise LeadNotFound(f"there is no lead {chosen}")
        return simulation.simulate_again(setup=setup, lead_id=lead_id, now=clock.now())
    except (ValueError, LeadNotFound, UnknownEntity) as error:
        message = _("there is no such lead, or it was erased; choose another")
        raise Flawed([Flaw(LEAD, "unknown", message)]) from error


def _simulate_typed(posted: QueryDict, setup: Setup, entity: Entity) -> Simulation:
    fields: dict[str, Any] = {}
    for field in entity.fields:
        value = _typed(posted, field)
        if value:
            fields[field.key] = value
    now = clock.now()
    submission = Submission(
        id=LeadId(passing_id(now)), caller="", entity=entity.slug, fields=fields, received_at=now
    )
    try:
        return simulation.simulate_drafted(setup=setup, submission=submission, now=now)
    except Flawed as flawed:
        raise Flawed(
            Flaw(f"{VALUE}{each.place}", each.code, each.message) for each in flawed.flaws
        ) from flawed


def _told(found: Simulation, setup: Setup, entity: Entity) -> Tested:
    decision = found.decision
    why_not = tracing.UNDECIDED.get(found.reason or found.state)
    said = decision.sentence if decision.rounds or not why_not else str(why_not)
    verdict, _separator, beside = said.partition("; ")
    names = Names(setup)
    return Tested(
        state=found.state,
        verdict=verdict.replace("Went to", "Would go to", 1),
        beside=beside,
        profiles=tracing.profile_traces(decision.profiles, setup.configuration, entity, {}),
        requests=[(names.partner(each.partner), each) for each in found.deliveries],
    )


def _entity_of(visitor: Visitor, lead: str) -> str | None:
    try:
        found = tracking.show_lead(
            account_id=visitor.account_id, lead_id=LeadId(UUID(lead)), in_clear=False
        )
    except (ValueError, LeadNotFound):
        return None
    return found.entity if found.entity in {each.slug for each in visitor.entities} else None


def _typed(posted: QueryDict, field: Field) -> Any:
    name = f"{VALUE}{field.key}"
    if field.type is FieldType.ADDRESS:
        parts = {part: posted.get(f"{name}.{part}", "") for part in ADDRESS_PARTS}
        return {part: value for part, value in parts.items() if value.strip()}
    if field.type is FieldType.MULTICHOICE:
        return [value for value in posted.getlist(name) if value]
    return posted.get(name, "").strip()


def _fields(
    field: Field, said: Mapping[str, Any], samples: Mapping[str, Any]
) -> Iterator[FieldAsked]:
    name, sample = f"{VALUE}{field.key}", samples.get(field.key, "")
    if field.type is FieldType.ADDRESS:
        for part in ADDRESS_PARTS:
            value = said.get(f"{name}.{part}", dict(sample or {}).get(part, ""))
            label = f"{field.label}: {part}"
            yield FieldAsked(label, f"{name}.{part}", False, "input", "text", [], [str(value)])
        return
    given = said.get(name, sample)
    listed = given if isinstance(given, list) else [given]
    options = list((field.options or {}).items())
    if field.type is FieldType.BOOLEAN:
        options = [("true", _("Yes")), ("false", _("No"))]
        listed = [str(each).lower() for each in listed]
    yield FieldAsked(
        label=field.label,
        name=name,
        required=field.required,
        shape=_SHAPES.get(field.type, "input"),
        type=_INPUTS.get(field.type, "text"),
        options=options,
        # A browser's control for moments knows no zone.
        values=[str(each).removesuffix("Z") for each in listed],
    )
