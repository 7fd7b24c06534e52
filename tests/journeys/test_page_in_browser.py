"""A person's way through the page, in a real browser against a real server."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Download, Page, expect, sync_playwright
from tests.journeys.conftest import Server, StartServer, Vendors
from tests.providers.local_model import local_data_dir
from tests.providers.vendors import Script

from trillm.entrypoints.page import CLIENTS, build_page

pytestmark = pytest.mark.browser

ROOT = CLIENTS.parent
WIDTHS = (320, 375, 768, 1280)
QUESTION = "What is the capital of France?"
COUNT_SHIFTS = """
window.layoutShift = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.layoutShift += entry.value;
}).observe({type: 'layout-shift', buffered: true});
"""

TOO_SMALL = """() => [...document.querySelectorAll('button, a, select, input, summary, textarea')].filter((one) => {
  if (!one.checkVisibility() || one.closest('.answer') || one.matches('a.sr-only')) return false;
  const { width, height } = (one.closest('label') ?? one).getBoundingClientRect();
  return height < 44 || width < 24;
}).map((one) => one.outerHTML)"""

OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Chromium, by a connection of the module's own: Playwright's loop must not run in tests that are not its."""
    build_page(lambda _: None)
    expect.set_options(timeout=20_000)  # a machine with much else to do is slow, not wrong
    with sync_playwright() as playwright:
        browser = playwright.chromium.connect(chromium)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Open an address as a new visitor; whatever the page complains about fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(url: str, **options: Any) -> Page:
        usual = {"viewport": {"width": 1280, "height": 860}, "service_workers": "block"}
        context = browser.new_context(**{**usual, **options})
        contexts.append(context)
        page = context.new_page()
        page.add_init_script(COUNT_SHIFTS)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda told: complaints.append(told.text) if "Content Security" in told.text else None)
        page.goto(url)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def ask(page: Page, question: str = QUESTION) -> None:
    page.get_by_label("Your question").fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()
    page.wait_for_url("**/results/*")


def until_answered(page: Page) -> None:
    expect(page.get_by_text("3 of 3 answered")).to_be_visible(timeout=20_000)
    expect(page.locator("#best").get_by_text("Best")).to_be_visible()


def text_of(download: Download) -> str:
    """Return what was downloaded; a browser at the other end of a connection has to hand it over first."""
    with TemporaryDirectory() as directory:
        download.save_as(file := Path(directory) / "download")
        return file.read_text()


def keep(page: Page, name: str) -> None:
    directory = ROOT / "artifacts"
    directory.mkdir(exist_ok=True)
    page.screenshot(path=directory / f"{name}.png", full_page=True)


def defects(page: Page) -> list[str]:
    """Ask axe-core what people with impairments would stumble over. Needs `bypass_csp`."""
    page.add_script_tag(path=CLIENTS / "node_modules" / "axe-core" / "axe.min.js")
    found = page.evaluate("() => axe.run().then((result) => result.violations)")
    return [f"{v['id']}: {[n['html'][:120] for n in v['nodes'][:3]]}" for v in found]


