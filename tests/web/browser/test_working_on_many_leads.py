"""Many leads, without a mouse: rows are gone through and chosen, and an act ends by itself."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.only_on("sqlite")


@pytest.fixture
def page(desk: Callable[..., Any]) -> Page:
    """The list of two leads that are held, in front of the account's owner."""
    owned = desk(
        partners=[{"slug": "helios", "name": "Helios", "delivery": {"channel": "inbox"}}],
    )
    key = owned.house.does("apikey", "create", "--account", owned.slug, "--scope", "admin").strip()
    with owned.house.caller(key) as caller:
        for name in ("Ann", "Bob"):
            fields = {"name": name, "email": f"{name}@b.example"}
            lead = {"entity": "solar", "fields": fields, "distribute": False}
            assert caller.call("POST", "/api/v1/leads", lead).status == 201
    signed_in: Page = owned.sign_in("/leads")
    return signed_in


class TestTheKeyboard:
    def test_goes_through_rows_and_opens_one(self, page: Page) -> None:
        page.get_by_role("region", name="Leads").focus()

        for key in ("ArrowDown", "ArrowDown", "Enter"):
            page.keyboard.press(key)

        expect(page.get_by_role("heading", name="Ann")).to_be_visible()

    def test_chooses_rows_for_an_act_that_ends_by_itself(
        self, page: Page, violations: Callable[[Page], list[str]]
    ) -> None:
        page.get_by_role("region", name="Leads").focus()
        for key in ("ArrowDown", "x", "ArrowDown", "x"):
            page.keyboard.press(key)
        expect(page.locator("[data-selected]")).to_have_text("2")
        assert violations(page) == []

        page.get_by_role("button", name="Go on…").press("Enter")
        page.get_by_role("button", name="Distribute: 2 leads").press("Enter")

        expect(page.get_by_role("status")).to_contain_text("Done: 2 of 2 leads looked at, 2 done")
        assert violations(page) == []
