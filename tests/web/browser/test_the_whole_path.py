"""The user's own path, clicked from an empty account to a lead that flows."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.only_on("sqlite")


def test_from_nothing_to_a_lead_that_flows(desk: Callable[..., Any]) -> None:
    office = desk(entities=[])
    page: Page = office.sign_in("/dashboard")
    expect(page.get_by_role("heading", name="First steps")).to_be_visible()

    make_an_entity(page)
    add_a_partner(page)
    make_a_profile(page)
    page.get_by_role("link", name="Dashboard").click()
    page.get_by_role("button", name="Send a test lead").click()

    expect(page.locator("#trace")).to_contain_text("Went to Helios Homes")
    page.get_by_role("link", name="Test inbox").click()
    expect(page.get_by_text("test.lead@example.com")).to_be_visible()
    page.get_by_role("link", name="Dashboard").click()
    expect(page.get_by_role("heading", name="First steps")).to_have_count(0)


def make_an_entity(page: Page) -> None:
    page.get_by_role("link", name="Say what a lead is").click()
    page.get_by_role("link", name="Create the first entity").click()
    page.get_by_label("Name", exact=True).fill("Solar leads")
    page.get_by_role("button", name="Create the entity").click()
    page.wait_for_url("**/settings/entities**done=**")


def add_a_partner(page: Page) -> None:
    page.get_by_role("link", name="Partners").click()
    page.get_by_role("link", name="Add the first partner").click()
    page.get_by_label("Name", exact=True).fill("Helios Homes")
    page.get_by_label("Channel").select_option("inbox")
    page.get_by_role("button", name="Add the partner").click()
    page.wait_for_url("**/partners/of/helios-homes?done=made")


def make_a_profile(page: Page) -> None:
    page.get_by_role("link", name="Distribution").click()
    page.get_by_role("link", name="profile").first.click()
    page.get_by_label("Name", exact=True).fill("Everybody")
    page.get_by_label("Helios Homes").check()
    page.get_by_role("button", name="Add the ticked ones").click()
    expect(page.get_by_role("button", name="Edit").first).to_be_visible()
    page.get_by_role("button", name="Save and switch on").click()
    page.wait_for_url("**/distribution**done=**")
