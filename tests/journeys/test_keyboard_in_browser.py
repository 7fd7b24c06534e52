"""The whole way by keys alone, and what those see who need more contrast or the system's own colours."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect
from tests.journeys.conftest import Server, StartServer, Vendors
from tests.journeys.pictured import MEASURED, SONNET, TOWER
from tests.journeys.test_page_in_browser import OpenPage, ask, browser, defects, keep, open_page, until_answered
from tests.providers.vendors import Script

pytestmark = pytest.mark.browser
__all__ = ["browser", "open_page"]

FOCUS_IS_SEEN = """() => {
  const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
  return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
}"""
PRESS_WHEN_TAKEN_OVER = """
new MutationObserver((_, observer) => {
  if (document.getElementById('first') || !document.querySelector('#root textarea')) return;
  observer.disconnect();
  document.dispatchEvent(new KeyboardEvent('keydown', { key: '/', bubbles: true, cancelable: true }));
}).observe(document, { childList: true, subtree: true });
"""


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_a_key_is_heard_in_the_moment_in_which_the_page_takes_over_from_its_frame(
    server: Server, open_page: OpenPage
) -> None:
    page = open_page(server.url)
    page.add_init_script(PRESS_WHEN_TAKEN_OVER)
    page.reload()
    expect(page.locator("#root").get_by_label("Your question")).to_be_focused()


def test_a_question_is_asked_watched_stopped_judged_and_shared_by_keys_alone(
    start_server: StartServer, vendors: Vendors, open_page: OpenPage
) -> None:
    vendors.script(**MEASURED)
    vendors.script(**{SONNET: [Script(["The Eiffel "], fault="stall"), MEASURED[SONNET]]})
    page = open_page(start_server(TRILLM_JUDGE="never").url, permissions=["clipboard-read", "clipboard-write"])
    press(page, "Tab", "Enter")
    expect(page.locator("#main")).to_be_focused()  # the skip link leads there
    press(page, "/")
    page.keyboard.type(TOWER)
    press(page, "Enter")
    page.wait_for_url("**/results/*")
    expect(page.get_by_text("2 of 3 done")).to_be_visible(timeout=20_000)
    press(page, "Escape")
    expect(page.get_by_text("2 of 3 answered")).to_be_visible(timeout=20_000)
    for place in (1, 2, 3):
        press(page, str(place))
        expect(page.get_by_role("article").nth(place - 1)).to_be_focused()
    assert page.evaluate(FOCUS_IS_SEEN)
    press(page, "r")
    until_answered_again = page.get_by_text("3 of 3 answered")
    expect(until_answered_again).to_be_visible(timeout=20_000)
    press(page, "b")
    expect(page.locator("#best")).to_be_focused()
    press(page, "c")
    page.wait_for_function("() => navigator.clipboard.readText().then((text) => text.includes('Eiffel Tower'))")
    press(page, "d")
    expect(page.get_by_role("region", name="Claims")).to_be_focused()
    press(page, "Tab", "Enter")
    expect(page.get_by_role("region", name="Claims").locator("q").first).to_be_visible()
    press(page, "?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    press(page, "Escape")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_hidden()
    press(page, "s")
    expect(page.get_by_role("dialog", name="Share this result")).to_be_visible()
    press(page, "Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    press(page, "f")
    page.keyboard.type("And in feet? bcd")  # single keys are letters where somebody types
    expect(page.get_by_label("Your next question")).to_have_value("And in feet? bcd")


def hold_claims(page: Page) -> list[Route]:
    """Ask, and return the requests for claims that wait to be let go."""
    held: list[Route] = []
    page.route("**/claims", lambda route: held.append(route))
    ask(page)
    until_answered(page)
    expect(page.get_by_text("Comparing the answers")).to_be_visible()
    return held


def test_the_key_of_the_claims_leads_to_them_though_they_come_later(server: Server, open_page: OpenPage) -> None:
    page = open_page(server.url)
    held = hold_claims(page)
    press(page, "d")
    for route in held:
        route.continue_()
    expect(page.get_by_role("region", name="Claims")).to_be_focused()


def test_who_has_gone_elsewhere_before_the_claims_come_stays_there(server: Server, open_page: OpenPage) -> None:
    page = open_page(server.url)
    held = hold_claims(page)
    press(page, "d", "f")
    page.keyboard.type("And in ")
    for route in held:
        route.continue_()
    expect(page.get_by_role("region", name="Claims")).to_be_visible()
    page.keyboard.type("feet?")
    expect(page.get_by_label("Your next question")).to_have_value("And in feet?")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("more", [{"contrast": "more"}, {"forced_colors": "active"}], ids=["contrast", "forced"])
def test_more_contrast_leaves_nothing_unseen(
    server: Server, open_page: OpenPage, theme: str, more: dict[str, str]
) -> None:
    page = open_page(server.url, bypass_csp=True, color_scheme=theme, reduced_motion="reduce", **more)
    expect(page.get_by_text("Claude Sonnet 5.5")).to_be_attached()
    assert defects(page) == []
    ask(page)
    until_answered(page)
    expect(page.get_by_role("button", name="Merge the answers")).to_be_visible()
    assert defects(page) == []
    press(page, "Tab", "Tab")
    assert page.evaluate(FOCUS_IS_SEEN)
    keep(page, f"page-{'-'.join(more)}-{theme}")
