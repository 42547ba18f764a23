"""The report page: figures that lead to their rows, by whatever one asks for."""

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from reception import ACME, Reception

from headgate import clock
from headgate.services import configuration

pytestmark = pytest.mark.usefixtures("database", "installation")


@pytest.fixture
def reception() -> Reception:
    """Ann was sold, and nobody takes what has no code; both came just now."""
    reception = Reception(clock.now())
    reception.post_lead(first_name="Ann", email="ann@a.example", zip="90001")
    return reception


def read_all(answer: Any) -> bytes:
    async def read() -> bytes:
        return b"".join([part async for part in answer.streaming_content])

    return async_to_sync(read)()


def shown(reception: Reception, query: str) -> str:
    answer = reception.at_the_desk().get(f"/reports?{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


class TestReport:
    @pytest.mark.parametrize("by", ["day", "hour", "partner", "profile", "source"])
    @pytest.mark.parametrize("period", ["today", "90"])
    def test_is_by_whatever_one_asks_for(self, reception: Reception, by: str, period: str) -> None:
        html = shown(reception, f"by={by}&period={period}&compare=yes")

        assert 'aria-current="page"' in html
        assert "<tfoot>" in html

    def test_leads_from_a_partners_figure_to_its_deliveries(self, reception: Reception) -> None:
        html = shown(reception, "by=partner&period=today")

        assert "partner=helios" in html
        assert "Helios Homes" in html

    def test_takes_days_of_ones_own(self, reception: Reception) -> None:
        html = shown(reception, "first=2020-01-01&last=2020-01-31")

        assert "Nothing came in during this period" in html
        assert 'value="2020-01-31"' in html

    @pytest.mark.parametrize(
        "query", ["by=moon&period=aeon", "first=x&last=y", "first=0001-01-01&last=9999-12-31"]
    )
    def test_shows_the_usual_for_what_it_cannot_read(
        self, reception: Reception, query: str
    ) -> None:
        assert "<tfoot>" in shown(reception, query)

    def test_says_why_leads_were_unmatched(self) -> None:
        reception = Reception(clock.now())
        paused = ACME.replace(b"name: Helios Homes", b"name: Helios Homes\n    active: false")
        configuration.apply_configuration(
            source=paused,
            account_slug=None,
            trusted=True,
            made_by="test",
            now=reception.now,
        )
        reception.post_lead(first_name="Bo", email="bo@a.example", zip="10001")

        html = shown(reception, "period=today")

        assert html.count("Why leads were unmatched") == 1  # or two landmarks have one name
        assert "Partner inactive" in html
        assert "ZIP code starts with 90" in html

    def test_goes_into_a_spreadsheet(self, reception: Reception) -> None:
        answer = reception.at_the_desk().get("/reports.csv?by=partner&period=today")

        body = read_all(answer).decode("utf-8-sig")
        assert body.splitlines()[0].startswith("partner,name,received")
        assert body.splitlines()[1].startswith("helios,Helios Homes,")

    @pytest.mark.parametrize("by", ["partner", "profile"])
    def test_says_who_had_which_share_and_how_fast(self, reception: Reception, by: str) -> None:
        reception.answer()

        html = shown(reception, f"by={by}&period=today")

        assert "Expected and actual share" in html
        assert "Partner inactive on 100%" in html
        assert "95% within" in html
