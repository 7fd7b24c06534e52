"""A browser's own numbers and the plans, in a real browser against a real server."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.journeys.conftest import Server
from tests.journeys.test_page_in_browser import OpenPage, browser, defects, open_page, text_of

pytestmark = pytest.mark.browser

__all__ = ["browser", "open_page"]

PHONE = {"viewport": {"width": 320, "height": 640}, "is_mobile": True}


def test_a_browser_sees_its_own_numbers_once_there_are_some_and_takes_them_along(
    server: Server, open_page: OpenPage
) -> None:
    page = open_page(f"{server.url}/dashboard", bypass_csp=True, reduced_motion="reduce")
    expect(page.get_by_text("3 more questions")).to_be_visible()
    for number in range(3):
        page.request.post(f"{server.url}/api/query", data={"question": f"What is the capital of France, {number}?"})
    page.get_by_role("button", name="7 days").click()
    expect(page.get_by_role("region", name="Wins").get_by_text("3 of 3")).to_be_visible()
    expect(page.locator("canvas")).to_have_count(2)
    expect(page.get_by_text("Needs 20 more votes on picks")).to_be_visible()
    vendors = page.get_by_role("region", name="Ready to answer")
    expect(vendors.get_by_role("listitem")).to_contain_text(["ready", "ready", "ready"])
    assert defects(page) == []
    health = page.request.get(f"{server.url}/api/health").json()
    health["vendors"] = [vendor | {"resting": ["gemini:gemini-3.8-flash"]} for vendor in health["vendors"][:1]]
    page.route("**/api/health", lambda route: route.fulfill(json=health))
    page.reload()
    expect(vendors.get_by_role("listitem").filter(has_text="Gemini")).to_contain_text("not now")
    expect(vendors.get_by_role("listitem").filter(has_text="GPT")).to_contain_text("ready")
    page.get_by_role("button", name="7 days").click()
    page.get_by_role("region", name="Cost a day").get_by_role("button", name="Table").click()
    expect(page.get_by_role("region", name="Table: Cost a day").get_by_role("row")).to_have_count(9)
    with page.expect_download() as started:
        page.get_by_role("button", name="CSV").click()
    assert text_of(started.value).startswith("day_utc,questions,cost_usd")
    page.route("**/api/dashboard*", lambda route: route.fulfill(status=422, json={"title": "Refused", "status": 422}))
    page.get_by_role("button", name="90 days").click()
    expect(page.get_by_role("alert")).to_contain_text("Refused")
    page.unroute("**/api/dashboard*")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_phone_finds_the_plans_by_its_tabs_and_is_told_that_nothing_is_charged(
    server: Server, open_page: OpenPage
) -> None:
    page = open_page(server.url, bypass_csp=True, reduced_motion="reduce", **PHONE)
    page.get_by_role("link", name="Pricing").click()
    expect(page.get_by_text("Billing is off on this server")).to_be_visible()
    for plan in ("Free", "Pro", "Enterprise"):
        expect(page.get_by_role("heading", name=plan)).to_be_visible()
    cost = page.get_by_text("a month, paid to the vendors").locator("..")
    before = cost.inner_text()
    page.get_by_label("Questions a day").fill("200")
    expect(cost).not_to_have_text(before)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("button", name="This browser").click()
    expect(page.get_by_text("There are no accounts on this server yet.").first).to_be_visible()
    assert defects(page) == []


def test_boards_in_another_language_mark_what_stays_english_and_keep_their_buttons_on_one_line(
    server: Server, open_page: OpenPage
) -> None:
    page = open_page(f"{server.url}/pricing", locale="de-DE", viewport={"width": 320, "height": 700})
    expect(page.get_by_text("Kostenlos", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="Enterprise").locator("bdi[lang=en][dir=ltr]")).to_be_visible()
    page.goto(f"{server.url}/dashboard")
    period = page.get_by_role("group", name="Zeitraum")
    tops = [period.get_by_role("button").nth(place).bounding_box() for place in range(4)]
    assert len({top["y"] for top in tops if top}) == 1
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
