"""Which reports go out by mail is set up in the console."""

import pytest
from reception import Reception, text_of

from headgate.domain.reports import By, Rhythm, ScheduledReport
from headgate.services import setups

PAGE = "/reports/by-mail"
WEEKLY = {
    "_seen": "1",
    "reports[0].to:lines": "boss@acme.example\nann@acme.example",
    "reports[0].by": "source",
    "reports[0].every": "week",
    "reports[0].at": "06:30",
}


def in_force(reception: Reception) -> tuple[ScheduledReport, ...]:
    return setups.in_force(reception.account_id).configuration.reports


class TestReportsByMail:
    def test_are_saved_as_a_new_version(self, reception: Reception) -> None:
        client = reception.at_the_desk()

        saved = client.post(PAGE, WEEKLY)

        to = ("boss@acme.example", "ann@acme.example")
        assert saved.status_code == 302
        assert in_force(reception) == (ScheduledReport(to, By.SOURCE, Rhythm.WEEK, "06:30"),)
        shown = text_of(client, PAGE)
        assert "boss@acme.example" in shown
        assert "Next:" in shown

    def test_are_taken_out_when_none_is_left(self, reception: Reception) -> None:
        client = reception.at_the_desk()
        client.post(PAGE, WEEKLY)

        client.post(PAGE, {"_seen": "2"})

        assert in_force(reception) == ()

    @pytest.mark.parametrize(
        ("control", "said", "told"),
        [
            ("reports[0].to:lines", "", "it goes to"),
            ("reports[0].to:lines", "boss", "not an email address"),
            ("reports[0].at", "noon", "no time of day"),
        ],
    )
    def test_name_what_cannot_be(
        self, reception: Reception, control: str, said: str, told: str
    ) -> None:
        refused = reception.at_the_desk().post(PAGE, WEEKLY | {control: said})

        assert refused.status_code == 422
        assert told in refused.content.decode()

    def test_change_without_being_saved(self, reception: Reception) -> None:
        shown = reception.at_the_desk().post(PAGE, {"_seen": "1", "_do": "add reports"})

        assert shown.status_code == 200
        assert 'name="reports[0].to:lines"' in shown.content.decode()
        assert in_force(reception) == ()
