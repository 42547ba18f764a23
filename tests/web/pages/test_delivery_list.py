"""The list of deliveries is narrowed by what was sent, by day and channel, and exported as CSV."""

from typing import TYPE_CHECKING

import pytest
from asgiref.sync import async_to_sync
from django.test import Client

if TYPE_CHECKING:
    from reception import Reception


@pytest.fixture
def desk(reception: "Reception") -> Client:
    """Ann's lead went to Helios by webhook, Bea's to the test inbox."""
    reception.post_lead(first_name="Ann", email="ann@a.example")
    reception.answer()
    reception.post_lead(first_name="Bea", email="bea@b.example", zip="90210", test=True)
    return reception.at_the_desk()


def names(desk: Client, **filters: str) -> list[str]:
    page = desk.get("/deliveries", filters)
    return [row.lead for row in page.context.get("rows", ())]


class TestTheList:
    def test_finds_what_was_answered(self, reception: "Reception", desk: Client) -> None:
        day = reception.now.date().isoformat()

        assert names(desk, q="THANK you", **{"from": day}) == ["Ann"]
        assert names(desk, q="helios.example", **{"from": day}) == ["Ann"]
        assert names(desk, q="no such word", **{"from": day}) == []

    def test_says_how_far_back_it_looked(self, desk: Client) -> None:
        assert "the last 30 days" in desk.get("/deliveries?q=thank").content.decode()

    def test_is_narrowed_by_day_and_channel(self, reception: "Reception", desk: Client) -> None:
        day = reception.now.date().isoformat()

        assert names(desk, **{"from": day}) == ["Ann"]
        assert names(desk, to=day) == []
        assert names(desk, channel="webhook") == ["Ann"]
        assert names(desk, channel="email") == []

    def test_refuses_what_is_no_day(self, desk: Client) -> None:
        page = desk.get("/deliveries?from=tomorrow")

        assert page.status_code == 422
        assert "From" in page.context["complaint"]

    def test_is_exported_as_it_is_narrowed(self, desk: Client) -> None:
        response = desk.get("/deliveries.csv?partner=helios")

        lines = b"".join(async_to_sync(_all)(response)).decode("utf-8-sig").splitlines()

        assert lines[0].startswith("id,created_at,lead_id,partner,")
        assert len(lines) == 2
        assert ",helios,residential,helios,webhook,delivered,12.50,USD,200,5," in lines[1]


async def _all(response: object) -> list[bytes]:
    return [part async for part in response]  # type: ignore[attr-defined]
