"""The trace: a lead's decision laid out for reading, with what became of each delivery."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from msgspec import UNSET, Struct

from headgate import clock
from headgate.domain.configuration.value import Configuration
from headgate.domain.deliveries import OPEN, State
from headgate.domain.entities import Entity
from headgate.domain.explanation.document import (
    ExplainedAssignment,
    ExplainedProfile,
    Explanation,
)
from headgate.domain.ids import LeadId
from headgate.domain.instants import rfc3339
from headgate.domain.leads import LeadState
from headgate.domain.verdicts import Because
from headgate.services import setups, tracking
from headgate.services.showing import DeliveryShown, LeadShown
from headgate.web.pages.leads.check_words import (
    CheckRow,
    ConditionRow,
    check_row,
    condition_rows,
    price_in_words,
)
from headgate.web.visits import Visitor

# A page looks again by itself while the next try is as near as this.
_SOON = timedelta(minutes=1)

UNDECIDED: dict[str, Promise] = {
    "duplicate": _("It repeats an earlier lead, so no profile was asked"),
    "held": _("It is held until somebody distributes it"),
    "invalid_fields": _("Some of its values are not valid, so no profile was asked"),
    "source_cap": _("Its source’s cap was reached, so no profile was asked"),
    "honeypot": _("A field that people do not see was filled in, so no profile was asked"),
    "no_token": _("It came from no page that was shown, so no profile was asked"),
    "too_fast": _("It was sent sooner than anybody can type, so no profile was asked"),
    "no_proof": _("The browser did not do the form’s work, so no profile was asked"),
    "erased": _("Its personal data was erased"),
}

_STRATEGIES: dict[str, Promise] = {
    "first_match": _("First match: the highest priority gets it"),
    "send_to_all": _("Send to all that are eligible"),
    "round_robin": _("Round robin: whoever has waited longest"),
    "weighted": _("Weighted: whoever is furthest below their share"),
    "best_price": _("Best price: the highest gets it"),
}
_BECAUSE: dict[Because, Promise] = {
    Because.RECEIVED: _("when the lead arrived"),
    Because.REFUSED: _("because the partner refused it"),
    Because.FAILED: _("because the delivery failed"),
    Because.UNKNOWN: _("because a delivery stayed unknown"),
    Because.RESOLVED: _("because a person resolved a delivery"),
    Because.DISTRIBUTED: _("because a person distributed the lead"),
    Because.WAIT_OVER: _("because a wait was over"),
    Because.STATUS_CHANGED: _("because its status changed"),
}


class SeatTrace(Struct, frozen=True):
    """One assignment's verdict; `delivery` where the lead went there, `price` by volume tiers."""

    partner: str
    assignment: str | None
    rank: int | None
    result: str
    checks: list[CheckRow]
    delivery: DeliveryShown | None
    price: str

    @property
    def failed(self) -> list[CheckRow]:
        return [check for check in self.checks if not check.passed]


class ProfileTrace(Struct, frozen=True):
    name: str
    enabled: bool
    strategy: Promise | str
    matched: bool
    failed: list[ConditionRow]
    seats: list[SeatTrace]


class RoundTrace(Struct, frozen=True):
    n: int
    at: str
    because: Promise | str
    config_version: int
    sentence: str
    profiles: list[ProfileTrace]


class Trace(Struct, frozen=True):
    """The decision's sentence is in two: where the lead went, and what kept it from others.

    `others` are deliveries by assignments that the first round did not know.
    """

    verdict: str
    beside: str
    is_moving: bool
    rounds: list[RoundTrace]
    others: list[tuple[str, DeliveryShown]]


def trace_of(visitor: Visitor, lead: LeadShown) -> Trace:
    explained = tracking.explain_lead(account_id=visitor.account_id, lead_id=LeadId(UUID(lead.id)))
    return _Tracer(visitor, lead, explained).trace()


