"""While answers grow nothing moves that was read before: no layout shift at all, not even one that follows a touch."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.journeys.conftest import StartServer, Vendors
from tests.journeys.pictured import BOTH, EVENTS, FLASH, QUESTION, SOCKETS, SONNET, TERRA
from tests.journeys.test_page_in_browser import OpenPage, ask, browser, open_page, until_answered
from tests.providers.vendors import Script

pytestmark = pytest.mark.browser
__all__ = ["browser", "open_page"]

WATCH = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const { value, hadRecentInput, sources } of list.getEntries()) {
    window.shifts.push({ value, hadRecentInput, moved: sources.map((one) => one.node?.outerHTML?.slice(0, 120)) });
  }
}).observe({ type: 'layout-shift', buffered: true });
"""
LOOKS = {
    "desktop": {"viewport": {"width": 1280, "height": 860}},
    "phone": {"viewport": {"width": 375, "height": 812}, "is_mobile": True, "has_touch": True},
}


def streamed(text: str, between: float) -> Script:
    return Script([text[place : place + 12] for place in range(0, len(text), 12)], between=between)


@pytest.mark.parametrize("look", LOOKS)
def test_nothing_moves_while_answers_of_every_shape_grow(
    start_server: StartServer, vendors: Vendors, open_page: OpenPage, look: str
) -> None:
    vendors.script(
        **{TERRA: streamed(EVENTS * 2, 0.012), FLASH: streamed(SOCKETS, 0.03), SONNET: streamed(BOTH * 2, 0.02)}
    )
    page = open_page(start_server(TRILLM_JUDGE="never").url, **LOOKS[look])
    page.add_init_script(WATCH)
    page.reload()
    ask(page, QUESTION)
    page.evaluate("() => { window.shifts.length = 0 }")  # those of leaving the first page
    until_answered(page)
    expect(page.get_by_role("button", name="Show claims")).to_be_visible()
    expect(page.get_by_role("button", name="Merge the answers")).to_be_visible()
    shifts = page.evaluate("() => window.shifts")
    # what a score of 0.000 rounds away is a sign that gives way to another inside its badge
    assert sum(shift["value"] for shift in shifts) < 0.0005, shifts
