"""A stored round expands to what was true of every assignment when it was decided."""

from collections.abc import Iterable

import msgspec
from deciding import Desk
from generated_setups import candidates, desks
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from headgate.domain.caps import NO_LIMIT, Per, Unit
from headgate.domain.decision import Candidate, Decision, Held
from headgate.domain.deliveries import State
from headgate.domain.explanation import explain
from headgate.domain.explanation.document import (
    BalanceCheck,
    CapCheck,
    ExplainedAssignment,
    ExplainedProfile,
    RulesCheck,
    SuppressedCheck,
)
from headgate.domain.explanation.reasons import Reasoning
from headgate.domain.matching import EntityPlan, Line
from headgate.domain.money import parse_amount
from headgate.domain.profiles import Strategy
from headgate.domain.rules.tree import Condition, Operator
from headgate.domain.rules.wording import sentence
from headgate.domain.seats import Seat
from headgate.domain.verdicts import BALANCE, CAP, Result, Round

_IN_LINE = (Result.SELECTED, Result.NEXT_IN_LINE)
_LIVE = {State.PENDING, State.SENDING, State.DELIVERED, State.RETURNED, State.UNKNOWN}


class Witness:
    """Looks at every seat one check at a time, in the plainest way, line after line."""

    def __init__(self, desk: Desk, candidate: Candidate) -> None:
        self.desk = desk
        self.candidate = candidate
        self.used = list(desk.used)
        self.held = list(candidate.held)

    def failing(self, seat: Seat, line: Line, plan: EntityPlan) -> list[str]:
        lead, desk = self.candidate, self.desk
        checks = {
            "rules": not seat.matches(plan.comparables(lead.values)),
            "assignment_enabled": not seat.assignment.enabled,
            "partner_active": not seat.partner.active,
            "suppressed": lead.suppressed.from_all is not None
            or seat.partner_id in lead.suppressed.from_partners,
            "already_has_lead": seat.partner_id in lead.has_person
            or any(each.partner_id == seat.partner_id for each in self.held),
            "taken": any(
                each.profile_id != line.id
                and each.state in _LIVE
                and (each.exclusive or line.profile.exclusive)
                for each in self.held
            ),
            "hours": not seat.is_open(desk.now),
            "cap": any(
                self.used[cap.slot] + (self.price(seat, line) if cap.is_money else 1) > cap.limit
                for cap in seat.caps
                if cap.failure == CAP
            ),
            "balance": any(
                self.used[cap.slot] + self.price(seat, line) > 0
                for cap in seat.caps
                if cap.failure == BALANCE
            ),
            "channel": seat.id in desk.down or not seat.ways,
        }
        return [check for check, fails in checks.items() if fails]

    def price(self, seat: Seat, line: Line) -> int:
        """Return the price in force: that of the last tier that so many leads came before."""
        own = seat.assignment.price_minor
        price = (line.profile.price_minor or 0) if own is None else own
        for tier in seat.assignment.price_tiers:
            if self.leads_of_month(seat) >= tier.after:
                price = tier.price_minor
        return price

    def leads_of_month(self, seat: Seat) -> int:
        return next(
            self.used[number]
            for number, slot in enumerate(self.desk.plan.slots)
            if (slot.owner_id, slot.cap.per, slot.cap.unit) == (seat.id, Per.MONTH, Unit.LEADS)
        )

    def take(self, line: Line, seats: Iterable[Seat]) -> None:
        for seat in seats:
            self.held.append(
                Held(
                    line.id,
                    line.profile.slug,
                    line.profile.exclusive,
                    seat.partner_id,
                    State.PENDING,
                )
            )
            for cap in seat.caps:
                self.used[cap.slot] += cap.amount


def failing_checks(explained: ExplainedAssignment) -> list[str]:
    return list(dict.fromkeys(check.check for check in explained.checks if not check.passed))


def readings(explained: ExplainedAssignment) -> list[int]:
    caps = [check for check in explained.checks if isinstance(check, CapCheck)]
    used = [
        parse_amount(cap.used, "USD") if isinstance(cap.used, str) else cap.used for cap in caps
    ]
    balances = [
        -parse_amount(check.available, "USD")
        for check in explained.checks
        if isinstance(check, BalanceCheck) and isinstance(check.available, str)
    ]
    return used + balances


def stored_and_explained(desk: Desk, decision: Decision) -> list[ExplainedProfile]:
    """Return the enabled profiles, explained from a record that was written and read."""
    stored = msgspec.json.decode(msgspec.json.encode(decision.round), type=Round)
    explained = explain([stored], lambda _: desk.configuration, "solar", {})
    return [each for each in explained.profiles if each.enabled]