def test_a_question_goes_from_the_first_page_to_the_best_answer_without_anything_jumping(
    server: Server, open_page: OpenPage
) -> None:
    page = open_page(server.url)
    ask(page)
    until_answered(page)
    best = page.locator("#best")
    expect(best.get_by_text("Paris").first).to_be_visible()
    expect(page.get_by_role("region", name="Why this one").get_by_text("Relevance")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(3)
    assert page.evaluate("window.layoutShift") < 0.001
    keep(page, "page-best-answer")


def test_the_policy_forbids_what_a_hijacked_page_would_do(server: Server, open_page: OpenPage) -> None:
    page = open_page(server.url)
    for path in ("/", "/results/nothing-here", "/history", "/dashboard", "/pricing", "/s/nothing-here"):
        page.goto(server.url + path)
        refused = page.evaluate("() => { try { document.body.innerHTML = '<b>x</b>' } catch (e) { return e.name } }")
        assert refused == "TypeError", path


def test_with_no_key_the_model_on_this_machine_answers_in_its_voices_and_that_is_said(
    start_server: StartServer, vendors: Vendors, tmp_path: Path, open_page: OpenPage
) -> None:
    shutil.copytree(local_data_dir() / "models", tmp_path / "data" / "models")
    page = open_page(start_server(**dict.fromkeys(vendors.environment, "")).url)
    expect(page.get_by_text("Only the tiny model on this machine answers")).to_be_visible()
    ask(page)
    expect(page.get_by_text("3 of 3 answered")).to_be_visible(timeout=90_000)
    expect(page.get_by_role("article").get_by_text("free")).to_have_count(3)
    expect(page.locator("#best .answer").first).not_to_be_empty()


def test_what_the_head_has_fetched_ahead_is_what_the_page_asks_for(server: Server, open_page: OpenPage) -> None:
    page = open_page(server.url)
    ask(page)
    until_answered(page)
    page.add_init_script("window.asked = []; const ask = fetch; window.fetch = (a, o) => (asked.push(a), ask(a, o))")
    for address in (server.url, page.url):
        page.goto(address)
        ahead = page.locator("link[rel=preload][as=fetch]").evaluate_all(
            "(all) => all.map((one) => one.getAttribute('href'))"
        )
        assert len(ahead) == 2
        page.wait_for_function("(ahead) => ahead.every((one) => window.asked.includes(one))", arg=ahead)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_every_page_is_accessible(server: Server, open_page: OpenPage, theme: str, phone: bool) -> None:
    size = {"width": 390, "height": 844} if phone else {"width": 1280, "height": 860}
    page = open_page(
        server.url, bypass_csp=True, color_scheme=theme, viewport=size, is_mobile=phone, reduced_motion="reduce"
    )
    expect(page.get_by_text("Claude Sonnet 5.5")).to_be_attached()
    assert defects(page) == []
    ask(page)
    until_answered(page)
    assert defects(page) == []
    name = f"{theme}-{'phone' if phone else 'desktop'}"
    keep(page, f"page-results-{name}")
    page.goto(f"{server.url}/history")
    expect(page.get_by_text(QUESTION)).to_be_visible()
    assert defects(page) == []
    keep(page, f"page-history-{name}")
    page.goto(f"{server.url}/results/nothing-here")
    expect(page.get_by_role("heading", name="No such result")).to_be_visible()
    assert defects(page) == []
    for path, shown in (("dashboard", "What was asked from this browser"), ("pricing", "Billing is off")):
        page.goto(f"{server.url}/{path}")
        expect(page.get_by_text(shown)).to_be_visible()
        expect(page.locator(".shimmer:visible")).to_have_count(0)
        assert defects(page) == []


def test_on_a_phone_everything_to_press_is_as_large_as_a_finger(server: Server, open_page: OpenPage) -> None:
    page = open_page(server.url, viewport={"width": 375, "height": 812}, is_mobile=True, has_touch=True)
    expect(page.get_by_text("Claude Sonnet 5.5")).to_be_attached()
    assert page.evaluate(TOO_SMALL) == []
    ask(page)
    until_answered(page)
    page.get_by_role("button", name="Show claims").click()
    assert page.evaluate(TOO_SMALL) == []
    page.get_by_role("button", name="Share", exact=True).click()
    page.get_by_role("button", name="Create a link").click()
    link = page.get_by_role("dialog").get_by_role("link")
    shared = link.inner_text()
    assert page.evaluate(TOO_SMALL) == []
    sheet = page.get_by_role("dialog", name="Share this result")
    assert sheet.evaluate("(sheet) => sheet.scrollWidth <= sheet.clientWidth")
    for address in (shared, f"{server.url}/history", f"{server.url}/dashboard", f"{server.url}/pricing"):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator(".shimmer:visible")).to_have_count(0)
        assert page.evaluate(TOO_SMALL) == [], address


def test_no_page_is_wider_than_its_screen(server: Server, open_page: OpenPage) -> None:
    page = open_page(server.url)
    ask(page, "W" * 300 + " " + QUESTION)
    until_answered(page)
    shared = page.request.post(f"{server.url}/api{page.url.split('/results')[1].join(['/query', '/shares'])}").json()[
        "url"
    ]
    others = [server.url + path for path in (shared, "/", "/history", "/dashboard", "/pricing", "/results/none")]
    for address in (page.url, *others):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (address, width)


