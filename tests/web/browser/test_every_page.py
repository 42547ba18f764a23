"""Every page of the console can be read by everybody, on a phone too, and is light to carry."""

import gzip
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from django.urls import URLResolver
from playwright.sync_api import Page, ViewportSize
from set_ups import offer

from headgate.web.urls import urlpatterns

pytestmark = pytest.mark.only_on("sqlite")
PHONE: ViewportSize = {"width": 390, "height": 844}
LONG = "Sonnenenergiegesellschaft Niederbayern-Oberpfalz mbH & Co. KG"
ARABIC = "شركة الطاقة الشمسية المتقدمة"
PARTS: dict[str, Any] = {
    "partners": [
        {"slug": "helios", "name": LONG, "delivery": {"channel": "inbox"}},
        {"slug": "shams", "name": ARABIC, "delivery": {"channel": "inbox"}},
        {"slug": "paused", "name": "Paused", "active": False, "delivery": {"channel": "inbox"}},
    ],
    "profiles": [
        offer(
            "residential",
            "helios",
            {
                "partner": "shams",
                "rules": {"all": [{"field": "zip", "op": "equals", "value": "1"}]},
            },
            "paused",
            rules={"any": [{"field": "zip", "op": "is_not_empty"}]},
        )
    ],
}
# Those that answer with something else than a page of the console, or that have a test elsewhere.
NO_PAGES = {"home", "sign-in", "sign-out", "set-up"}
NO_PAGES |= {"portal", "portal-export", "portal-invoices", "portal-partner", "portal-sign-out"}


def addresses(patterns: Iterable[Any], before: str = "/") -> Iterator[str]:
    """Yield the addresses that need no id, also of what is included."""
    for each in patterns:
        address = f"{before}{each.pattern}"
        if isinstance(each, URLResolver):
            yield from addresses(each.url_patterns, address)
        elif "<" not in address and each.name not in NO_PAGES:
            yield address


def plain_paths(patterns: Iterable[Any], before: str = "/") -> Iterator[str]:
    """Give every address that needs no id."""
    for each in patterns:
        path = before + str(each.pattern)
        if "<" in path:
            continue
        if isinstance(each, URLResolver):
            yield from plain_paths(each.url_patterns, path)
        elif each.name not in NO_PAGES:
            yield path


PLAIN = sorted(set(plain_paths(urlpatterns)))


@pytest.fixture
def page(desk: Callable[..., Any]) -> Page:
    """Somebody signed in, in an account with long names and a lead that was delivered."""
    owned = desk(**PARTS)
    key = owned.house.does("apikey", "create", "--account", owned.slug, "--scope", "admin").strip()
    with owned.house.caller(key) as caller:
        lead = {"entity": "solar", "fields": {"name": ARABIC, "email": "a@b.example", "zip": "90"}}
        assert caller.call("POST", "/api/v1/leads?wait=10", lead).status == 201
        wanted = {"partner": "helios", "from": "2026-01-01", "to": "2100-01-01"}
        assert caller.call("POST", "/api/v1/invoices", wanted).status == 201
    signed_in: Page = owned.sign_in("/leads")
    return signed_in


def is_a_page(page: Page, path: str | None) -> bool:
    """Go there; some addresses only take posts, or answer with a file."""
    assert path is not None
    answer = page.request.get(path)
    if answer.status != 200 or "text/html" not in answer.headers["content-type"]:
        return False
    page.goto(path)
    return True


def test_is_accessible_light_and_small(
    page: Page, violations: Callable[[Page], list[str]], subtests: Any
) -> None:
    lead = page.locator("a.row").first.get_attribute("href")
    page.goto("/deliveries")
    delivery = page.locator("a.row").first.get_attribute("href")
    page.goto("/invoices")
    invoice = page.locator("a.row").first.get_attribute("href")
    further = (lead, f"{lead}/trace", f"{lead}/edit", delivery, invoice, f"{invoice}/entries")
    for path in [*PLAIN, *further]:
        if not is_a_page(page, path):
            continue
        with subtests.test(path):
            assert len(gzip.compress(page.content().encode())) <= 30 * 1024
            page.set_viewport_size({"width": 1280, "height": 900})
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                assert violations(page) == [], scheme
            page.set_viewport_size(PHONE)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= PHONE["width"]
