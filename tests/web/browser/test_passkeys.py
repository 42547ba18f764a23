"""A passkey is added, and opens the console without a password, in a real browser."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.only_on("sqlite")
PASSWORD = "water-flows-down"
# A device that always finds its holder's finger.
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(desk: Callable[..., Any]) -> Page:
    """Somebody signed in who has such a device; an address of digits can have no passkey."""
    owned = desk()
    owned.base = owned.base.replace("127.0.0.1", "localhost")
    signed_in: Page = owned.sign_in("/your-sign-in")
    session = signed_in.context.new_cdp_session(signed_in)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return signed_in


class TestAPasskey:
    def test_is_added_and_signs_in(self, page: Page) -> None:
        page.get_by_role("link", name="Add a passkey").click()
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Go on").click()
        page.get_by_label("Name").fill("My laptop")
        page.get_by_role("button", name="Add it").click()
        expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
        page.get_by_role("link", name="Done").click()
        expect(page.get_by_role("link", name="Remove My laptop")).to_be_visible()

        page.get_by_role("button", name="Sign out", exact=True).click()
        page.get_by_role("button", name="Sign in with a passkey").click()

        expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_visible()
