"""Finding, pinning and throwing away what was asked, in a real browser against a real server."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.journeys.conftest import PANEL, Server, StartServer, Vendors
from tests.journeys.test_installed_page import ALONE, CONTROLLED
from tests.journeys.test_page_in_browser import OpenPage, browser, defects, keep, open_page
from tests.providers.vendors import Script

__all__ = ["browser", "open_page"]

pytestmark = pytest.mark.browser

TERRA, FLASH, SONNET = PANEL
SPAIN, SKY, TIDES = "Which city is the capital of Spain?", "Why is the sky blue?", "What causes the tides?"


def visit(open_page: OpenPage, url: str, **options: Any) -> Page:
    """Open the page as a visitor who has a session already: the page's first requests would each bring one."""
    cookie = {"name": "trillm_session", "value": token_urlsafe(24), "domain": "127.0.0.1", "path": "/"}
    return open_page(url, storage_state={"cookies": [cookie]}, **options)


def asked(page: Page, url: str, question: str, *models: str) -> str:
    """Have asked a question in this browser; one that a single model answered is won by it."""
    told = page.request.post(f"{url}/api/query", data={"question": question, "models": list(models)})
    assert told.ok, told.text()
    return told.json()["id"]


def history(page: Page, url: str) -> None:
    page.goto(f"{url}/history")
    expect(rows(page).first).to_be_visible()


def rows(page: Page) -> Locator:
    return page.get_by_role("main").get_by_role("listitem")


def row(page: Page, question: str) -> Locator:
    return rows(page).filter(has_text=question)


def throw_away(page: Page, question: str) -> None:
    """Delete a question, and wait until the server knows: its row is gone at once."""
    with page.expect_response("**/api/query/*"):
        page.get_by_role("button", name=f"Delete: {question}").click()
    expect(row(page, question)).to_have_count(0)


def is_deleted(page: Page, url: str, query_id: str) -> bool:
    """Whether the server has nothing left that could be fetched back."""
    return page.request.patch(f"{url}/api/query/{query_id}", data={"discarded": False}).status == 404


def test_questions_are_found_by_winner_model_time_and_words_and_the_address_keeps_it(
    server: Server, open_page: OpenPage
) -> None:
    page = visit(open_page, server.url)
    asked(page, server.url, SPAIN, TERRA)
    asked(page, server.url, SKY, FLASH)
    asked(page, server.url, TIDES, TERRA, FLASH)
    history(page, server.url)
    expect(rows(page)).to_have_count(3)
    page.get_by_label("Model", exact=True).select_option(label="GPT-6.1 Terra")
    expect(rows(page)).to_have_count(2)
    page.get_by_label("Winner").select_option(TERRA)
    page.get_by_label("Time").select_option("today")
    page.get_by_label("Search your questions").fill("SPAIN")
    expect(rows(page)).to_have_count(1)
    expect(row(page, SPAIN)).to_contain_text("GPT-6.1 Terra")
    page.reload()
    expect(page.get_by_label("Winner")).to_have_value(TERRA)
    expect(page.get_by_label("Search your questions")).to_have_value("SPAIN")
    row(page, SPAIN).get_by_role("link").click()
    page.wait_for_url("**/results/*")
    page.go_back()
    expect(rows(page)).to_have_count(1)
    page.get_by_label("Model", exact=True).select_option(FLASH)
    expect(page.get_by_text("Nothing you asked fits these filters.")).to_be_visible()
    page.get_by_role("main").get_by_role("button", name="Clear filters").last.click()
    expect(rows(page)).to_have_count(3)
    assert page.url == f"{server.url}/history"
    page.go_back()
    expect(page.get_by_text("Nothing you asked fits these filters.")).to_be_visible()


def test_a_pin_stands_above_the_others_in_every_tab(server: Server, open_page: OpenPage) -> None:
    page = visit(open_page, server.url)
    for question in (SPAIN, SKY):
        asked(page, server.url, question, TERRA)
    history(page, server.url)
    pin = page.get_by_role("button", name=f"Pin: {SPAIN}")
    pin.click()
    pinned = page.get_by_role("region", name="Pinned")
    expect(pinned.get_by_role("listitem")).to_have_count(1)
    expect(rows(page).first).to_contain_text(SPAIN)
    other = page.context.new_page()
    history(other, server.url)
    expect(other.get_by_role("region", name="Pinned")).to_contain_text(SPAIN)
    expect(pin).to_have_attribute("aria-pressed", "true")
    pin.press("Enter")
    expect(pinned).to_have_count(0)
    page.reload()
    expect(rows(page)).to_have_count(2)
    expect(pinned).to_have_count(0)


