"""A real browser before a running Headgate, and somebody signed in."""

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from house import House
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from set_ups import configuration

from engines import Engine

PASSWORD = "water-flows-down"
CHROMIUM = shutil.which("chromium")
# It keeps to loopback: nothing of the browser's own looks for its makers' hosts.
_CALM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_numbers = count(1)


class Desk:
    """One account in the house, its owner, and the browsers in which they look at it."""

    def __init__(self, house: House, browser: Browser, closing: ExitStack) -> None:
        self.house = house
        self.base = f"http://127.0.0.1:{house.port}"
        self.slug = f"browser-{next(_numbers)}"
        self.email = f"{self.slug}@acme.example"
        self._browser = browser
        self._closing = closing
        self.complaints: list[str] = []

    def settle(self, **parts: Any) -> None:
        """Make the account, as a configuration file says, and its owner."""
        source = configuration(self.slug, **parts).encode()
        # Playwright runs an event loop on this thread, on which Django refuses the database.
        with ThreadPoolExecutor(1) as apart:
            apart.submit(_settle, source, self.email).result()

    def open(self, path: str = "", **how: Any) -> Page:
        """Open a page in a browser of its own, in which nobody is signed in.

        `how` is Playwright's: `color_scheme="dark"`, `viewport=…`, `java_script_enabled=False`.
        """
        context = self._browser.new_context(base_url=self.base, **how)
        self._closing.callback(context.close)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(f"{self.base}{path}")
        return page

    def sign_in(self, path: str = "/", **how: Any) -> Page:
        """Open a page as the account's owner."""
        page = self.open(f"/sign-in?next={path}", **how)
        page.get_by_label("Email").fill(self.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").first.click()
        page.wait_for_url(f"{self.base}{path}")
        return page

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "status of 4" not in message.text:
            self.complaints.append(message.text)


def _settle(source: bytes, email: str) -> None:
    from headgate import clock
    from headgate.services import configuration as configurations
    from headgate.services import sealing
    from headgate.services.people import membership
    from headgate.storage.people import Role

    sealing.unlock(os.environ["HEADGATE_SECRET_KEY"])
    applied = configurations.apply_configuration(
        source=source, account_slug=None, trusted=True, made_by="test", now=clock.now()
    )
    membership.create_user(
        account_id=applied.account.id,
        email=email,
        password=PASSWORD,
        role=Role.OWNER,
        now=clock.now(),
    )


@pytest.fixture
def violations() -> Callable[[Page], list[str]]:
    """Return what axe finds wrong on a page as it stands, one line each."""

    def found_on(page: Page) -> list[str]:
        found = Axe().run(page).response["violations"]
        return [
            f"{each['id']}: {node['html'][:160]} ({node['failureSummary'][:200]})"
            for each in found
            for node in each["nodes"]
        ]

    return found_on


@pytest.fixture(scope="module")
def browser_house(
    shared_database: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("house"))
    try:
        house.start()
        yield house
    finally:
        house.leave_nothing()


@pytest.fixture(scope="module")
def browser(browser_house: House) -> Iterator[Browser]:
    """One browser a module, gone before anything else needs an event loop or the database."""
    if CHROMIUM is None:
        pytest.skip("no browser: install Debian's package chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=_CALM)
        yield launched
        launched.close()


@pytest.fixture
def desk(browser_house: House, browser: Browser) -> Iterator[Callable[..., Desk]]:
    """Make a desk: `desk(partners=[…], profiles=[…])`, as in a configuration file.

    No page may have complained in the browser's console: scripts fail there, and the content
    security policy speaks there.
    """
    with ExitStack() as closing:
        made: list[Desk] = []

        def make(**parts: Any) -> Desk:
            one = Desk(browser_house, browser, closing)
            one.settle(**parts)
            made.append(one)
            return one

        yield make
        assert [line for each in made for line in each.complaints] == []
