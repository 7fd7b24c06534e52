"""How words come to the page and leave it: over a stream that is cut, under a reader's hands, by the clipboard."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.journeys import staged_query
from tests.journeys.conftest import Server, Stage
from tests.journeys.staged_query import ranked, ranking
from tests.journeys.test_page_in_browser import OpenPage, browser, open_page

__all__ = ["browser", "open_page"]

pytestmark = pytest.mark.browser

TERRA, FLASH = "GPT-6.1 Terra", "Gemini 3.8 Flash"
CUTS = 10


def leads(name: str, sure: float = 0.7) -> dict[str, Any]:
    others = [one for one in staged_query.NAMES if one != name]
    return ranking(True, **{name: sure}, **dict.fromkeys(others, (1 - sure) / 2))


def test_a_stream_that_is_cut_ten_times_loses_no_word_and_doubles_none(
    server: Server, open_page: OpenPage, stage: Stage
) -> None:
    growing = [staged_query.response(name, status="streaming", text="") for name in staged_query.NAMES]
    query, page = stage(staged_query.query(*growing)), open_page(server.url)
    query.cuts = CUTS
    query.show(page, server.url)
    answer = page.get_by_role("article", name=TERRA).locator(".answer")
    said = ""
    for number in range(CUTS + 2):
        words = f"word{number} and so on, "
        said += words
        query.tell("response.delta", {"response_id": "terra", "text": words})
        expect(answer).to_have_text(said.strip())
    assert query.cuts == 0


def select(page: Page, what: str) -> None:
    page.locator(what).first.evaluate("(words) => getSelection().selectAllChildren(words)")


def test_the_leader_does_not_change_under_who_marks_or_scrolls_its_text_until_they_want_it(
    server: Server, open_page: OpenPage, stage: Stage
) -> None:
    long = "\n\n".join(f"Paragraph {n} of the answer." for n in range(40))
    answers = [staged_query.response("terra", text=long), *(staged_query.response(n) for n in ("flash", "sonnet"))]
    query, page = stage(staged_query.query(*answers)), open_page(server.url)
    query.show(page, server.url)
    best = page.locator("#best")
    query.tell("ranking", leads("terra"))
    expect(best.get_by_role("heading", level=2)).to_have_text(TERRA)
    select(page, "#best .answer p")
    query.tell("ranking", leads("flash"))
    news = best.get_by_role("button", name=f"{FLASH} leads: show it")
    expect(news).to_be_visible()
    expect(best.get_by_role("heading", level=2)).to_have_text(TERRA)
    page.evaluate("() => getSelection().removeAllRanges()")
    expect(best.get_by_role("heading", level=2)).to_have_text(FLASH)
    query.tell("ranking", leads("terra"))
    expect(best.get_by_role("heading", level=2)).to_have_text(TERRA)
    best.locator("[data-scroll]").evaluate("(body) => { body.scrollTop = 200 }")
    query.tell("ranking", leads("flash"))
    expect(best.get_by_role("heading", level=2)).to_have_text(TERRA)
    news.click()
    expect(best.get_by_role("heading", level=2)).to_have_text(FLASH)


def test_an_answer_is_copied_as_markdown_and_as_it_looks(server: Server, open_page: OpenPage, stage: Stage) -> None:
    page = open_page(server.url, permissions=["clipboard-read", "clipboard-write"])
    text = "Use **streams**, see [why](https://site.example/why).\n\n```js\nopen()\n```"
    told = ranked(ranking(False, terra=0.86, flash=0.10, sonnet=0.04))
    told["responses"][0]["text"] = text
    stage(told).show(page, server.url)
    page.locator("#best").get_by_role("button", name="Copy the best answer").click()
    expect(page.locator("#best").get_by_text("Copied", exact=True)).to_be_visible()
    copied = page.evaluate(
        """async () => {
          const [item] = await navigator.clipboard.read();
          const of = async (kind) => (await item.getType(kind)).text();
          return [await of("text/plain"), await of("text/html")];
        }"""
    )
    assert copied[0] == text
    for part in ("<strong>streams</strong>", 'href="https://site.example/why"', "(site.example)"):
        assert part in copied[1]
    assert "open()" in re.sub("<[^>]+>", "", copied[1])  # its words may have their colours by now
    assert "<button" not in copied[1]
