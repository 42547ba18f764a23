"""A test delivery: a made-up lead is sent to a partner for real, and nothing of it is kept.

It is made here, sent by whoever has a sender, and told here; no transaction is open meanwhile.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from headgate.channels.contract import LeadFacts, Sent
from headgate.domain.assignments import Assignment
from headgate.domain.configuration.value import Configuration
from headgate.domain.deliveries import Outcome
from headgate.domain.delivery_settings import DeliverySettings
from headgate.domain.entities import Entity
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.ids import AccountId, LeadId
from headgate.domain.partners import Partner
from headgate.domain.profiles import Profile
from headgate.services import setups
from headgate.services.catalogue import ThingNotFound
from headgate.services.rehearsing import Rehearsal, made_up_lead, rehearse, stored_lead

_NOTHING_IS_SENT = (
    "Nothing is sent: the lead would appear in the test inbox or the partner's portal."
)
_NOT_MADE = "Nothing could be sent so."
_IN_WORDS = {
    Outcome.DELIVERED: "The partner accepted it; a lead would count as delivered.",
    Outcome.REFUSED: "The partner refused it; a lead would go on to the next in line.",
    Outcome.NOT_SENT: (
        "It certainly did not reach the partner; a lead would be tried again, then go on."
    ),
    Outcome.AMBIGUOUS: (
        "The partner may have it; a lead would be tried again there, then stand as unknown."
    ),
}


class Seats(Struct, frozen=True):
    """Which of a partner's delivery settings are tried; None leaves the choice open."""

    profile: str | None = None
    assignment: str | None = None


class Trial(Struct, frozen=True):
    """What is to be sent; where nothing can be, `request` is None and `ended` may say why."""

    partner: str
    assignment: str | None
    channel: str
    fields: dict[str, Any]
    request: Any = None
    shown: dict[str, Any] | None = None
    ended: Sent | None = None


class TrialDelivery(Struct, frozen=True):
    """What was sent, what came back and what it means; `outcome` is None where nothing is sent."""

    partner: str
    assignment: str | None
    channel: str
    fields: dict[str, Any]
    request: dict[str, Any] | None
    outcome: str | None
    status: int | None
    ms: int | None
    error: str | None
    answer: str | None
    meaning: str


def make_trial(
    *, account_id: AccountId, partner: str, seats: Seats, fallback: int = 0, now: datetime
) -> Trial:
    """Render a made-up lead by a partner's delivery settings, or by those of an assignment.

    Without a choice they are the partner's own, else those of its first assignment. The first
    of them are 0, and each `fallback` has the next number.

    :raises ThingNotFound: there is no such partner, or it has no such assignment or fall-back.
    :raises Flawed: there are no delivery settings, or no entity.
    """
    setup = setups.in_force(account_id)
    said = setup.configuration.partner(partner)
    if said is None:
        raise ThingNotFound(f"there is nothing named {partner!r} among the partners")
    profile, assignment = _seat(setup.configuration, said, seats)
    entity = _entity(setup.configuration, profile)
    settings = _chosen((assignment and assignment.all_settings) or said.all_settings, fallback)
    facts = made_up_lead(setup, entity, profile=profile.slug if profile else "", now=now)
    trial = _trial(rehearse(setup, settings, facts, now=now), facts)
    return replace(trial, partner=said.slug, assignment=assignment.slug if assignment else None)


def draft_trial(
    *,
    account_id: AccountId,
    settings: DeliverySettings,
    entity: str,
    profile: str = "",
    lead_id: LeadId | None = None,
    now: datetime,
) -> Trial:
    """Render a lead by settings that need not be in force, a made-up one unless it is named.

    One that is named is for looking at: only a made-up lead is sent to try something out.

    :raises Flawed: there is no such entity.
    :raises LeadNotFound:
    """
    setup = setups.in_force(account_id)
    if lead_id is not None:
        facts = stored_lead(setup, lead_id, profile=profile, now=now)
        return replace(_trial(rehearse(setup, settings, facts, now=now), facts), request=None)
    found = setup.configuration.entity(entity)
    if found is None:
        raise Flawed([Flaw("entity", "unknown", f"there is no entity {entity!r}")])
    facts = made_up_lead(setup, found, profile=profile, now=now)
    return _trial(rehearse(setup, settings, facts, now=now), facts)


def tell_trial(trial: Trial, sent: Sent | None) -> TrialDelivery:
    """Say what became of it; `sent` is what the sender answered, if it was asked."""
    ended = sent or trial.ended
    return TrialDelivery(
        partner=trial.partner,
        assignment=trial.assignment,
        channel=trial.channel,
        fields=trial.fields,
        request=trial.shown,
        outcome=ended.outcome if ended else None,
        status=ended.status if ended else None,
        ms=ended.ms if ended else None,
        error=ended.error if ended else None,
        answer=ended.answer if ended else None,
        meaning=_IN_WORDS[ended.outcome] if ended else _NOTHING_IS_SENT,
    )


def tell_preview(trial: Trial) -> TrialDelivery:
    """Say what would be sent, where nothing is."""
    meaning = "" if trial.shown else _NOT_MADE if trial.ended else _NOTHING_IS_SENT
    return replace(tell_trial(trial, None), outcome=None, meaning=meaning)


def _trial(rehearsal: Rehearsal, facts: LeadFacts) -> Trial:
    return Trial(
        partner="",
        assignment=None,
        channel=rehearsal.channel,
        fields={
            each.key: facts.values.get(each.key) for each in facts.fields if not each.encrypted
        },
        request=rehearsal.request,
        shown=rehearsal.shown,
        ended=rehearsal.ended,
    )


def _seat(
    configuration: Configuration, partner: Partner, seats: Seats
) -> tuple[Profile | None, Assignment | None]:
    found = list(_seats(configuration, partner, seats))
    if seats != Seats() and not found:
        raise ThingNotFound(f"the partner {partner.slug!r} has no such assignment in a profile")
    if seats == Seats() and partner.delivery is not None:
        return (found[0][0] if found else None), None
    with_own = [each for each in found if each[1].delivery is not None]
    return next(iter([*with_own, *found]), (None, None))


def _chosen(found: Sequence[DeliverySettings], fallback: int) -> DeliverySettings:
    if not found:
        message = "there are no delivery settings; give the partner or its assignment `delivery`"
        raise Flawed([Flaw("delivery", "missing", message)])
    if not 0 <= fallback < len(found):
        raise ThingNotFound(f"there is no fall-back {fallback}; the last is {len(found) - 1}")
    return found[fallback]


def _seats(
    configuration: Configuration, partner: Partner, seats: Seats
) -> Iterator[tuple[Profile, Assignment]]:
    for profile in configuration.profiles:
        if seats.profile in (None, profile.slug):
            for assignment in profile.assignments:
                is_theirs = assignment.partner == partner.slug
                if is_theirs and seats.assignment in (None, assignment.slug):
                    yield profile, assignment


def _entity(configuration: Configuration, profile: Profile | None) -> Entity:
    entity = configuration.entity(profile.entity) if profile else None
    if entity is None and configuration.entities:
        entity = configuration.entities[0]
    if entity is None:
        raise Flawed([Flaw("entities", "missing", "the account has no entity to make a lead of")])
    return entity