class TestExplain:
    @given(desks(), st.data())
    @settings(deadline=None, max_examples=100)
    def test_says_of_every_seat_what_was_true_when_it_was_decided(
        self, desk: Desk, data: st.DataObject
    ) -> None:
        candidate = data.draw(candidates(desk))
        decision = desk.decide(**msgspec.structs.asdict(candidate))

        explained = stored_and_explained(desk, decision)

        plan, witness = desk.plan.entities["solar"], Witness(desk, candidate)
        for line, found in zip(plan.lines, explained, strict=True):
            assert found.matched is line.matches(plan.comparables(candidate.values))
            if not found.matched:
                assert {each.result for each in found.assignments} <= {"rules_not_met"}
                continue
            before = [witness.failing(seat, line, plan) for seat in line.seats]
            used = list(witness.used)
            prices = {seat.id: witness.price(seat, line) for seat in line.seats}
            for selection in decision.selections:
                if selection.line.id == line.id:
                    assert selection.seat.price_minor == prices[selection.seat.id]
            witness.take(line, [s.seat for s in decision.selections if s.line.id == line.id])
            for seat, each, failed in zip(line.seats, found.assignments, before, strict=True):
                if each.price is not UNSET:
                    assert parse_amount(each.price.price, "USD") == prices[seat.id]
                assert (each.price is not UNSET) is bool(seat.assignment.price_tiers)
                failing = failing_checks(each)
                if failed or not failing:
                    assert failing == failed
                    assert readings(each) == [
                        used[cap.slot] for cap in seat.caps if cap.limit != NO_LIMIT
                    ]
                else:
                    # It lost its room, or its partner the lead, to this very choice.
                    assert set(failing) <= set(witness.failing(seat, line, plan))

    @given(desks(), st.data())
    @settings(deadline=None, max_examples=60)
    def test_names_the_list_that_suppressed_a_person(self, desk: Desk, data: st.DataObject) -> None:
        candidate = data.draw(candidates(desk))
        decision = desk.decide(**msgspec.structs.asdict(candidate))

        named = {
            (each.partner, check.list)
            for profile in stored_and_explained(desk, decision)
            for each in profile.assignments
            for check in each.checks
            if isinstance(check, SuppressedCheck) and not check.passed
        }

        suppressed, ids = candidate.suppressed, desk.identities.partners
        for slug, name in named:
            assert name == (suppressed.from_all or suppressed.from_partners[ids[slug]])

    @given(desks(), st.data())
    @settings(deadline=None, max_examples=60)
    def test_shows_as_selected_exactly_those_that_were(
        self, desk: Desk, data: st.DataObject
    ) -> None:
        candidate = data.draw(candidates(desk))
        decision = desk.decide(**msgspec.structs.asdict(candidate))

        shown = {
            (profile.profile, each.assignment)
            for profile in stored_and_explained(desk, decision)
            for each in profile.assignments
            if each.result is Result.SELECTED
        }

        assert shown == {(s.line.profile.slug, s.seat.assignment.slug) for s in decision.selections}

    @given(desks(), st.data())
    @settings(deadline=None, max_examples=60)
    def test_ranks_those_in_line_without_a_gap(self, desk: Desk, data: st.DataObject) -> None:
        candidate = data.draw(candidates(desk))
        decision = desk.decide(**msgspec.structs.asdict(candidate))

        for profile in stored_and_explained(desk, decision):
            ranks = sorted(each.rank for each in profile.assignments if each.rank)
            in_line = [each for each in profile.assignments if each.result in _IN_LINE]
            assert ranks == list(range(1, len(ranks) + 1))
            # A weight of 0 passes every check and is never chosen.
            assert all(each.rank or profile.strategy is Strategy.WEIGHTED for each in in_line)
            assert all(each in in_line for each in profile.assignments if each.rank)


def first_failure(explained: ExplainedAssignment) -> Condition | None:
    """Return the condition of the rules that is named first, without its value."""
    rules = explained.checks[0]
    if rules.passed or not isinstance(rules, RulesCheck) or not rules.failed:
        return None
    return Condition(rules.failed[0].field, rules.failed[0].op)


class TestReasoning:
    @given(desks(), st.data())
    @settings(deadline=None, max_examples=60)
    def test_names_what_the_whole_explanation_names_first(
        self, desk: Desk, data: st.DataObject
    ) -> None:
        decision = desk.decide(**msgspec.structs.asdict(data.draw(candidates(desk))))
        entity = desk.plan.entities["solar"].entity

        reasons = Reasoning(desk.configuration, entity).reasons_in(decision.round)

        explained = stored_and_explained(desk, decision)
        assert {(each.profile, each.partner, each.result) for each in reasons} == {
            (profile.profile, each.partner, each.result)
            for profile in explained
            if profile.matched
            for each in profile.assignments
        } | {(each.profile, None, "rules_not_met") for each in explained if not each.matched}
        for profile in explained:
            seats = profile.assignments if profile.matched else profile.assignments[:1]
            for each in seats:
                blamed = first_failure(each)
                partner = each.partner if profile.matched else None
                told = [
                    reason.condition
                    for reason in reasons
                    if (reason.profile, reason.partner, reason.result)
                    == (profile.profile, partner, each.result)
                ]
                if blamed is None:
                    assert None in told
                else:
                    begin = sentence(Condition(blamed.field, Operator.IS_EMPTY), entity)
                    label = begin.removesuffix(" is empty")
                    assert any(str(words).startswith(label) for words in told)