class _Tracer:
    """Lays one explanation out; each delivery is shown once, at the seat that it came from."""

    def __init__(self, visitor: Visitor, lead: LeadShown, explained: Explanation) -> None:
        self.account_id = visitor.account_id
        self.lead = lead
        self.explained = explained
        self.deliveries = {(each.profile, each.assignment): each for each in lead.deliveries}

    def trace(self) -> Trace:
        rounds = []
        for position, each in enumerate(self.explained.rounds):
            # The top level is the first round, with its results brought up to date.
            profiles = each.profiles if position else self.explained.profiles
            rounds.append(
                RoundTrace(
                    n=each.n,
                    at=each.at,
                    because=_BECAUSE[each.because],
                    config_version=each.config_version,
                    sentence=each.sentence,
                    profiles=self._profiles(profiles, each.config_version),
                )
            )
        why_not = UNDECIDED.get(self.lead.outcome.reason or self.lead.state)
        said = self.explained.sentence if rounds or not why_not else str(why_not)
        verdict, _separator, beside = said.partition("; ")
        in_force = setups.in_force(self.account_id).configuration
        return Trace(
            verdict=verdict,
            beside=beside,
            is_moving=_is_moving(self.lead),
            rounds=rounds,
            others=[(_partner(in_force, each.partner), each) for each in self.deliveries.values()],
        )

    def _profiles(self, profiles: Sequence[ExplainedProfile], version: int) -> list[ProfileTrace]:
        configuration = setups.at_version(self.account_id, version).configuration
        entity = configuration.entity(self.lead.entity) or Entity("", "")
        return profile_traces(profiles, configuration, entity, self.deliveries)


def profile_traces(
    profiles: Sequence[ExplainedProfile],
    configuration: Configuration,
    entity: Entity,
    deliveries: dict[tuple[str, str], DeliveryShown],
) -> list[ProfileTrace]:
    """Lay verdicts out; each delivery is taken out of `deliveries` by the seat it came from."""
    return [
        ProfileTrace(
            name=_profile(configuration, profile.profile),
            enabled=profile.enabled,
            strategy=_STRATEGIES.get(profile.strategy, profile.strategy),
            matched=profile.matched,
            failed=condition_rows(profile.failed, entity),
            seats=[
                _seat(seat, configuration, entity, deliveries.pop(_key(profile, seat), None))
                for seat in sorted(profile.assignments, key=_by_rank)
            ]
            if profile.matched
            else [],
        )
        for profile in profiles
    ]


def _key(profile: ExplainedProfile, seat: ExplainedAssignment) -> tuple[str, str]:
    return profile.profile, seat.assignment


def _seat(
    seat: ExplainedAssignment,
    configuration: Configuration,
    entity: Entity,
    delivery: DeliveryShown | None,
) -> SeatTrace:
    return SeatTrace(
        partner=_partner(configuration, seat.partner),
        assignment=seat.assignment if seat.assignment != seat.partner else None,
        rank=seat.rank,
        result=seat.result,
        checks=[check_row(check, configuration, entity) for check in seat.checks],
        delivery=delivery,
        price=(
            price_in_words(seat.price, configuration.account.currency)
            if seat.price is not UNSET
            else ""
        ),
    )


def _is_moving(lead: LeadShown) -> bool:
    soon = rfc3339(clock.now() + _SOON)
    return lead.state == LeadState.RECEIVED or any(
        State(each.state) in OPEN and (each.next_try_at or "") < soon for each in lead.deliveries
    )


def _by_rank(seat: ExplainedAssignment) -> tuple[bool, int]:
    """Put the eligible first, in their order; the others stay as they are listed."""
    return seat.rank is None, seat.rank or 0


def _partner(configuration: Configuration, slug: str) -> str:
    partner = configuration.partner(slug)
    return partner.name if partner else slug


def _profile(configuration: Configuration, slug: str) -> str:
    profile = configuration.profile(slug)
    return profile.name if profile else slug
