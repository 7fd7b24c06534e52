"""Where the answers agree, as a person sees it: counted, painted in place, and chosen by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from tests.journeys.conftest import Server, Vendors
from tests.journeys.test_claims import SAID, own_server, own_vendors
from tests.journeys.test_page_in_browser import OpenPage, ask, browser, defects, keep, open_page

__all__ = ["browser", "open_page", "own_server", "own_vendors"]

pytestmark = pytest.mark.browser

HEIGHTS = [f"The Eiffel Tower is {height} tall." for height in ("330 metres", "330 m", "312 metres")]
PAINTED = """(name) => [...(CSS.highlights.get(name) ?? [])]
  .filter((range) => range.startContainer.isConnected)
  .map((range) => [range.startContainer.parentElement.closest('article') !== null, range.toString()])"""


def asked(page: Page, vendors: Vendors) -> None:
    vendors.script(**SAID)
    ask(page, "How tall is the Eiffel Tower, and when was it finished?")
    expect(page.get_by_role("region", name="Where they agree").get_by_text("Contested")).to_be_visible(timeout=20_000)


def in_cards(page: Page, highlight: str) -> list[str]:
    return [said for in_card, said in page.evaluate(PAINTED, highlight) if in_card]


def test_claims_are_counted_and_painted_in_every_answer_and_nothing_jumps(
    own_server: Server, own_vendors: Vendors, open_page: OpenPage
) -> None:
    page = open_page(own_server.url)
    asked(page, own_vendors)
    counts = page.get_by_role("region", name="Where they agree").get_by_role("list")
    expect(counts.get_by_role("listitem")).to_have_text(["Contested1claim", "Most agree1claim", "Said by one1claim"])
    assert in_cards(page, "claim-contested") == HEIGHTS
    assert in_cards(page, "claim-most") == ["It was finished in 1889."] * 2
    assert page.evaluate("window.layoutShift") < 0.001
    # whatever draws an answer anew, it is painted again
    page.evaluate("document.querySelectorAll('.answer').forEach((one) => one.replaceWith(one.cloneNode(true)))")
    page.wait_for_function(f"() => ({PAINTED})('claim-contested').length >= {len(HEIGHTS)}")
    page.get_by_role("button", name="Underline").press("Enter")
    assert page.evaluate(PAINTED, "claim-contested") == []
    page.reload()
    expect(page.get_by_role("button", name="Underline")).to_have_attribute("aria-pressed", "false")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_a_claim_chosen_by_keyboard_is_marked_and_shows_who_says_what(
    own_server: Server, own_vendors: Vendors, open_page: OpenPage, theme: str, width: int
) -> None:
    size = {"width": width, "height": 860}
    page = open_page(own_server.url, bypass_csp=True, color_scheme=theme, viewport=size, reduced_motion="reduce")
    asked(page, own_vendors)
    page.get_by_role("button", name="Show claims").press("Enter")
    claims = page.get_by_role("region", name="Claims")
    expect(claims.get_by_role("heading")).to_have_text(["Contested", "Most agree", "Said by one"])
    page.keyboard.press("Tab")  # to the list, which scrolls
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(claims.get_by_text("They name different numbers.")).to_be_visible()
    said = claims.locator("q")
    expect(said).to_have_text(HEIGHTS)
    if width > 400:  # every side as large as the others
        assert len({one.evaluate("quote => quote.offsetHeight") for one in said.all()}) == 1
    assert in_cards(page, "claim-chosen") == HEIGHTS
    assert defects(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    keep(page, f"page-claims-{theme}-{width}")
    claims.get_by_role("button", name="Gustave Eiffel's firm built it.").click()
    assert in_cards(page, "claim-chosen") == ["Gustave Eiffel's firm built it."]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_stranger_sees_where_shared_answers_agree(
    own_server: Server, own_vendors: Vendors, open_page: OpenPage, theme: str
) -> None:
    owner = open_page(own_server.url)
    asked(owner, own_vendors)
    made = owner.request.post(f"{own_server.url}/api/query/{owner.url.rpartition('/')[2]}/shares").json()
    page = open_page(own_server.url + made["url"], bypass_csp=True, color_scheme=theme, reduced_motion="reduce")
    page.get_by_role("button", name="Show claims").click()
    assert in_cards(page, "claim-contested") == HEIGHTS
    page.get_by_role("region", name="Claims").get_by_role("button").first.click()
    assert in_cards(page, "claim-chosen") == HEIGHTS
    assert defects(page) == []


def test_while_names_are_hidden_claims_are_told_by_letter(
    own_server: Server, own_vendors: Vendors, open_page: OpenPage
) -> None:
    page = open_page(own_server.url)
    page.get_by_role("switch", name="Blind").click()
    asked(page, own_vendors)
    page.get_by_role("button", name="Show claims").click()
    claims = page.get_by_role("region", name="Claims")
    claims.get_by_role("button").first.click()
    expect(claims.locator("q").first).to_be_visible()
    told = claims.inner_text()
    assert {"Answer A", "Answer B", "Answer C"} <= set(told.split("\n"))
    assert not any(name in told for name in ("GPT", "Gemini", "Claude"))
