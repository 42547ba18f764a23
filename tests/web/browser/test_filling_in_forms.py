"""Hosted forms in a real browser: with scripts and without, alone and in another page."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

pytestmark = pytest.mark.only_on("sqlite")
PHONE: ViewportSize = {"width": 390, "height": 844}
QUOTE: dict[str, Any] = {
    "slug": "quote",
    "entity": "solar",
    "source": "api",
    "title": "Get a quote",
    "fields": [
        {"key": "name", "required": True, "help": "As on your letterbox"},
        "email",
        "budget",
        {"key": "zip", "hidden": True, "value": {"param": "place"}},
    ],
    "consent": {"text": "I agree to be called.", "required": True},
    "thank_you": "We will call you.",
    "protection": {"min_seconds": 1, "proof_of_work": True},
}


class Website(BaseHTTPRequestHandler):
    """A page of the operator's own, with the script in it that its address names."""

    def do_GET(self) -> None:
        script = self.path.partition("?script=")[2]
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(
            f"<!doctype html><h1>Acme</h1><script src='{script}' async></script>".encode()
        )

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


@pytest.fixture(scope="module")
def website() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Website)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def booth(desk: Callable[..., Any], website: str) -> Any:
    """An account with forms that the website may show, one of them by hasty people."""
    quote = {**QUOTE, "origins": [website]}
    return desk(forms=[quote, {**quote, "slug": "plain", "protection": {}}])


def fill_in(page: Any, name: str = "Ann", email: str = "ann@example.com") -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Email").fill(email)
    page.get_by_label("I agree to be called.").check()


def stored(booth: Any) -> list[tuple[str, str, str | None]]:
    """Return name, state and reason of the account's leads, read apart from Playwright's loop."""

    def read() -> list[tuple[str, str, str | None]]:
        from headgate.storage import models

        rows = models.Lead.objects.filter(account__slug=booth.slug).order_by("id")
        return [(json.loads(row.fields)["name"], row.state, row.reason) for row in rows]

    with ThreadPoolExecutor(1) as apart:
        return apart.submit(read).result()


class TestWithScripts:
    def test_work_is_done_and_haste_forgiven(self, booth: Any) -> None:
        page = booth.open(f"/f/{booth.slug}/quote?place=90210")

        fill_in(page)
        page.get_by_role("button", name="Send").dblclick()

        expect(page.get_by_text("We will call you.")).to_be_visible()
        assert stored(booth) == [("Ann", "unmatched", None)]

    def test_a_captured_post_makes_no_second_lead(self, booth: Any) -> None:
        page = booth.open(f"/f/{booth.slug}/quote")
        fill_in(page)
        with page.expect_request(lambda sent: sent.method == "POST") as sent:
            page.get_by_role("button", name="Send").click()
        body = sent.value.post_data.replace("ann%40", "bob%40")

        form = {"content-type": "application/x-www-form-urlencoded"}
        again = page.request.post(sent.value.url, data=body, headers=form)

        assert again.status == 409
        assert "sent already" in again.text()
        assert len(stored(booth)) == 1

    def test_is_accessible_with_errors_too(
        self, booth: Any, violations: Callable[[Page], list[str]]
    ) -> None:
        page = booth.open(f"/f/{booth.slug}/quote", viewport=PHONE)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert violations(page) == [], scheme

        fill_in(page)
        page.get_by_label("Budget").fill("a lot")
        page.get_by_role("button", name="Send").click()

        expect(page.get_by_label("Budget")).to_be_focused()
        expect(page.get_by_label("Name")).to_have_value("Ann")
        assert page.get_by_role("alert").is_visible()
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


class TestWithoutScripts:
    def test_nothing_is_lost(self, booth: Any) -> None:
        page = booth.open(f"/f/{booth.slug}/quote", java_script_enabled=False)
        fill_in(page)
        page.get_by_label("Budget").fill("a lot")
        page.get_by_role("button", name="Send").click()
        page.wait_for_timeout(1_100)

        page.get_by_label("Budget").fill("120")
        page.get_by_role("button", name="Send").click()

        expect(page.get_by_text("We will call you.")).to_be_visible()
        assert stored(booth) == [("Ann", "quarantined", "no_proof")]


class TestInAnotherPage:
    def test_it_is_as_high_as_it_needs(self, booth: Any, website: str) -> None:
        script = f"{booth.base}/f/{booth.slug}/plain/embed.js"
        page = booth.open()
        page.goto(f"{website}/solar?script={script}")
        frame = page.frame_locator("iframe")
        fill_in(frame)
        high = page.locator("iframe").bounding_box()

        frame.get_by_role("button", name="Send").click()

        expect(frame.get_by_text("We will call you.")).to_be_visible()
        page.wait_for_function("document.querySelector('iframe').offsetHeight < 300")
        assert 400 < high["height"] < 800

    def test_it_tells_where_it_stood(self, booth: Any, website: str) -> None:
        address = f"{website}/solar?script={booth.base}/f/{booth.slug}/plain/embed.js"
        page = booth.open()
        page.goto(address)

        page.frame_locator("iframe").get_by_label("Name").wait_for()

        hidden = page.frame_locator("iframe").locator("[name=_page]")
        assert hidden.input_value() == address


class TestBuilding:
    def test_shows_the_form_while_it_is_built(
        self, booth: Any, violations: Callable[[Page], list[str]]
    ) -> None:
        page = booth.sign_in("/forms/of/quote")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert violations(page) == [], scheme

        page.get_by_label("Title", exact=True).fill("Call me back")

        preview = page.frame_locator("iframe")
        expect(preview.get_by_role("heading", name="Call me back")).to_be_visible()
        page.get_by_role("button", name="Move down").first.click()
        expect(page.locator(".asked h3").first).to_have_text("Email")
        page.get_by_role("button", name="Publish").click()
        expect(page.get_by_text("Published")).to_be_visible()
        hosted = page.context.new_page()
        hosted.goto(f"{booth.base}/f/{booth.slug}/quote")
        expect(hosted.get_by_role("heading", name="Call me back")).to_be_visible()