def test_a_model_that_fails_says_why_and_can_be_asked_again_alone(
    start_server: StartServer, vendors: Vendors, open_page: OpenPage
) -> None:
    vendors.script(**{"gemini-3.8-flash": [Script(status=401), Script(["It is Paris."])]})
    page = open_page(start_server().url)
    ask(page)
    expect(page.get_by_text("2 of 3 answered")).to_be_visible(timeout=20_000)
    asked = vendors.calls("gpt-6.1-terra")
    card = page.get_by_role("article", name="Gemini 3.8 Flash")
    expect(card.get_by_text("failed")).to_be_visible()
    card.get_by_role("button", name="Retry", exact=True).click()
    until_answered(page)
    expect(card.get_by_text("It is Paris.")).to_be_visible()
    assert vendors.calls("gpt-6.1-terra") == asked


def test_escape_stops_what_still_runs_and_keeps_what_arrived(
    start_server: StartServer, vendors: Vendors, open_page: OpenPage
) -> None:
    vendors.script(**{"claude-sonnet-5-5": Script(["Paris, ", "of course, "], fault="stall")})
    page = open_page(start_server().url)
    ask(page)
    card = page.get_by_role("article", name="Claude Sonnet 5.5")
    expect(card.get_by_text("Paris, of course,")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("2 of 3 done")).to_be_visible(timeout=20_000)
    page.keyboard.press("Escape")
    expect(page.get_by_text("2 of 3 answered")).to_be_visible(timeout=20_000)
    expect(card.get_by_text("stopped", exact=True)).to_be_visible()
    expect(card.get_by_text("Paris, of course,")).to_be_visible()


def test_when_nobody_answers_every_reason_is_told(
    start_server: StartServer, vendors: Vendors, open_page: OpenPage
) -> None:
    vendors.script(**{name: Script(status=401) for name in ("gpt-6.1-terra", "gemini-3.8-flash", "claude-sonnet-5-5")})
    page = open_page(start_server().url)
    ask(page)
    expect(page.get_by_role("heading", name="No model answered")).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="Ask again", exact=True).click()
    expect(page.get_by_label("Your question")).to_have_value(QUESTION)


def test_a_limit_counts_down_and_keeps_the_draft(start_server: StartServer, open_page: OpenPage) -> None:
    server = start_server(TRILLM_LIMIT_PER_MINUTE="1")
    page = open_page(server.url)
    ask(page)
    page.goto(server.url)
    page.get_by_label("Your question").fill("And of Spain?")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_text("Again in 0:")).to_be_visible()
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_disabled()
    page.reload()
    expect(page.get_by_label("Your question")).to_have_value("And of Spain?")


def test_a_judgement_is_kept_and_a_deleted_question_is_gone(start_server: StartServer, open_page: OpenPage) -> None:
    page = open_page(start_server().url)
    ask(page)
    until_answered(page)
    address = page.url
    with page.expect_response("**/api/feedback") as kept:
        page.locator("#best").get_by_role("button", name="Good answer").click()
    assert kept.value.status == 201
    expect(page.locator("#best").get_by_role("button", name="Good answer")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Delete this question").click()
    expect(page.get_by_text("No questions yet")).to_be_visible()
    page.goto(address)
    expect(page.get_by_role("heading", name="No such result")).to_be_visible()


def test_a_restart_of_the_server_loses_nothing_that_is_watched(
    start_server: StartServer, vendors: Vendors, open_page: OpenPage
) -> None:
    slow = Script([f"word{n} " for n in range(60)], between=0.05)
    vendors.script(**{"claude-sonnet-5-5": slow})
    server = start_server()
    page = open_page(server.url)
    ask(page)
    card = page.get_by_role("article", name="Claude Sonnet 5.5")
    expect(card.get_by_text("word3")).to_be_visible(timeout=20_000)
    server.settings["TRILLM_PORT"] = server.url.rsplit(":", 1)[1]
    server.kill()
    expect(page.get_by_text("Reconnecting")).to_be_visible(timeout=10_000)
    server.start()
    until_answered(page)
    expect(card.get_by_text("word59")).to_be_attached()


def test_a_page_whose_script_cannot_be_had_says_so_and_keeps_the_frame(server: Server, open_page: OpenPage) -> None:
    page = open_page(server.url)
    page.route("**/assets/history-*.js", lambda route: route.abort())
    page.get_by_role("link", name="History").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("could not be loaded")
    page.unroute_all()
    alert.get_by_role("button", name="Load it again").click()
    expect(page.get_by_role("heading", name="History")).to_be_visible()
