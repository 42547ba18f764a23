"""A partner's person is invited, chooses a password and takes a lead, on a phone."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect
from set_ups import offer

pytestmark = pytest.mark.only_on("sqlite")
PHONE: ViewportSize = {"width": 390, "height": 844}
LONG = "Sonnenenergiegesellschaft Niederbayern-Oberpfalz mbH & Co. KG"
PARTS: dict[str, Any] = {
    "partners": [
        {
            "slug": "helios",
            "name": LONG,
            "email": "office@helios.example",
            "delivery": {"channel": "portal", "accept": "required"},
            "portal": {"pause": True, "contact": True},
        }
    ],
    "profiles": [offer("residential", "helios")],
}
PAGES = ("/portal", "/portal/invoices", "/portal/partner", "/portal/forgotten")


@pytest.fixture
def invited(desk: Callable[..., Any]) -> tuple[Any, str]:
    """Return the desk and the link of somebody whom its owner invited, with a lead on offer."""
    owned = desk(**PARTS)
    key = owned.house.does("apikey", "create", "--account", owned.slug, "--scope", "admin").strip()
    with owned.house.caller(key) as caller:
        fields = {"name": "Sunny " + LONG, "email": "sunny@example.com", "zip": "90"}
        lead = {"entity": "solar", "fields": fields}
        assert caller.call("POST", "/api/v1/leads", lead).status == 201
    page: Page = owned.sign_in("/partners/of/helios")
    page.get_by_label("Invite by email").fill(f"ann@{owned.slug}.example")
    page.get_by_role("button", name="Invite").click()
    link = page.locator(".copied code").inner_text()
    return owned, link.removeprefix(owned.base)


class TestAPartnersPerson:
    def test_takes_a_lead_on_a_phone(
        self, invited: tuple[Any, str], violations: Callable[[Page], list[str]]
    ) -> None:
        owned, link = invited
        page: Page = owned.open(link, viewport=PHONE)
        assert violations(page) == []
        page.get_by_label("A password").fill("water-flows-up")
        page.get_by_role("button", name="Set it and sign in").click()
        page.get_by_role("link", name="Sunny").click()
        expect(page.get_by_text("once you accept").first).to_be_visible()
        assert violations(page) == []

        page.get_by_role("button", name="Accept").click()

        expect(page.get_by_text("sunny@example.com")).to_be_visible()
        assert violations(page) == []
        for path in PAGES:
            page.goto(path)
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                assert violations(page) == [], (path, scheme)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= PHONE["width"], path

    def test_answers_without_scripts(self, invited: tuple[Any, str]) -> None:
        owned, link = invited
        page: Page = owned.open(link, viewport=PHONE, java_script_enabled=False)
        page.get_by_label("A password").fill("water-flows-up")
        page.get_by_role("button", name="Set it and sign in").click()
        page.get_by_role("link", name="Sunny").click()
        page.get_by_text("Reject…").click()
        page.get_by_label("Reason, if you like").fill("Too far")

        page.get_by_role("button", name="Reject the lead").click()

        expect(page.get_by_text("no longer offered to you")).to_be_visible()
