"""Delivery settings are tried while they are edited: shown on a lead, or sent to the partner."""

import re
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from msgspec import Struct

from headgate import clock
from headgate.domain.configuration.editing import Kind, Thing
from headgate.domain.configuration.value import Configuration
from headgate.domain.delivery_settings import DeliverySettings
from headgate.domain.entities import Entity
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.ids import LeadId
from headgate.services import administration, trial_delivery
from headgate.services.trial_delivery import TrialDelivery
from headgate.storage.leads import LeadNotFound
from headgate.web import asking
from headgate.web.delivery_drafts import Closed
from headgate.web.visits import Visitor

_DEED = re.compile(r"(preview|test) ((?:assignments\[[0-9]+\]\.)?delivery\[[0-9]+\])", re.ASCII)
_WAY = re.compile(r"(?:assignments\[([0-9]+)\]\.)?delivery(?:\[([0-9]+)\])?", re.ASCII)
_MADE_UP = "made-up:"


class Deed(Struct, frozen=True):
    """What is to be tried: the delivery settings at a place of the form."""

    sends: bool
    place: str


class Tried(Struct, frozen=True):
    """What came of it, and with which lead."""

    place: str
    lead: str
    trial: TrialDelivery


def read_deed(said: str) -> Deed | None:
    """Return what a button says, None when it says something else."""
    found = _DEED.fullmatch(said)
    return Deed(found[1] == "test", found[2]) if found else None


def try_out(
    request: HttpRequest,
    visitor: Visitor,
    deed: Deed,
    *,
    kind: Kind,
    closed: Closed,
    instead: Thing | None,
) -> Tried:
    """Preview or send what stands in the draft of a partner or a profile; nothing is saved.

    Secrets that are kept go where they may go when they are saved, and nowhere else.

    :raises Flawed: at the places of the form.
    """
    try:
        configuration = administration.draft_thing(
            account_id=visitor.account_id, kind=kind, said=closed.said, instead=instead
        )
    except Flawed as flawed:
        raise Flawed(closed.seen(flawed.flaws)) from flawed
    if closed.flaws:
        raise Flawed(closed.flaws)
    settings = _settings(configuration, kind, closed, deed.place)
    profile = closed.said["slug"] if kind == "profiles" else ""
    lead = request.POST.get(f"_lead {deed.place}", "")
    trial = _trial(request, visitor, settings, lead, profile=profile, sends=deed.sends)
    return Tried(deed.place, lead, trial)


def trial_leads(
    entities: Iterable[Entity], latest: Sequence[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Return the leads with which settings can be tried: made-up ones, then the latest."""
    made_up = [
        (f"{_MADE_UP}{each.slug}", _("a made-up lead of %s") % each.name) for each in entities
    ]
    return [*made_up, *latest]


def _trial(
    request: HttpRequest,
    visitor: Visitor,
    settings: DeliverySettings,
    lead: str,
    *,
    profile: str,
    sends: bool,
) -> TrialDelivery:
    is_made_up = sends or not lead or lead.startswith(_MADE_UP)
    try:
        trial = trial_delivery.draft_trial(
            account_id=visitor.account_id,
            settings=settings,
            entity=_entity(visitor, lead),
            profile=profile,
            lead_id=None if is_made_up else LeadId(UUID(lead)),
            now=clock.now(),
        )
    except (ValueError, LeadNotFound) as error:
        raise Flawed([Flaw("_lead", "unknown", _("there is no such lead any more"))]) from error
    if not sends:
        return trial_delivery.tell_preview(trial)
    sent = None if trial.request is None else asking.ask(request, trial.channel, trial.request)
    return trial_delivery.tell_trial(trial, sent)


def _entity(visitor: Visitor, lead: str) -> str:
    """Return the kind of lead that is made up; for a stored one it does not matter."""
    known = [each.slug for each in visitor.entities]
    named = lead.removeprefix(_MADE_UP)
    return named if named in known else next(iter(known), "")


def _settings(
    configuration: Configuration, kind: Kind, closed: Closed, place: str
) -> DeliverySettings:
    found = _WAY.fullmatch(closed.settings_place(place) or "")
    if found is None:
        raise Flawed([Flaw(f"{place}.channel", "required", _("choose a channel first"))])
    seat, number = found.groups()
    things = configuration.partners if kind == "partners" else configuration.profiles
    owner: Any = next(each for each in things if each.slug == closed.said["slug"])
    if seat is not None:
        owner = owner.assignments[int(seat)]
    settings: DeliverySettings = owner.all_settings[int(number or 0)]
    return settings
