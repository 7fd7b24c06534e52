"""Answers are merged from the page: a pane below them, streamed, each sentence marked, and the pick untouched."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect
from tests.journeys.conftest import PANEL, StartServer, Vendors
from tests.journeys.test_page_in_browser import WIDTHS, OpenPage, ask, browser, defects, keep, open_page, until_answered
from tests.providers.vendors import Script

pytestmark = pytest.mark.browser
__all__ = ["browser", "open_page"]

MERGED = ["Paris is the capital of France. ", "It has been the seat of government since 987. ", "The Romans called it "]
LAST = ["Lutetia Parisiorum."]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_answers_are_merged_below_the_pick_with_each_sentence_marked(
    start_server: StartServer, vendors: Vendors, open_page: OpenPage, theme: str
) -> None:
    server = start_server(TRILLM_JUDGE="never")
    page = open_page(server.url, bypass_csp=True, color_scheme=theme)
    ask(page)
    until_answered(page)
    best = page.locator("#best").inner_text()
    pane = page.get_by_role("region", name="Merged answer")
    # from now on the model of this vendor is asked to merge
    vendors.script(**{"gemini-3.8-flash": Script([*MERGED, *LAST], between=0.05)})
    pane.get_by_label("Merged by").select_option(PANEL[1])
    pane.get_by_role("button", name="Merge the answers").click()
    expect(pane.get_by_text("Every sentence").or_(pane.get_by_text("Sentences found in no answer: 1"))).to_be_visible(
        timeout=20_000
    )
    expect(pane.locator(".answer")).to_contain_text("The Romans called it Lutetia Parisiorum.no answer says this")
    expect(pane.locator(".answer")).to_contain_text("since 987.(GPT")
    expect(pane.get_by_role("button", name="Copy the merged answer")).to_be_visible()
    assert page.locator("#best").inner_text() == best
    assert defects(page) == []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 860})
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        if width in (375, 1280):
            keep(page, f"page-merged-{theme}-{width}")
    page.reload()
    expect(pane.locator(".answer")).to_contain_text("Lutetia Parisiorum.no answer says this")
    pane.get_by_label("Merged by").select_option(PANEL[1])
    calls = vendors.calls("gemini-3.8-flash")
    with page.expect_response("**/synthesis") as reply:
        pane.get_by_role("button", name="Merge again").click()
    assert json.loads(reply.value.body())["synthesis"]["status"] == "complete"
    assert vendors.calls("gemini-3.8-flash") == calls


def test_a_merge_that_fails_says_why_and_can_be_tried_with_another_model(
    start_server: StartServer, vendors: Vendors, open_page: OpenPage
) -> None:
    page = open_page(start_server(TRILLM_JUDGE="never").url)
    ask(page)
    until_answered(page)
    pane = page.get_by_role("region", name="Merged answer")
    vendors.script(**{"gemini-3.8-flash": Script(status=401)})
    pane.get_by_label("Merged by").select_option(PANEL[1])
    pane.get_by_role("button", name="Merge the answers").click()
    expect(pane.get_by_role("button", name="Merge again")).to_be_visible(timeout=20_000)
    expect(pane.locator(".bg-bad-soft")).to_be_visible()
    expect(page.get_by_text("3 of 3 answered")).to_be_visible()
    pane.get_by_label("Merged by").select_option(PANEL[2])
    pane.get_by_role("button", name="Merge again").click()
    expect(pane.locator(".answer")).to_contain_text("It lies on the Seine", timeout=20_000)
