"""What is found by its name, changed and asked anew, and what is tried again, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.journeys.conftest import Server, StartServer, Vendors
from tests.journeys.test_page_in_browser import QUESTION, OpenPage, ask, browser, defects, open_page, until_answered
from tests.providers.vendors import Script

__all__ = ["browser", "open_page"]

pytestmark = pytest.mark.browser

CLOSE_AND_FIND = """() => {
  document.querySelector('dialog[open]').close();  // which is told only after the key
  dispatchEvent(new KeyboardEvent('keydown', { key: 'k', ctrlKey: true, cancelable: true }));
}"""
FIND = "Find a command or a question"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_commands_pages_and_questions_are_found_by_their_names_and_taken_by_keys(
    server: Server, open_page: OpenPage, theme: str
) -> None:
    page = open_page(server.url, bypass_csp=True, color_scheme=theme, reduced_motion="reduce")
    ask(page)
    until_answered(page)
    result = page.url
    expect(page.get_by_role("button", name="Show claims")).to_be_visible()
    page.keyboard.press("Control+k")
    found = page.get_by_role("dialog", name=FIND)
    box = found.get_by_role("combobox")
    expect(box).to_be_focused()
    expect(found.get_by_role("option", name="Share this result S")).to_be_visible()
    expect(found.get_by_role("option", name="Stop what still runs")).to_have_count(0)
    assert defects(page) == []
    box.fill("agree")
    expect(found.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Claims")).to_be_focused()
    page.keyboard.press("Control+k")
    page.keyboard.type("no such thing")
    expect(found.get_by_text("Nothing has this name.")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(found).to_have_count(0)
    page.keyboard.press("Control+k")
    page.evaluate(CLOSE_AND_FIND)
    expect(found).to_be_visible()
    page.keyboard.press("Escape")
    expect(found).to_have_count(0)
    page.keyboard.press("Control+k")
    page.keyboard.type("theme")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.keyboard.press("Control+k")
    page.keyboard.type("dashb")
    page.keyboard.press("Enter")
    page.wait_for_url("**/dashboard")
    page.keyboard.press("Control+k")
    page.keyboard.type("capital france")
    found.get_by_role("option", name=QUESTION).first.click()
    page.wait_for_url("**/results/*")
    assert result.startswith(server.url)


def test_a_question_goes_back_into_the_box_to_be_changed(server: Server, open_page: OpenPage) -> None:
    page = open_page(server.url)
    ask(page)
    until_answered(page)
    page.get_by_role("button", name="Change the question").click()
    box = page.get_by_label("Your question")
    expect(box).to_have_value(QUESTION)
    expect(box).to_be_focused()


def test_all_are_asked_again_and_what_was_answered_before_stays(
    start_server: StartServer, vendors: Vendors, open_page: OpenPage
) -> None:
    page = open_page(start_server().url)
    ask(page)
    until_answered(page)
    first = page.url
    vendors.script(**{"gemini-3.8-flash": Script(["Still Paris."])})
    page.get_by_role("button", name="Ask all again").click()
    page.wait_for_url(lambda url: url != first and "/results/" in url)
    until_answered(page)
    card = page.get_by_role("article", name="Gemini 3.8 Flash")
    expect(card.get_by_text("Still Paris.")).to_be_visible()
    assert [vendors.calls(key) for key in ("gpt-6.1-terra", "gemini-3.8-flash")] == [2, 2]
    page.goto(first)
    expect(card.get_by_text("It is Paris.")).to_be_visible()


def test_a_part_that_could_not_be_had_says_so_in_its_place_and_comes_when_it_is_tried_again(
    server: Server, open_page: OpenPage
) -> None:
    page = open_page(server.url)
    page.route("**/assets/later-*.js", lambda route: route.abort())
    ask(page)
    part = page.get_by_role("region", name="Where they agree").get_by_role("alert")
    expect(part).to_contain_text("This part could not be loaded.", timeout=20_000)
    page.unroute_all()
    part.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("button", name="Show claims")).to_be_visible()


def test_what_is_typed_before_the_palette_has_come_is_no_shortcut(server: Server, open_page: OpenPage) -> None:
    page = open_page(server.url)
    ask(page)
    until_answered(page)
    page.route("**/palette*.js", lambda route: (page.wait_for_timeout(500), route.continue_()))
    page.keyboard.press("Control+k")
    page.keyboard.type("s")
    expect(page.get_by_role("dialog", name=FIND)).to_be_visible()
    expect(page.get_by_role("dialog", name="Share this result")).to_have_count(0)