def test_what_is_deleted_comes_back_by_undo_and_is_gone_when_the_note_goes(server: Server, open_page: OpenPage) -> None:
    page = visit(open_page, server.url)
    ids = {question: asked(page, server.url, question, TERRA) for question in (SPAIN, SKY, TIDES)}
    page.clock.install()
    history(page, server.url)
    throw_away(page, SPAIN)
    throw_away(page, SKY)
    expect(page.get_by_text("2 questions deleted")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(rows(page)).to_have_count(3)
    page.get_by_role("button", name=f"Delete: {SKY}").press("Enter")
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    page.clock.fast_forward(20_000)  # it stays while it has the focus
    page.keyboard.press("Enter")
    expect(row(page, SKY)).to_be_visible()
    throw_away(page, TIDES)
    page.mouse.move(5, 5)
    page.get_by_role("heading", name="History").click()
    with page.expect_response(lambda reply: reply.request.method == "DELETE") as told:
        page.clock.fast_forward(8_000)
    assert told.value.status == 204
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    expect(rows(page)).to_have_count(2)
    assert is_deleted(page, server.url, ids[TIDES])


def test_a_deletion_or_an_undo_that_fails_is_told_and_leaves_the_list_true(server: Server, open_page: OpenPage) -> None:
    page = visit(open_page, server.url)
    query_id = asked(page, server.url, SPAIN, TERRA)
    asked(page, server.url, SKY, TERRA)
    history(page, server.url)
    page.route(f"**/api/query/{query_id}", lambda route: route.fulfill(status=503))
    page.get_by_role("button", name=f"Delete: {SPAIN}").click()
    expect(page.get_by_text("It could not be deleted; try again.")).to_be_visible()
    expect(rows(page)).to_have_count(2)
    page.unroute_all()
    throw_away(page, SPAIN)
    page.request.delete(f"{server.url}/api/query/{query_id}")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("It could not be brought back.")).to_be_visible()
    expect(rows(page)).to_have_count(1)


def test_with_no_network_the_history_is_filtered_here_and_says_what_does_not_open(
    start_server: StartServer, vendors: Vendors, open_page: OpenPage
) -> None:
    vendors.script(**{"claude-sonnet-5-5": Script(["Still "], fault="stall")})
    server = start_server()
    page = visit(open_page, server.url, **ALONE, bypass_csp=True)
    page.wait_for_function(CONTROLLED)
    asked(page, server.url, SPAIN, TERRA)
    asked(page, server.url, SKY, FLASH)
    page.request.post(
        f"{server.url}/api/query",
        data={"question": TIDES, "models": [SONNET]},
        headers={"prefer": "respond-async"},
    )
    history(page, server.url)
    expect(rows(page)).to_have_count(3)
    page.context.set_offline(True)
    expect(page.get_by_text("Offline. Saved answers still open.")).to_be_visible()
    expect(row(page, TIDES)).to_contain_text("not saved in this browser")
    expect(row(page, SKY)).not_to_contain_text("not saved in this browser")
    expect(page.get_by_role("button", name=f"Delete: {SKY}")).to_be_disabled()
    assert defects(page) == []
    keep(page, "page-history-offline-rows")
    page.get_by_label("Winner").select_option(FLASH)
    expect(rows(page)).to_have_count(1)
    expect(row(page, SKY)).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 375, 1280])
def test_a_full_history_is_accessible_and_fits(server: Server, open_page: OpenPage, theme: str, width: int) -> None:
    size = {"width": width, "height": 800}
    page = visit(open_page, server.url, bypass_csp=True, color_scheme=theme, viewport=size, is_mobile=width < 700)
    asked(page, server.url, SPAIN, TERRA)
    asked(page, server.url, SKY, TERRA, FLASH, SONNET)
    asked(page, server.url, TIDES, FLASH)
    asked(page, server.url, f"{TIDES} {'W' * 90}", FLASH)
    history(page, server.url)
    page.get_by_role("button", name=f"Pin: {SPAIN}").click()
    expect(page.get_by_role("region", name="Pinned")).to_be_visible()
    page.get_by_label("Time").select_option("7d")
    page.get_by_role("button", name=f"Delete: {TIDES}").last.click()
    expect(page.get_by_text("Question deleted")).to_be_visible()
    expect(rows(page)).to_have_count(3)
    assert defects(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    keep(page, f"page-history-full-{theme}-{width}")
