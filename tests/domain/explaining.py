"""Decision documents as a reader of the API gets them."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from deciding import Desk

from headgate.domain.decision import Decision
from headgate.domain.deliveries import State
from headgate.domain.explanation import explain
from headgate.domain.verdicts import Round


def document(
    desk: Desk, *decisions: Decision, fates: Mapping[tuple[str, str], State] | None = None
) -> Any:
    """Return the JSON document as Python values, from rounds that were stored in between."""
    stored = msgspec.json.encode([decision.round for decision in decisions])
    rounds = msgspec.json.decode(stored, type=list[Round])
    explained = explain(rounds, lambda _: desk.configuration, "solar", fates or {})
    return msgspec.json.decode(msgspec.json.encode(explained))


def first_profile(desk: Desk, values: Mapping[str, object] | None = None, **rest: Any) -> Any:
    return document(desk, desk.decide(values, **rest))["profiles"][0]


def first_checks(desk: Desk, values: Mapping[str, object] | None = None, **rest: Any) -> Any:
    """Return the details of the first assignment's checks by their names."""
    (assignment, *_) = first_profile(desk, values, **rest)["assignments"]
    return {check.pop("check"): check for check in assignment["checks"]}


def results(profiles: Sequence[Any]) -> list[str]:
    return [each["result"] for profile in profiles for each in profile["assignments"]]
