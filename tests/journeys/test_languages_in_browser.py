"""The page in the reader's language: chosen by the browser, changed by hand, remembered, right to left where it is."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from tests.journeys.conftest import Server
from tests.journeys.test_page_in_browser import QUESTION, OpenPage, browser, defects, keep, open_page

__all__ = ["browser", "open_page"]
pytestmark = pytest.mark.browser

WIDTHS = (320, 375, 1280)
ASKED_IN = {"de": ("Ihre Frage", "Fragen", "3 von 3"), "ar": ("سؤالك", "اسأل", "كل الإجابات")}

TOLD_IN = {"de": "Alle Antworten stimmen überein: Paris.", "ar": "تتفق كل الإجابات على"}
WHY = "section[aria-labelledby=why]"


def ask_in(page: Page, language: str) -> None:
    field, button, answered = ASKED_IN[language]
    page.get_by_label(field, exact=True).fill(QUESTION)
    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_url("**/results/*")
    expect(page.get_by_text(answered).first).to_be_visible()
    expect(page.locator("#best")).to_be_visible(timeout=20_000)


def assert_fits(page: Page) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 860})
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width, f"overflow at {width} px"


@pytest.mark.parametrize(("locale", "language", "direction"), [("de-AT", "de", "ltr"), ("ar", "ar", "rtl")])
def test_a_question_is_asked_and_read_in_the_language_of_the_browser(
    server: Server, open_page: OpenPage, locale: str, language: str, direction: str
) -> None:
    page = open_page(server.url, locale=locale, bypass_csp=True, reduced_motion="reduce")
    root = page.locator("html")
    expect(root).to_have_attribute("lang", language)
    expect(root).to_have_attribute("dir", direction)
    expect(page.get_by_text("Claude Sonnet 5.5")).to_be_attached()
    assert defects(page) == []
    assert_fits(page)
    ask_in(page, language)
    answer = page.locator("article .answer").first
    expect(answer).to_have_attribute("lang", "en")
    assert answer.evaluate("(text) => getComputedStyle(text).direction") == "ltr"
    reasons = page.locator(WHY).locator("p", has_text=TOLD_IN[language])
    expect(reasons).to_be_visible()
    expect(reasons.locator("[lang=en]")).to_have_count(0)
    assert defects(page) == []
    assert_fits(page)
    keep(page, f"page-results-{language}")


def test_a_language_is_chosen_by_hand_without_losing_the_draft_and_is_there_before_the_first_paint_next_time(
    server: Server, open_page: OpenPage
) -> None:
    page = open_page(server.url)
    page.get_by_label("Your question").fill(QUESTION)
    page.get_by_label("Language").select_option("ar")
    expect(page.get_by_label("سؤالك", exact=True)).to_have_value(QUESTION)
    expect(page.get_by_label("اللغة")).to_be_focused()
    page.add_init_script(
        "new MutationObserver((_, all) => { if (document.body) { window.first = document.documentElement.dir;"
        " all.disconnect() } }).observe(document, {childList: true, subtree: true})"
    )
    page.reload()
    expect(page.get_by_label("سؤالك", exact=True)).to_be_visible()
    assert page.evaluate("window.first") == "rtl"
    page.get_by_label("اللغة").select_option("en")
    expect(page.get_by_label("Your question")).to_have_value(QUESTION)
    expect(page.locator("html")).to_have_attribute("dir", "ltr")


def test_a_catalog_that_cannot_be_had_leaves_the_page_in_english(server: Server, open_page: OpenPage) -> None:
    page = open_page(server.url)
    page.route("**/assets/de-*.js", lambda route: route.abort())
    page.get_by_label("Language").select_option("de")
    expect(page.get_by_label("Your question")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_reasons_that_cannot_be_had_in_the_readers_language_are_read_in_english(
    server: Server, open_page: OpenPage
) -> None:
    page = open_page(server.url, locale="de")
    page.route("**/assets/reasons-*.js", lambda route: route.abort())
    ask_in(page, "de")
    expect(page.locator(WHY).locator("[lang=en]")).to_contain_text("answers agree on Paris.")
