"""The details of each check in the decision document."""

from typing import Any

from deciding import Desk, all_, day, hours, is_, none_, partner, profile, seat, spend
from explaining import document, first_checks, first_profile

from headgate.domain.deliveries import State


class TestRules:
    def test_of_the_profile_are_the_reason_of_all_its_assignments(self) -> None:
        wanted = all_(is_("zip", "equals", "1"), is_("budget", "gt", "5"))
        desk = Desk(profile("main", seat("a"), seat("b", enabled=False), rules=wanted))

        found = first_profile(desk, {"zip": "2", "budget": 3})

        assert found["matched"] is False
        assert [each["path"] for each in found["failed"]] == ["all[0]", "all[1]"]
        for each in found["assignments"]:
            (check,) = each["checks"]
            assert (each["result"], each["rank"]) == ("rules_not_met", None)
            assert (check["scope"], check["path"]) == ("profile", "all[0]")
            assert check["failed"] == found["failed"]

    def test_show_an_absent_value_as_null(self) -> None:
        desk = Desk(profile("main", seat("a", rules=is_("zip", "equals", "1"))))

        check = first_checks(desk)["rules"]

        assert check["actual"] is None

    def test_blame_what_holds_under_none(self) -> None:
        unwanted = none_(is_("zip", "equals", "1"), is_("zip", "equals", "2"))
        desk = Desk(profile("main", seat("a", rules=unwanted)))

        check = first_checks(desk, {"zip": "2"})["rules"]

        assert (check["path"], check["expected"], check["actual"]) == ("none[1]", "2", "2")


class TestDetails:
    def test_tell_the_partners_duplicate_days(self) -> None:
        desk = Desk(profile("main", seat("sun")), partners=[partner("sun", duplicate_days=90)])

        check = first_checks(desk, has_person=desk.partner_ids("sun"))["already_has_lead"]

        assert check == {"passed": False, "duplicate_days": 90}

    def test_tell_nothing_of_the_person_when_it_is_this_very_lead(self) -> None:
        desk = Desk(profile("main", seat("sun")), partners=[partner("sun", duplicate_days=90)])
        tried = (desk.held("main", "sun", State.FAILED),)

        check = first_checks(desk, has_person=desk.partner_ids("sun"), held=tried)

        assert check["already_has_lead"] == {"passed": False}

    def test_tell_which_profile_has_taken_the_lead(self) -> None:
        desk = Desk(profile("main", seat("a")), profile("late", seat("b")))

        (assignment,) = document(desk, desk.decide())["profiles"][1]["assignments"]

        taken = next(check for check in assignment["checks"] if check["check"] == "taken")
        assert taken == {"check": "taken", "passed": False, "by": "main"}
        assert assignment["result"] == "taken"

    def test_tell_when_the_partner_opens(self) -> None:
        sun = partner("sun", timezone="America/Denver", hours=hours(mon="09:00-17:00"))
        desk = Desk(profile("main", seat("sun")), partners=[sun])

        check = first_checks(desk)["hours"]

        assert check == {
            "passed": False,
            "opens_at": "2026-11-23T16:00:00.000Z",
            "timezone": "America/Denver",
        }

    def test_tell_a_partner_that_never_opens(self) -> None:
        desk = Desk(profile("main", seat("sun", hours=hours())))

        assert first_checks(desk)["hours"]["opens_at"] is None

    def test_write_budgets_as_money(self) -> None:
        rest: dict[str, Any] = {"price_minor": 1250, "caps": (spend(500_000),)}
        desk = Desk(profile("main", seat("sun", **rest)), used={"main/sun": 499_000})

        check = first_checks(desk)["cap"]

        assert (check["passed"], check["used"], check["limit"], check["price"]) == (
            False,
            "4990.00",
            "5000.00",
            "12.50",
        )

    def test_count_what_the_same_choice_took_before(self) -> None:
        desk = Desk(profile("main", *map(seat, "abc"), strategy="send_to_all", caps=(day(2),)))

        assignments = first_profile(desk)["assignments"]

        caps = [
            (check["used"], check["passed"])
            for each in assignments
            for check in each["checks"]
            if check["check"] == "cap"
        ]
        assert caps == [(0, True), (0, True), (2, False)]
        assert [each["rank"] for each in assignments] == [1, 2, None]

    def test_reset_by_the_calendar_of_the_caps_owner(self) -> None:
        sun = partner("sun", timezone="Europe/Berlin", caps=(day(1),))
        desk = Desk(profile("main", seat("sun"), caps=(day(1),)), partners=[sun])

        (assignment,) = first_profile(desk)["assignments"]

        resets = [check["resets_at"] for check in assignment["checks"] if check["check"] == "cap"]
        assert resets == ["2026-11-23T23:00:00.000Z", "2026-11-24T00:00:00.000Z"]
