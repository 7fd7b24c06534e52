"""Going on from an answer in a real browser: the conversation in sight, attempts compared, one model stopped."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from tests.journeys.conftest import QUESTION, Server, StartServer, Vendors
from tests.journeys.test_page_in_browser import OpenPage, ask, browser, defects, keep, open_page, until_answered
from tests.providers.vendors import Script

pytestmark = pytest.mark.browser
__all__ = ["browser", "open_page"]


def go_on(page: Page, question: str) -> None:
    before = page.url
    page.get_by_label("Your next question").fill(question)
    page.get_by_label("Your next question").press("Enter")
    page.wait_for_url(lambda url: url != before and "/results/" in url)


def test_a_conversation_goes_on_with_the_best_model_and_then_with_all_and_stays_in_sight(
    start_server: StartServer, open_page: OpenPage, vendors: Vendors
) -> None:
    page = open_page(start_server().url)
    ask(page)
    until_answered(page)
    box = page.get_by_label("Your next question")
    expect(box).to_be_visible()
    page.keyboard.press("f")
    expect(box).to_be_focused()
    box.fill("Shorten\nit.")
    page.reload()
    expect(box).to_have_value("Shorten\nit.")
    first = page.url
    go_on(page, "Shorten it.")
    expect(page.get_by_text("1 of 1 answered")).to_be_visible(timeout=20_000)
    so_far = page.get_by_role("region", name="The conversation so far")
    expect(so_far.get_by_text(QUESTION).first).to_be_visible()

    page.get_by_role("radio", name="All 3 models").check(force=True)
    go_on(page, "And its river?")
    until_answered(page)
    page.reload()
    until_answered(page)
    assert page.evaluate("window.layoutShift") < 0.001
    expect(so_far.get_by_role("listitem")).to_have_count(1)
    so_far.get_by_role("button", name="Earlier: 1").click()
    rows = so_far.get_by_role("listitem")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text(QUESTION)
    expect(rows.nth(1)).to_contain_text("Shorten it.")
    keep(page, "page-conversation")
    rows.nth(0).locator("summary").click()
    rows.nth(0).get_by_role("link", name="All answers to this question").click()
    page.wait_for_url(first)
    until_answered(page)
    asked = [r.json for r in vendors.server.requests if r.json.get("model") == "claude-sonnet-5-5"][-1]
    said = [(turn["role"], turn["content"]) for turn in asked["messages"]]
    assert [role for role, _ in said] == ["user", "assistant", "user", "assistant", "user"]
    assert [text for role, text in said if role == "user"] == [QUESTION, "Shorten it.", "And its river?"]


def test_any_answer_can_be_continued_and_a_deleted_one_is_said_to_be_gone(server: Server, open_page: OpenPage) -> None:
    page = open_page(server.url)
    ask(page, f"{QUESTION} Tell me more.")
    until_answered(page)
    first = page.url
    other = page.get_by_role("article").filter(has_not_text=re.compile("Best answer|best,")).last
    name = other.get_by_role("heading").inner_text()
    other.get_by_role("button", name="Follow up on this answer").click()
    expect(page.get_by_label("Your next question")).to_be_focused()
    expect(page.get_by_role("heading", name="Follow up")).to_contain_text(name)
    go_on(page, "Why?")
    expect(page.get_by_role("region", name="The conversation so far")).to_contain_text(name)
    second = page.url
    page.goto(first)
    page.get_by_role("button", name="Delete this question").click()
    page.wait_for_url("**/history")
    page.goto(second)
    expect(page.get_by_text("What it continues was deleted")).to_be_visible()


def test_a_further_attempt_shows_what_it_says_otherwise(
    start_server: StartServer, open_page: OpenPage, vendors: Vendors
) -> None:
    vendors.script(**{"gemini-3.8-flash": [Script(["Paris is big."]), Script(["Paris is very old."])]})
    page = open_page(start_server().url)
    ask(page)
    until_answered(page)
    card = page.get_by_role("article", name="Gemini 3.8 Flash")
    card.get_by_role("button", name="Ask Gemini 3.8 Flash again").click()
    expect(card.get_by_text("Paris is very old.")).to_be_visible(timeout=20_000)
    card.get_by_role("button", name="Show what changed").click()
    expect(card.locator("del")).to_have_text("removed: big")
    expect(card.locator("ins")).to_have_text("added: very old")
    keep(page, "page-attempts-compared")
    card.get_by_role("button", name="Earlier attempt").click()
    expect(card.get_by_text("Paris is big.")).to_be_visible()
    expect(card.get_by_role("button", name="Show")).to_have_count(0)


def test_one_model_is_stopped_and_the_others_end_by_themselves(
    start_server: StartServer, open_page: OpenPage, vendors: Vendors
) -> None:
    vendors.script(**{"claude-sonnet-5-5": Script(["Half an answer"], fault="stall")})
    page = open_page(start_server().url)
    ask(page)
    card = page.get_by_role("article", name="Claude Sonnet 5.5")
    expect(card.get_by_text("Half an answer")).to_be_visible(timeout=20_000)
    card.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("2 of 3 answered")).to_be_visible(timeout=20_000)
    expect(card.get_by_text("Half an answer")).to_be_visible()
    expect(card.get_by_text("Stopped").first).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_a_conversation_is_accessible_and_fits(server: Server, open_page: OpenPage, theme: str, width: int) -> None:
    shape = {"viewport": {"width": width, "height": 860}, "has_touch": width < 768}
    page = open_page(server.url, bypass_csp=True, color_scheme=theme, **shape)
    ask(page)
    until_answered(page)
    page.get_by_label("Your next question").fill("And what is the most beautiful bridge there, would you say?")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_text("1 of 1 answered")).to_be_visible(timeout=20_000)
    page.get_by_role("region", name="The conversation so far").locator("summary").click()
    assert defects(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    keep(page, f"page-follow-up-{width}-{theme}")
