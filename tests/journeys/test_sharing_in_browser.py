"""A result leaves the page: by a link that a stranger reads until it is ended, as a file, on paper."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.journeys.conftest import Server
from tests.journeys.staged_query import ranked, ranking
from tests.journeys.test_page_in_browser import (
    QUESTION,
    ROOT,
    OpenPage,
    ask,
    browser,
    defects,
    keep,
    open_page,
    text_of,
)
from tests.journeys.test_page_in_browser import until_answered as answered

__all__ = ["browser", "open_page"]

pytestmark = pytest.mark.browser

SIZES = {"desktop": {"width": 1280, "height": 860}, "phone": {"width": 320, "height": 700}}


def shared_link(page: Page) -> str:
    page.get_by_role("button", name="Share", exact=True).click()
    dialog = page.get_by_role("dialog", name="Share this result")
    dialog.get_by_role("button", name="Create a link").click()
    return dialog.get_by_role("link").inner_text()


@pytest.mark.parametrize(("size", "theme"), [("desktop", "light"), ("phone", "dark")])
def test_a_stranger_reads_a_shared_result_until_its_link_is_ended(
    server: Server, open_page: OpenPage, size: str, theme: str
) -> None:
    looks: dict[str, Any] = {
        "bypass_csp": True,
        "viewport": SIZES[size],
        "color_scheme": theme,
        "reduced_motion": "reduce",
    }
    owner = open_page(server.url, **looks)
    ask(owner)
    answered(owner)
    link = shared_link(owner)
    assert re.fullmatch(re.escape(server.url) + r"/s/[\w-]{22}", link)
    assert defects(owner) == []
    keep(owner, f"share-dialog-{size}")
    stranger = open_page(link, **looks)
    expect(stranger.get_by_role("heading", level=1)).to_have_text(QUESTION)
    expect(stranger.get_by_text("A snapshot of")).to_be_visible()
    expect(stranger.get_by_role("region", name="The best answer")).to_contain_text("Paris")
    expect(stranger.get_by_role("article")).to_have_count(3)
    expect(stranger.locator('meta[name="robots"]').first).to_have_attribute("content", "noindex")
    assert owner.url.rsplit("/", 1)[1] not in stranger.content()
    assert defects(stranger) == []
    assert stranger.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    keep(stranger, f"shared-{size}")
    dialog = owner.get_by_role("dialog", name="Share this result")
    dialog.get_by_role("button", name="End this link").click()
    dialog.get_by_role("button", name="Keep the link").click()
    dialog.get_by_role("button", name="End this link").click()
    dialog.get_by_role("button", name="End the link").click()
    expect(dialog.get_by_role("link")).to_have_count(0)
    stranger.reload()
    expect(stranger.get_by_role("heading", name="Nothing is shared here")).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    owner.keyboard.press("s")
    expect(dialog).to_be_visible()


@pytest.mark.parametrize(("size", "theme"), [("desktop", "light"), ("phone", "dark")])
def test_a_shared_close_call_names_no_winner_and_carries_what_was_merged(
    server: Server, open_page: OpenPage, size: str, theme: str
) -> None:
    merged = {
        "status": "complete",
        "provider": "openai",
        "model": "gpt-6.1-terra",
        "text": "Streams, mostly.",
        "of": ["terra", "flash"],
        "sentences": [{"start": 0, "end": 16, "supported_by": ["terra"]}],
        "input_tokens": 9,
        "output_tokens": 9,
        "cost_usd": 0.001,
        "first_token_ms": 1,
        "response_time_ms": 9,
        "error": None,
    }
    close = ranked(ranking(False, terra=0.44, flash=0.40, sonnet=0.16), synthesis=merged)
    page = open_page(server.url, bypass_csp=True, viewport=SIZES[size], color_scheme=theme, reduced_motion="reduce")
    share = {"id": "s" * 22, "url": f"/s/{'s' * 22}", "created_at": "2026-11-22T12:00:00.000Z"}
    share |= {"expires_at": "2999-11-29T12:00:00.000Z", "query": close}
    page.route("**/api/shares/*", lambda route: route.fulfill(json=share))
    page.route("**/s/*", lambda route: route.fulfill(response=route.fetch(url=f"{server.url}/results/x")))
    page.goto(f"{server.url}/s/{'s' * 22}")
    head = page.get_by_role("region", name="The best answer")
    expect(head.get_by_role("heading", name="Too close to call")).to_be_visible()
    leaders = head.get_by_role("list", name="The two leaders").get_by_role("article")
    expect(leaders).to_contain_text(["44%", "40%"])
    expect(page.get_by_text("The link works until Nov 29, 2999")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(3)
    expect(page.get_by_text("No. 1")).to_have_count(0)
    expect(page.get_by_role("region", name="Merged answer")).to_contain_text("Streams, mostly.")
    expect(page.get_by_role("button", name="Merge again")).to_have_count(0)
    assert defects(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    keep(page, f"shared-close-{size}")


def test_a_link_can_be_made_that_ends_by_itself(server: Server, open_page: OpenPage) -> None:
    owner = open_page(server.url)
    ask(owner)
    answered(owner)
    owner.get_by_role("button", name="Share", exact=True).click()
    dialog = owner.get_by_role("dialog", name="Share this result")
    expect(dialog.get_by_role("radio", name="until I end it")).to_be_checked()
    dialog.get_by_role("radio", name="until I end it").press("ArrowRight")
    expect(dialog.get_by_role("radio", name="for a day")).to_be_checked()
    dialog.get_by_text("for a week").click()
    dialog.get_by_role("button", name="Create a link").click()
    link = dialog.get_by_role("listitem")
    expect(link).to_contain_text("works until")
    tells = "t => new Date(t).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' })"
    (made,) = owner.request.get(f"{server.url}/api/query/{owner.url.rsplit('/', 1)[1]}/shares").json()["shares"]
    assert round((datetime.fromisoformat(made["expires_at"]) - datetime.now(UTC)) / timedelta(days=1)) == 7
    expect(link).to_contain_text(f"works until {owner.evaluate(tells, made['expires_at'])}")
    owner.clock.set_fixed_time("2020-01-01T00:00:00Z")
    dialog.get_by_role("button", name="Create another link").click()
    expect(dialog.get_by_text("A link cannot end in the past")).to_be_visible()
    expect(link).to_have_count(1)


def test_who_has_only_the_address_of_a_result_is_told_who_can_share_it(server: Server, open_page: OpenPage) -> None:
    owner = open_page(server.url)
    ask(owner)
    answered(owner)
    reader = open_page(owner.url)
    reader.get_by_role("button", name="Share", exact=True).click()
    dialog = reader.get_by_role("dialog", name="Share this result")
    expect(dialog.get_by_text("Only the browser that asked")).to_be_visible()
    expect(dialog.get_by_role("button", name="Create a link")).to_be_disabled()


def test_a_result_is_taken_along_as_a_file_and_on_paper(server: Server, open_page: OpenPage) -> None:
    page = open_page(server.url)
    ask(page)
    answered(page)
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Markdown").click()
    assert download.value.suggested_filename == "trillm-what-is-the-capital-of-france.md"
    assert "# Question" in text_of(download.value)
    page.evaluate("() => { window.print = () => { window.printed = true } }")
    page.get_by_role("button", name="Print or save as PDF").click()
    assert page.evaluate("() => window.printed") is True
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for word in ("Why this one", "Paris is the capital of France."):
        expect(page.get_by_text(word).first).to_be_visible()
    assert page.locator("button:visible, nav:visible, form:visible").count() == 0
    clipped = "() => [...document.querySelectorAll('.card *')].filter(e => e.textContent && getComputedStyle(e)"
    clipped += ".overflowY !== 'visible' && e.scrollHeight > e.clientHeight + 1 && e.clientHeight > 1).length"
    assert page.evaluate(clipped) == 0
    page.set_viewport_size({"width": 794, "height": 1123})  # A4
    keep(page, "print")
    page.emulate_media(media="null")
    (ROOT / "artifacts").mkdir(exist_ok=True)
    assert page.pdf(path=ROOT / "artifacts" / "print.pdf", print_background=True).startswith(b"%PDF")
