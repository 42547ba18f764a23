"""A partner is set up in a browser, with scripts and without, and tried before it is saved."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.only_on("sqlite")
HELIOS: dict[str, Any] = {
    "slug": "helios",
    "name": "Helios",
    "delivery": [
        {
            "channel": "webhook",
            "url": "https://helios.example/",
            "auth": {"type": "bearer", "token": "s3cr3t-token"},
            "headers": {"X-Key": "k"},
            "fields": {"Postcode": "zip", "email": "email"},
            "answer": {"accept": {"path": "$.status", "equals": "ok"}},
            "retry": [5],
        },
        {"channel": "email", "to": ["a@helios.example"], "attach": ["csv"], "html": "<b>Hi</b>"},
    ],
    "caps": [{"per": "day", "leads": 5}],
    "hours": {"mon": "09:00-17:00"},
}


class TestAPartner:
    def test_is_added_after_a_preview(
        self, desk: Callable[..., Any], violations: Callable[[Page], list[str]]
    ) -> None:
        page: Page = desk(partners=[]).sign_in("/partners")
        page.get_by_role("link", name="Add the first partner").click()
        page.get_by_label("Name", exact=True).fill("Helios Homes")
        page.get_by_label("Channel").select_option("webhook")
        page.get_by_label("Web address").fill("https://partner.example/leads")
        page.get_by_label("Login").select_option("bearer")
        page.get_by_label("Token").fill("s3cr3t-token")

        page.get_by_role("button", name="Preview").click()

        expect(page.get_by_text("Authorization: Bearer •••")).to_be_visible()
        assert violations(page) == []
        page.get_by_label("Name", exact=True).press("Enter")
        page.wait_for_url("**/partners/of/helios-homes?done=made")
        assert violations(page) == []

    def test_is_sent_a_test_by_the_process_that_sends(self, desk: Callable[..., Any]) -> None:
        delivery = {"channel": "webhook", "url": "http://127.0.0.1:1/", "retry": "none"}
        helios = {"slug": "helios", "name": "Helios", "delivery": delivery}
        page: Page = desk(partners=[helios]).sign_in("/partners/of/helios")

        page.get_by_role("button", name="Send test delivery").click()

        expect(page.get_by_text("It certainly did not reach the partner")).to_be_visible()
        expect(page.get_by_text("POST http://127.0.0.1:1/")).to_be_visible()

    def test_is_edited_without_scripts(self, desk: Callable[..., Any]) -> None:
        page: Page = desk(partners=[]).sign_in("/partners/new", java_script_enabled=False)
        page.get_by_label("Name", exact=True).fill("Helios Homes")
        page.get_by_label("Channel").select_option("slack")
        page.get_by_role("button", name="Show what belongs to it").first.click()
        page.get_by_label("Webhook address").fill("https://hooks.example/T")
        page.get_by_role("button", name="Preview").click()
        expect(page.get_by_text("New lead:").first).to_be_visible()

        page.get_by_role("button", name="Add the partner").click()

        expect(page.get_by_role("heading", name="Helios Homes")).to_be_visible()

    def test_can_be_read_by_everybody(
        self, desk: Callable[..., Any], violations: Callable[[Page], list[str]]
    ) -> None:
        page: Page = desk(partners=[HELIOS]).sign_in("/partners/of/helios/edit")
        for each in page.locator("details:not([open])").all():
            each.locator("summary").first.click()

        assert violations(page) == []
        page.emulate_media(color_scheme="dark")
        assert violations(page) == []
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
