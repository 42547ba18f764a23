"""A profile is made in a real browser: by keyboard alone, with scripts and without."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.only_on("sqlite")
ZIPS = [str(90001 + number) for number in range(512)]
PARTNERS = [
    {"slug": "helios", "name": "Helios Homes", "delivery": {"channel": "inbox"}},
    {"slug": "mute", "name": "Mute Roofs"},
]


@pytest.fixture
def office(desk: Callable[..., Any]) -> Any:
    return desk(partners=PARTNERS)


def name_of_focus(page: Page) -> str:
    """Return what a screen reader calls the control that the keyboard is at."""
    return str(
        page.evaluate(
            "(e => e.getAttribute('aria-label') || e.labels?.[0]?.textContent.trim()"
            " || e.textContent.trim())(document.activeElement)"
        )
    )


def press_until(page: Page, name: str, *, key: str = "Tab") -> None:
    """Go on by the keyboard until it is at the control of that name."""
    for _ in range(80):
        if name_of_focus(page) == name:
            return
        page.keyboard.press(key)
    raise AssertionError(f"the keyboard does not come to {name!r} from {name_of_focus(page)!r}")


def expect_focus(page: Page, name: str) -> None:
    page.wait_for_function(
        "name => (e => e.getAttribute('aria-label') || e.textContent.trim())"
        "(document.activeElement) === name",
        arg=name,
    )


class TestByKeyboardAlone:
    def test_a_rule_is_built(self, office: Any) -> None:
        page = office.sign_in("/distribution/new")
        page.locator("#f-name").focus()

        press_until(page, "Add a condition")
        page.keyboard.press("Enter")
        expect_focus(page, "Condition 1 of 1 in All of these: field")
        page.keyboard.type("Zip")
        page.get_by_label("Condition 1 of 1 in All of these: field").press("Tab")
        page.keyboard.type("starts")
        press_until(page, "Condition 1 of 1 in All of these: value")
        page.keyboard.type("90, 91")
        press_until(page, "Duplicate: Condition 1 of 1 in All of these")
        page.keyboard.press("Enter")
        expect_focus(page, "Condition 2 of 2 in All of these: field")
        press_until(page, "Move up: Condition 2 of 2 in All of these")
        page.keyboard.press("Enter")
        expect_focus(page, "Move up: Condition 1 of 2 in All of these")
        press_until(page, "Put into a group: Condition 1 of 2 in All of these")
        page.keyboard.press("Enter")
        expect_focus(page, "Group 1 of 2 in All of these: how many must hold")
        page.keyboard.type("None")
        expect(page.locator("#preview-f-rules")).to_contain_text(
            "not (Zip starts with 90 or 91) and Zip starts with 90 or 91"
        )
        press_until(page, "Remove: Group 1 of 2 in All of these")
        page.keyboard.press("Enter")
        expect_focus(page, "Condition 1 of 1 in All of these: field")

        expect(page.locator("#preview-f-rules")).to_contain_text("Zip starts with 90 or 91.")

    def test_the_whole_path_is_walked(self, office: Any) -> None:
        page = office.sign_in("/leads")
        press_until(page, "Distribution")
        page.keyboard.press("Enter")
        page.wait_for_url("**/distribution")
        press_until(page, "Create the first profile")
        page.keyboard.press("Enter")
        page.wait_for_url("**/distribution/new*")
        press_until(page, "Name")
        page.keyboard.type("Home owners")
        press_until(page, "Helios Homes")
        page.keyboard.press("Space")
        press_until(page, "Add the ticked ones")
        page.keyboard.press("Enter")
        expect_focus(page, "Edit Helios Homes")
        press_until(page, "Save and switch on")
        page.keyboard.press("Enter")

        page.wait_for_url("**/distribution?done=saved*")
        expect(page.get_by_role("switch", name="Home owners is switched on")).to_be_checked()


class TestAList:
    def test_of_hundreds_is_pasted_and_counted(self, office: Any) -> None:
        page = office.sign_in("/distribution/new")
        page.get_by_role("button", name="Add a condition").click()
        page.get_by_label("Condition 1 of 1 in All of these: field").select_option("zip")
        operator = page.get_by_label("Condition 1 of 1 in All of these: operator")
        expect(operator.locator("option", has_text="is any of")).to_be_attached()
        operator.select_option("in")

        page.get_by_label("Condition 1 of 1 in All of these: value").fill(" ".join(ZIPS))

        expect(page.locator("#f-rules-all-0-value-count")).to_have_text("512 values")
        expect(page.locator("#preview-f-rules")).to_contain_text("or 507 more")


class TestWithoutScripts:
    def test_the_same_page_does_the_same(self, office: Any) -> None:
        page = office.sign_in("/distribution/new", java_script_enabled=False)
        page.locator("#f-name").fill("Plain")
        page.get_by_role("button", name="Add a condition").click()
        page.get_by_label("Condition 1 of 1 in All of these: field").select_option("zip")
        page.get_by_label("Condition 1 of 1 in All of these: value").fill("90210")
        page.get_by_label("The whole rule: how many must hold").select_option("none")
        page.get_by_label("Mute Roofs").check()
        page.get_by_role("button", name="Add the ticked ones").click()
        expect(page.locator("#preview-f-rules")).to_contain_text("not (Zip is 90210)")
        page.get_by_role("button", name="Save and switch on").click()

        expect(page.get_by_role("alert")).to_contain_text("Without a channel")


class TestTheEditor:
    def test_can_be_read_by_everybody(
        self, office: Any, violations: Callable[[Page], list[str]]
    ) -> None:
        page = office.sign_in("/distribution/new")
        page.get_by_role("button", name="Add a group").click()
        page.get_by_label("Condition 1 of 1 in Any of these: value").fill("Ann")
        page.get_by_label("Helios Homes").check()
        page.get_by_role("button", name="Add the ticked ones").click()
        page.get_by_role("button", name="Edit Helios Homes").click()
        page.get_by_role("button", name="Fold up Helios Homes").wait_for()
        page.get_by_text("Price by volume").click()
        page.get_by_role("button", name="Add a price").click()
        page.get_by_label("After so many leads in the month").fill("100")
        page.get_by_label("Price (USD)").last.fill("35")
        page.get_by_role("button", name="Test this lead").click()
        page.locator("#tested").wait_for()

        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert violations(page) == [], scheme
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
