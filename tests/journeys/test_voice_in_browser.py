"""A question is spoken and an answer read aloud, in a real browser with a microphone that beeps."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect
from tests.journeys.conftest import Server, StartServer, Vendors
from tests.journeys.staged_query import StagedQuery, ranked, ranking
from tests.journeys.test_page_in_browser import OpenPage, browser, defects, keep, open_page

__all__ = ["browser", "open_page"]

pytestmark = pytest.mark.browser

VOICE = """
window.said = [];
Object.defineProperty(window, 'speechSynthesis', { value: Object.assign(new EventTarget(), {
  getVoices: () => [{}], speak: (utterance) => window.said.push(utterance),
  cancel() {}, pause() { window.paused = true }, resume() { window.paused = false },
}) });
"""
"""This browser has no voice; with one, what is said is what it is given."""
DEAF = "delete window.webkitSpeechRecognition; delete window.SpeechRecognition"
ENGINE = """
window.SpeechRecognition = class {
  start() {}
  stop() { this.onresult({ results: [[{ transcript: 'Is it' }], [{ transcript: ' Paris?' }]] }); this.onend() }
};
"""
END = "() => window.said.at(-1).onend()"
SAID = "() => window.said.map((utterance) => utterance.text)"
MARKED = "() => [...(CSS.highlights.get('reading') ?? [])].map((range) => range.toString())"


def forbid_microphone(route: Route) -> None:
    """Let the page in with a header by which the browser refuses it the microphone, as a person may."""
    came = route.fetch()
    route.fulfill(response=came, headers={**came.headers, "permissions-policy": "microphone=()"})


def speak(page: Page) -> None:
    page.get_by_role("button", name="Ask by voice").click()
    stop = page.get_by_role("button", name="Stop listening")
    expect(stop).to_be_visible()
    page.wait_for_timeout(300)  # something has to be recorded
    stop.click()


def test_what_is_said_stands_in_the_box_and_is_not_asked_by_itself(
    server: Server, session_vendors: Vendors, open_page: OpenPage
) -> None:
    page = open_page(server.url, bypass_csp=True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
    page.get_by_label("Your question").fill("Please tell me:")
    speak(page)
    expect(page.get_by_label("Your question")).to_have_value(
        "Please tell me: What is the capital of France?", timeout=20_000
    )
    expect(page.get_by_label("Your question")).to_be_focused()
    assert [url.rpartition("/")[2] for url in asked] == ["transcriptions"]
    assert session_vendors.server.heard[-1]["audio"].startswith(b"\x1aE\xdf\xa3")
    assert session_vendors.server.heard[-1]["type"] == "audio/webm"
    assert defects(page) == []
    keep(page, "page-voice")


def test_what_is_left_to_speak_is_told_and_that_it_has_ended(server: Server, open_page: OpenPage) -> None:
    page = open_page(server.url, bypass_csp=True)
    page.clock.install()
    page.get_by_role("button", name="Ask by voice").click()
    expect(page.get_by_text("1:00 left")).to_be_visible()
    page.wait_for_timeout(300)  # something has to be recorded
    page.clock.fast_forward(45_000)
    expect(page.get_by_text("0:15 left")).to_be_visible()
    assert defects(page) == []
    page.clock.fast_forward(16_000)
    expect(page.get_by_text("A minute is the most at once.")).to_be_visible()
    expect(page.get_by_label("Your question")).to_have_value("What is the capital of France?", timeout=20_000)


def test_why_nothing_was_written_down_is_told_in_plain_words(
    start_server: StartServer, vendors: Vendors, open_page: OpenPage
) -> None:
    server = start_server()
    page = open_page(server.url)
    page.route(server.url, forbid_microphone)
    page.reload()
    page.get_by_role("button", name="Ask by voice").click()
    expect(page.get_by_text("The microphone is not allowed here.")).to_be_visible()
    page.unroute(server.url)
    page.reload()
    vendors.server.said = " "
    speak(page)
    expect(page.get_by_text("Nothing was heard.")).to_be_visible(timeout=20_000)
    vendors.server.said = ""
    speak(page)
    expect(page.get_by_text("The vendor answered 401")).to_be_visible(timeout=20_000)


def test_where_no_vendor_hears_the_browsers_own_engine_does_and_where_neither_can_there_is_no_button(
    start_server: StartServer, open_page: OpenPage
) -> None:
    page = open_page(start_server(OPENAI_API_KEY="").url)
    page.add_init_script(DEAF)
    page.reload()
    expect(page.get_by_role("switch", name="Blind")).to_be_visible()
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("button", name="Ask by voice")).to_have_count(0)
    page.add_init_script(ENGINE)
    page.reload()
    page.get_by_role("button", name="Ask by voice").press("Enter")
    page.get_by_role("button", name="Stop listening").press("Enter")
    expect(page.get_by_role("textbox", name="Your question")).to_have_value("Is it Paris?")


def test_the_best_answer_is_read_by_sentence_and_the_one_being_read_is_marked(
    server: Server, open_page: OpenPage
) -> None:
    text = "Use **streams**. They are [plain](https://a.example) HTTP.\n\n```py\nx = 1\n```\n\n- Both work with it."
    query = ranked(ranking(False, terra=0.86, flash=0.1, sonnet=0.04))
    query["responses"][0] = {**query["responses"][0], "text": text}
    stage = StagedQuery(query)
    try:
        page = open_page(server.url, bypass_csp=True)
        stage.show(page, server.url)
        expect(page.locator("#best .answer")).to_be_visible()
        page.wait_for_load_state("networkidle")
        expect(page.get_by_role("button", name="Read the best answer aloud")).to_have_count(0)
        page.add_init_script(VOICE)
        stage.show(page, server.url)
        page.get_by_role("button", name="Read the best answer aloud").click()
        assert page.evaluate(SAID) == ["Use streams."]
        assert page.evaluate(MARKED) == ["Use streams."]
        page.get_by_role("button", name="Pause").click()
        assert page.evaluate("window.paused")
        page.get_by_role("button", name="Go on").click()
        page.evaluate(END)
        assert page.evaluate(MARKED) == ["They are plain (a.example) HTTP."]
        assert defects(page) == []
        keep(page, "page-reading-aloud")
        page.evaluate(END)
        page.evaluate(END)
        page.evaluate(END)
        assert page.evaluate(SAID) == [
            "Use streams.",
            "They are plain HTTP.",
            "Code left out.",
            "Both work with it.",
        ]
        assert page.evaluate("() => [...new Set(window.said.map((one) => one.lang))]") == ["en"]
        expect(page.get_by_role("button", name="Read the best answer aloud")).to_be_visible()
        assert page.evaluate(MARKED) == []
    finally:
        stage.close()
