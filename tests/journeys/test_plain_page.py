"""The page without a script: in a browser that runs none, and as it stands on the wire."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import expect
from tests.journeys.conftest import Server, StartServer, Vendors
from tests.journeys.test_page_in_browser import QUESTION, OpenPage, browser, defects, keep, open_page
from tests.providers.vendors import Script

__all__ = ["browser", "open_page"]

HOSTILE = '</div><script>fetch("//evil.example")</script><img src=x onerror=alert(1)>{0} & "so"'


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
def test_without_a_script_a_question_is_asked_its_best_answer_read_and_found_again(
    start_server: StartServer, vendors: Vendors, open_page: OpenPage, width: int
) -> None:
    slow = Script([f"word{n} " for n in range(12)], between=0.1)
    vendors.script(**{"claude-sonnet-5-5": slow, "gpt-6.1-terra": Script([HOSTILE])})
    server = start_server()
    size = {"width": width, "height": 800}
    page = open_page(server.url, java_script_enabled=False, viewport=size, color_scheme="dark")
    page.get_by_role("link", name="The plain page").click()
    page.get_by_label("Your question").fill(QUESTION)
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("status")).to_contain_text("This page renews itself")
    expect(page.get_by_role("status")).to_contain_text("Answered in", timeout=20_000)
    articles = page.get_by_role("article")
    expect(articles).to_have_count(3)
    expect(articles.first).to_contain_text("Best answer")
    expect(articles.first).to_contain_text("with a probability of")
    expect(page.get_by_text(HOSTILE)).to_be_visible()
    assert page.locator("img, script").count() == 0
    keep(page, f"plain-result-{width}")
    page.get_by_role("link", name="Ask your own question").click()
    expect(page.get_by_role("link", name=QUESTION)).to_be_visible()
    keep(page, f"plain-home-{width}")
    page.get_by_role("link", name=QUESTION).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(QUESTION)


@pytest.mark.browser
def test_the_plain_page_is_read_in_the_language_of_the_browser(server: Server, open_page: OpenPage) -> None:
    look = {"viewport": {"width": 320, "height": 700}, "locale": "ar", "bypass_csp": True}
    page = open_page(f"{server.url}/plain", **look)
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    page.get_by_label("سؤالك").fill(QUESTION)
    page.get_by_role("button", name="اسأل").click()
    expect(page.get_by_role("article").first).to_contain_text("أفضل إجابة:", timeout=20_000)
    expect(page.locator("bdi[lang=en]").first).to_be_visible()  # the reasons, which the service has in English
    assert defects(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    keep(page, "plain-arabic")


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_plain_page_is_accessible_and_no_wider_than_a_phone(
    server: Server, open_page: OpenPage, theme: str
) -> None:
    size = {"width": 320, "height": 700}
    page = open_page(f"{server.url}/plain", bypass_csp=True, color_scheme=theme, viewport=size)
    assert defects(page) == []
    page.get_by_label("Your question").fill("W" * 200 + "?")
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("status")).to_contain_text("Answered in", timeout=20_000)
    assert defects(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def form(question: str) -> dict[str, str]:
    return {"question": question}


def test_what_is_refused_is_told_above_the_draft(start_server: StartServer) -> None:
    server = start_server(TRILLM_LIMIT_PER_MINUTE="1")
    with httpx.Client(base_url=server.url) as http:
        empty = http.post("/plain", data=form("  \r\n "))
        assert (empty.status_code, "The question is empty." in empty.text) == (422, True)
        assert http.post("/plain", data=form("Why?")).status_code == 303
        limited = http.post("/plain", data=form("Why <b>not</b>?"))
        assert (limited.status_code, "Why &lt;b&gt;not&lt;/b&gt;?</textarea>" in limited.text) == (429, True)
        assert int(limited.headers["retry-after"]) >= 1
        assert 'role="alert">At most 1 questions a minute.' in limited.text


def test_only_this_servers_form_may_ask(server: Server) -> None:
    with httpx.Client(base_url=server.url) as http:
        for origin in ("https://evil.example", "null"):
            assert http.post("/plain", data=form("Why?"), headers={"Origin": origin}).status_code == 403
        assert http.post("/plain", data=form("Why?"), headers={"Origin": server.url}).status_code == 303
        assert http.post("/plain", json=form("Why?")).status_code == 415
        assert http.post("/plain", files={"question": b"Why?"}).status_code == 415
        for content in (b"question=%FF", b"question=a&question=b", b"other=a", b"&" * 9):
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            assert http.post("/plain", content=content, headers=kind).status_code == 422


def test_the_plain_page_runs_nothing_and_is_kept_by_nobody(server: Server) -> None:
    reply = httpx.get(f"{server.url}/plain")
    assert reply.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'; form-action")
    assert (reply.headers["x-robots-tag"], reply.headers["cache-control"]) == ("noindex", "no-store")
    assert "script" not in reply.text
    assert httpx.get(f"{server.url}/plain/plain.css").headers["content-type"] == "text/css; charset=utf-8"


def test_the_history_of_the_plain_page_is_this_browsers_and_goes_back_page_by_page(server: Server) -> None:
    with httpx.Client(base_url=server.url, follow_redirects=True) as http:
        for n in range(21):
            http.post("/plain", data=form(f"What is {n} and one?"))
        newest = http.get("/plain").text
        assert "What is 20 and one?" in newest
        assert "What is 0 and one?" not in newest
        older = newest.split('href="/plain?cursor=')[1].split('"')[0]
        assert "What is 0 and one?" in http.get("/plain", params={"cursor": older}).text
        assert http.get("/plain", params={"cursor": "made up"}).status_code == 400
    assert "Asked in this browser" not in httpx.get(f"{server.url}/plain").text


def test_failures_and_addresses_of_nothing_say_so(start_server: StartServer, vendors: Vendors) -> None:
    vendors.script(**{name: Script(status=401) for name in ("gpt-6.1-terra", "gemini-3.8-flash", "claude-sonnet-5-5")})
    with httpx.Client(base_url=start_server().url, follow_redirects=True) as http:
        asked = http.post("/plain", data=form("Why?"))
        while "renews itself" in (asked := http.get(asked.url)).text:
            pass
        assert "No model answered." in asked.text
        assert asked.text.count('<p class="bad">Failed: ') == 3
        for nowhere in ("/plain/none", "/plain/s/none"):
            assert (http.get(nowhere).status_code, "There is no" in http.get(nowhere).text) == (404, True)


def test_a_shared_result_is_read_without_a_script_too(server: Server) -> None:
    owner = {"X-Session-ID": "p" * 24}
    asked = httpx.post(f"{server.url}/api/query", json={"question": QUESTION}, headers=owner, timeout=30).json()
    ends = {"expires_at": "2999-12-31T12:00:00Z"}
    share = httpx.post(f"{server.url}/api/query/{asked['id']}/shares", json=ends, headers=owner).json()
    shown = httpx.get(f"{server.url}/plain{share['url']}")
    assert re.search(r"A snapshot of 20[\d-]+; it only reads. The link works until 2999-12-31.", shown.text)
    assert asked["id"] not in shown.text
