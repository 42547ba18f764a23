"""Takes the pictures of the main screens that the documents show, from a fresh demonstration."""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

IMAGES = Path(__file__).parents[1] / "docs" / "images"
CHROMIUM = "/usr/bin/chromium"
_CALM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
_SIZE: ViewportSize = {"width": 1280, "height": 860}
_SCREENS = {
    "dashboard": "/dashboard?period=30",
    "distribution": "/distribution",
    "profile": "/distribution/profiles/homes",
    "partners": "/partners",
    "deliveries": "/deliveries",
    "reports": "/reports?by=partner&period=30",
}


def main() -> None:
    with demonstration() as printed, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_CALM)
        page = browser.new_page(viewport=_SIZE, color_scheme="light")
        base = found(printed, "listens on")
        sign_in(page, base, found(printed, "Sign in"), found(printed, "Password"))
        page.goto(found(printed, "A lead's trace"))
        take(page, "trace")
        for name, path in _SCREENS.items():
            page.goto(base + path)
            take(page, name)
        browser.close()


@contextmanager
def demonstration() -> Iterator[str]:
    """Run one in a folder of its own, and give what it printed once it was ready."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "headgate", "demo", "--port", "0"]
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            text=True,
            env={"PATH": "/usr/bin:/bin", "HEADGATE_DATA_DIR": folder},
        )
        printed = ""
        try:
            assert process.stdout is not None
            while "Ctrl-C ends it" not in printed:
                printed += process.stdout.readline()
            yield printed
        finally:
            process.terminate()
            process.wait()


def found(printed: str, what: str) -> str:
    match = re.search(rf"{what} +(\S+)", printed)
    assert match is not None, f"the demonstration does not say {what!r}:\n{printed}"
    return match[1].rstrip("/")


def sign_in(page: Page, base: str, email: str, password: str) -> None:
    page.goto(f"{base}/sign-in")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").first.click()
    page.wait_for_url("**/dashboard")


def take(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / f"{name}.png")


if __name__ == "__main__":
    main()
