"""Recorded rounds expanded into the decision document, from nothing but the record."""

from collections.abc import Callable, Mapping, Sequence

from msgspec import UNSET, UnsetType

from headgate.domain.assignments import Assignment
from headgate.domain.configuration.value import Configuration
from headgate.domain.deliveries import State
from headgate.domain.explanation.checking import checks_of, rules_check
from headgate.domain.explanation.document import (
    ExplainedAssignment,
    ExplainedPrice,
    ExplainedProfile,
    ExplainedRound,
    Explanation,
)
from headgate.domain.explanation.scene import Scene, scene_of
from headgate.domain.explanation.wording import (
    Finding,
    assignment_sentence,
    decision_sentence,
)
from headgate.domain.instants import rfc3339
from headgate.domain.money import format_amount
from headgate.domain.profiles import Profile
from headgate.domain.rules.explaining import Failure
from headgate.domain.verdicts import ProfileVerdict, Result, Round, failures_of, result_of

Fates = Mapping[tuple[str, str], State]

_RESULT_AFTER = {State.REJECTED: Result.REFUSED, State.FAILED: Result.FAILED}


def explain(
    rounds: Sequence[Round],
    configuration_of: Callable[[int], Configuration],
    entity_slug: str,
    fates: Fates,
) -> Explanation:
    """Expand the rounds, each under the configuration of its own version.

    `fates` are the states of the lead's deliveries by profile and assignment: they bring the
    first round's results up to date, and that is the top level.
    """
    if not rounds:
        return Explanation(None, None, "This lead has not been decided yet")
    explained = [
        explain_round(record, configuration_of(record.config_version), entity_slug)
        for record in rounds
    ]
    first = rounds[0]
    scene = scene_of(configuration_of(first.config_version), entity_slug, first)
    profiles = _profiles(first, scene, fates)
    listed = {(p.profile, each.assignment) for p in profiles for each in p.assignments}
    elsewhere = [
        f"{profile} / {assignment}"
        for (profile, assignment), state in fates.items()
        if (profile, assignment) not in listed and state not in _RESULT_AFTER
    ]
    return Explanation(
        config_version=first.config_version,
        decided_at=rfc3339(scene.at),
        sentence=decision_sentence(profiles, scene, elsewhere=elsewhere),
        profiles=profiles,
        rounds=tuple(explained),
    )


def explain_round(record: Round, configuration: Configuration, entity_slug: str) -> ExplainedRound:
    """Expand one round as it was decided, whatever became of it; the configuration is its own."""
    scene = scene_of(configuration, entity_slug, record)
    profiles = _profiles(record, scene, {})
    return ExplainedRound(
        n=record.n,
        at=rfc3339(scene.at),
        because=record.because,
        config_version=record.config_version,
        sentence=decision_sentence(profiles, scene),
        profiles=profiles,
    )


def _profiles(record: Round, scene: Scene, fates: Fates) -> tuple[ExplainedProfile, ...]:
    verdicts = {verdict.slug: verdict for verdict in record.profiles}
    return tuple(
        _explain_profile(profile, verdicts.get(profile.slug), scene, fates)
        for profile in scene.profiles
    )


def _explain_profile(
    profile: Profile, verdict: ProfileVerdict | None, scene: Scene, fates: Fates
) -> ExplainedProfile:
    """Explain a profile; one that was disabled has no verdict."""
    if verdict is None:
        return ExplainedProfile(profile.slug, False, profile.strategy, matched=False)
    failed = () if verdict.matched else scene.failures(profile.rules)
    findings = _findings(profile, verdict, scene, failed)
    return ExplainedProfile(
        profile=profile.slug,
        enabled=True,
        strategy=profile.strategy,
        matched=verdict.matched,
        failed=failed,
        assignments=tuple(
            _explain_assignment(
                finding, assignment, scene, fates.get((profile.slug, assignment.slug))
            )
            for assignment, finding in zip(profile.assignments, findings, strict=True)
        ),
    )


def _findings(
    profile: Profile, verdict: ProfileVerdict, scene: Scene, unmet: tuple[Failure, ...]
) -> list[Finding]:
    """Return what was found of each seat; `unmet` is why the profile did not match."""
    if not verdict.matched:
        check = rules_check(unmet, of_profile=True)
        finding = Finding(profile, Result.RULES_NOT_MET, (check,))
        return [finding for _ in profile.assignments]
    ranks = {position: rank for rank, position in enumerate(verdict.ranked, 1)}
    readings = scene.readings(profile, verdict)
    findings = []
    for position, failed in enumerate(failures_of(verdict)):
        passed = Result.SELECTED if position in verdict.selected else Result.NEXT_IN_LINE
        checks = checks_of(
            scene,
            profile.assignments[position],
            failed,
            taken_by=verdict.taken_by,
            readings=readings[position].caps,
        )
        result = result_of(failed) or passed
        reading = readings[position]
        findings.append(Finding(profile, result, checks, ranks.get(position), len(ranks), reading))
    return findings


def _explain_assignment(
    finding: Finding, assignment: Assignment, scene: Scene, fate: State | None
) -> ExplainedAssignment:
    result = finding.result if fate is None else _RESULT_AFTER.get(fate, Result.SELECTED)
    return ExplainedAssignment(
        assignment=assignment.slug,
        partner=assignment.partner,
        rank=finding.rank,
        result=result,
        sentence=assignment_sentence(finding, assignment, scene, fate),
        checks=finding.checks,
        price=_price(finding, scene),
    )


def _price(finding: Finding, scene: Scene) -> ExplainedPrice | UnsetType:
    tiered = finding.reading.tiered if finding.reading else None
    if tiered is None:
        return UNSET
    price = format_amount(tiered.price_minor, scene.currency)
    return ExplainedPrice(price, tiered.after, tiered.ordinal)
