"""The dashboard shows figures that lead to their rows, and the way to a first lead."""

from datetime import datetime

import pytest
from reception import Reception

pytestmark = pytest.mark.usefixtures("database", "installation")


def page(reception: Reception, query: str = "") -> str:
    answer = reception.at_the_desk().get(f"/dashboard{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


class TestDashboard:
    def test_is_where_one_comes_home_to(self, now: datetime) -> None:
        answer = Reception(now).at_the_desk().get("/")

        assert answer["Location"] == "/dashboard"

    def test_links_every_figure_to_its_rows(self, now: datetime) -> None:
        html = page(Reception(now), "?period=7")

        for where in ("/leads?", "state=delivered", "state=unmatched", "state=undelivered"):
            assert where in html

    def test_counts_what_came_today(self) -> None:
        from headgate import clock

        reception = Reception(clock.now())
        reception.post_lead(first_name="Ann", email="ann@a.example", zip="10001")

        html = page(reception, "?period=today")

        assert '<dt>Received</dt><dd><a href="/leads' in html
        assert ">1</a>" in html

    def test_ticks_the_first_steps_that_are_done(self, now: datetime) -> None:
        html = page(Reception(now))

        assert html.count('<li class="done">') == 3
        assert "Deliver a first lead" in html

    def test_takes_a_period_that_it_does_not_know_for_the_usual_one(self, now: datetime) -> None:
        assert '?period=7" aria-current="page"' in page(Reception(now), "?period=moon")


class TestLookingAhead:
    def test_is_fetched_once_the_dashboard_is_there(self, now: datetime) -> None:
        assert 'hx-get="/dashboard/ahead" hx-trigger="load"' in page(Reception(now))

    def test_says_nothing_in_the_dashboard_where_no_cap_fills(self, now: datetime) -> None:
        desk = Reception(now).at_the_desk()

        assert desk.get("/dashboard/ahead", HTTP_HX_REQUEST="true").content.strip() == b""

    def test_is_a_page_without_scripts(self, now: datetime) -> None:
        html = Reception(now).at_the_desk().get("/dashboard/ahead").content.decode()

        assert "No cap fills today" in html


class TestTestLead:
    def test_ends_on_its_trace(self, now: datetime) -> None:
        desk = Reception(now).at_the_desk()

        sent = desk.post("/dashboard/test-lead")

        assert sent["Location"].endswith("/trace")
        assert desk.get(sent["Location"]).status_code == 200
