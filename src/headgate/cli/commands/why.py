"""`headgate why`: the stored verdicts on a lead, in words."""

import argparse
from collections.abc import Iterator
from uuid import UUID

import msgspec
from rich.console import Console
from rich.text import Text

from headgate.cli import choosing, environment
from headgate.cli.refusals import Refused
from headgate.domain.explanation import Explanation
from headgate.domain.explanation.document import Check, ExplainedAssignment, ExplainedProfile
from headgate.domain.ids import LeadId
from headgate.domain.verdicts import Result
from headgate.services import tracking
from headgate.services.showing import DeliveryShown

_STYLES = {
    Result.SELECTED: "bold green",
    Result.NEXT_IN_LINE: "green",
    Result.REFUSED: "yellow",
    Result.FAILED: "yellow",
}
_PLAIN_WIDTH = 1_000


def run(given: argparse.Namespace) -> int:
    environment.open_installation()
    account_id, lead_id = choosing.account(given.account).id, _lead_id(given.lead)
    explanation = tracking.explain_lead(account_id=account_id, lead_id=lead_id)
    lead = tracking.show_lead(account_id=account_id, lead_id=lead_id, in_clear=False)
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _PLAIN_WIDTH
    for line in _lines(explanation, given.partner):
        console.print(line)
    for delivery in lead.deliveries:
        if delivery.fallback and given.partner in (None, delivery.partner):
            console.print(_fell_back(delivery))
    return 0


def _fell_back(delivery: DeliveryShown) -> Text:
    attempts = delivery.attempts or []
    tries = ", ".join(f"{each.channel} {each.outcome}" for each in attempts) or "none yet"
    goes = f"goes by {delivery.channel}, fall-back {delivery.fallback}; tries: {tries}"
    return _text(f"Delivery to {delivery.partner} {goes}.")


def _lead_id(text: str) -> LeadId:
    try:
        return LeadId(UUID(text))
    except ValueError:
        raise Refused(
            f"{text!r} is no lead's id; one is 01993f5e-…, as the API answers it"
        ) from None


def _lines(explanation: Explanation, partner: str | None) -> Iterator[Text]:
    profiles = explanation.profiles
    if partner is not None:
        profiles = _narrowed(profiles, partner)
    else:
        yield _text(f"{explanation.sentence}.", "bold")
    if explanation.decided_at is not None:
        decided = f"Decided {explanation.decided_at}"
        yield _text(f"{decided} under configuration version {explanation.config_version}.")
    for profile in profiles:
        yield from _profile_lines(profile)
    if partner is None:
        for again in explanation.rounds[1:]:
            yield _text(f"Round {again.n}, {again.at}, because {again.because}: {again.sentence}.")


def _narrowed(profiles: tuple[ExplainedProfile, ...], partner: str) -> tuple[ExplainedProfile, ...]:
    """Return the profiles with this partner's assignments only.

    :raises Refused: it had none.
    """
    found = []
    for profile in profiles:
        theirs = tuple(each for each in profile.assignments if each.partner == partner)
        if theirs:
            found.append(msgspec.structs.replace(profile, assignments=theirs))
    if not found:
        known = {each.partner for profile in profiles for each in profile.assignments}
        listed = ", ".join(sorted(known)) or "none"
        raise Refused(f"no verdict on {partner!r}; there are verdicts on: {listed}")
    return tuple(found)


def _profile_lines(profile: ExplainedProfile) -> Iterator[Text]:
    state = f"{profile.strategy}" if profile.enabled else "disabled"
    if profile.enabled and not profile.matched:
        state += ", its rules are not met"
    yield _text(f"\nProfile {profile.profile} ({state})", "bold")
    for assignment in profile.assignments:
        yield from _assignment_lines(assignment)


def _assignment_lines(assignment: ExplainedAssignment) -> Iterator[Text]:
    rank = f"{assignment.rank}." if assignment.rank else "–"
    head = f"  {rank:<3} {assignment.assignment:<20} {assignment.result:<20} "
    yield _text(head, _STYLES.get(assignment.result, "dim")) + _text(assignment.sentence)
    for check in assignment.checks:
        if not check.passed:
            yield _text(f"        ✗ {_check_words(check)}", "red")


def _check_words(check: Check) -> str:
    said = msgspec.to_builtins(check)
    parts = [
        f"{name} {value if value is not None else 'nothing'}"
        for name, value in said.items()
        if name not in ("check", "passed", "failed")
    ]
    return f"{check.check}: {', '.join(parts)}" if parts else check.check


def _text(words: str, style: str = "") -> Text:
    """Return text of which no value can steer the terminal."""
    return Text("".join(c if c.isprintable() or c == "\n" else "�" for c in words), style)
