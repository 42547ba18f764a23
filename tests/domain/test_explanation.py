"""The decision document: the contract's shape, and rounds brought up to date."""

from collections.abc import Mapping

import msgspec
import pytest
from deciding import Desk, all_, any_, day, is_, profile, seat, spend
from explaining import document, first_profile, results

from headgate.domain.configuration.value import Configuration
from headgate.domain.deliveries import State
from headgate.domain.explanation import explain
from headgate.domain.explanation.scene import UnknownEntity
from headgate.domain.verdicts import Because

CHECKS = [
    "rules",
    "assignment_enabled",
    "partner_active",
    "suppressed",
    "already_has_lead",
    "taken",
    "hours",
    "balance",
    "channel",
]


class TestDocument:
    def test_has_the_contracts_shape(self) -> None:
        sun = seat(
            "sunpeak", priority=10, caps=(day(10),), rules=any_(is_("zip", "starts_with", "9"))
        )
        other = seat("other", rules=any_(all_(is_("zip", "starts_with", "90"))))
        desk = Desk(profile("residential", sun, other), used={"residential/sunpeak": 3})

        found = document(desk, desk.decide({"zip": "91210"}))

        without_sentences = [dict(each) for each in found["profiles"][0]["assignments"]]
        for each in without_sentences:
            each.pop("sentence")
            each["checks"] = [
                check for check in each["checks"] if check["check"] in ("rules", "cap")
            ]
        assert without_sentences == [
            {
                "assignment": "sunpeak",
                "partner": "sunpeak",
                "rank": 1,
                "result": "selected",
                "checks": [
                    {"check": "rules", "passed": True},
                    {
                        "check": "cap",
                        "passed": True,
                        "per": "day",
                        "unit": "leads",
                        "scope": "assignment",
                        "used": 3,
                        "limit": 10,
                        "resets_at": "2026-11-24T00:00:00.000Z",
                        "timezone": "UTC",
                    },
                ],
            },
            {
                "assignment": "other",
                "partner": "other",
                "rank": None,
                "result": "rules_not_met",
                "checks": [
                    {
                        "check": "rules",
                        "passed": False,
                        "path": "any[0].all[0]",
                        "field": "zip",
                        "op": "starts_with",
                        "expected": "90",
                        "actual": "91210",
                        "failed": [
                            {
                                "path": "any[0].all[0]",
                                "field": "zip",
                                "op": "starts_with",
                                "expected": "90",
                                "actual": "91210",
                            }
                        ],
                    }
                ],
            },
        ]
        assert (found["config_version"], found["decided_at"]) == (1, "2026-11-23T10:00:00.000Z")
        assert {
            key: found["rounds"][0][key] for key in ("n", "at", "because", "config_version")
        } == {
            "n": 1,
            "at": "2026-11-23T10:00:00.000Z",
            "because": "received",
            "config_version": 1,
        }
        assert found["rounds"][0]["profiles"] == found["profiles"]

    def test_makes_every_check_in_order(self) -> None:
        desk = Desk(profile("main", seat("sun", caps=(day(1), spend(5))), caps=(day(1),)))

        (assignment,) = first_profile(desk)["assignments"]

        names = [check["check"] for check in assignment["checks"]]
        assert names == [*CHECKS[:7], "cap", "cap", "cap", *CHECKS[7:]]
        assert all(check["passed"] for check in assignment["checks"])

    def test_lists_disabled_profiles_in_their_place(self) -> None:
        desk = Desk(
            profile("first", seat("a")),
            profile("off", seat("b"), enabled=False, strategy="weighted"),
            profile("last", seat("c")),
        )

        profiles = document(desk, desk.decide())["profiles"]

        assert [each["profile"] for each in profiles] == ["first", "off", "last"]
        assert profiles[1] == {
            "profile": "off",
            "enabled": False,
            "strategy": "weighted",
            "matched": False,
            "failed": [],
            "assignments": [],
        }

    def test_says_so_when_nothing_was_decided(self) -> None:
        found = document(Desk(profile("main", seat("a"))))

        assert found == {
            "config_version": None,
            "decided_at": None,
            "sentence": "This lead has not been decided yet",
            "profiles": [],
            "rounds": [],
        }

    def test_is_refused_for_an_entity_that_the_version_lacks(self) -> None:
        desk = Desk(profile("main", seat("a")))

        with pytest.raises(UnknownEntity, match="version 1 has no entity 'wind'"):
            explain([desk.decide().round], lambda _: desk.configuration, "wind", {})


class TestRounds:
    @pytest.mark.parametrize(
        ("state", "result"),
        [
            (State.PENDING, "selected"),
            (State.SENDING, "selected"),
            (State.DELIVERED, "selected"),
            (State.UNKNOWN, "selected"),
            (State.CANCELLED, "selected"),
            (State.RETURNED, "selected"),
            (State.REJECTED, "refused"),
            (State.FAILED, "failed"),
        ],
    )
    def test_bring_the_top_level_up_to_date(self, state: State, result: str) -> None:
        desk = Desk(profile("main", seat("a")))

        found = document(desk, desk.decide(), fates={("main", "a"): state})

        assert found["profiles"][0]["assignments"][0]["result"] == result
        assert found["rounds"][0]["profiles"][0]["assignments"][0]["result"] == "selected"

    def test_stand_each_as_it_was_decided(self) -> None:
        desk = Desk(profile("main", *map(seat, "abc")))
        refused = (desk.held("main", "a", State.REJECTED),)
        rounds = desk.decide(), desk.decide(held=refused, because=Because.REFUSED, n=2)
        fates = {("main", "a"): State.REJECTED, ("main", "b"): State.DELIVERED}

        found = document(desk, *rounds, fates=fates)

        assert results(found["profiles"]) == ["refused", "selected", "next_in_line"]
        assert results(found["rounds"][0]["profiles"]) == ["selected"] + ["next_in_line"] * 2
        assert results(found["rounds"][1]["profiles"]) == [
            "already_has_lead",
            "selected",
            "next_in_line",
        ]
        assert found["rounds"][1]["because"] == "refused"

    def test_are_read_with_the_configuration_of_their_version(self) -> None:
        old = Desk(profile("main", seat("a", caps=(day(0),)), seat("b")))
        new = Desk(profile("main", seat("c", caps=(day(7),))))
        first = old.decide().round
        second = msgspec.structs.replace(new.decide(n=2).round, config_version=2)
        versions: Mapping[int, Configuration] = {1: old.configuration, 2: new.configuration}

        found = explain(
            [first, second], versions.__getitem__, "solar", {("main", "b"): State.FAILED}
        )

        assert [each.assignment for each in found.profiles[0].assignments] == ["a", "b"]
        assert [each.assignment for each in found.rounds[1].profiles[0].assignments] == ["c"]
        assert [each.config_version for each in found.rounds] == [1, 2]
