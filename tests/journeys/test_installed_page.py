"""The page as an app of its own: installed, with no network, given something to ask, replaced by a newer one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect
from tests.journeys.conftest import Server
from tests.journeys.test_page_in_browser import (
    QUESTION,
    OpenPage,
    ask,
    browser,
    defects,
    keep,
    open_page,
    until_answered,
)

__all__ = ["browser", "open_page"]

pytestmark = pytest.mark.browser

CONTROLLED = "() => navigator.serviceWorker.controller !== null"
# the models' names are kept too
KEPT = "() => caches.open('trillm-kept').then((kept) => kept.keys()).then((keys) => keys.length)"
ALONE = {"service_workers": "allow"}


def installed(open_page: OpenPage, address: str, **options: Any) -> Page:
    """Open the page and wait until it would open again with no network."""
    page = open_page(address, **ALONE, **options)
    page.wait_for_function(CONTROLLED)
    return page


def test_the_browser_finds_nothing_that_keeps_the_page_from_being_installed(
    server: Server, open_page: OpenPage
) -> None:
    page = installed(open_page, server.url)
    browser_of = page.context.new_cdp_session(page)
    manifest = browser_of.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert json.loads(manifest["data"])["share_target"]["enctype"] == "application/x-www-form-urlencoded"
    errors = [error["errorId"] for error in browser_of.send("Page.getInstallabilityErrors")["installabilityErrors"]]
    assert errors in ([], ["in-incognito"])


def test_saved_answers_open_and_are_found_with_no_network(server: Server, open_page: OpenPage) -> None:
    page = installed(open_page, server.url, bypass_csp=True)
    ask(page, "Which city is the capital of Spain?")
    until_answered(page)
    page.get_by_role("link", name="TriLLM").click()
    ask(page)
    until_answered(page)
    address = page.url
    page.wait_for_function(f"{KEPT}.then((kept) => kept === 3)")
    page.context.set_offline(True)
    page.goto(f"{server.url}/history")
    expect(page.get_by_text("Offline. Saved answers still open.")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("listitem")).to_have_count(2)
    page.get_by_label("Search your questions").fill("SPAIN")
    expect(page.get_by_role("main").get_by_role("listitem")).to_have_count(1)
    assert defects(page) == []
    keep(page, "page-history-offline")
    page.goto(address)
    until_answered(page)
    expect(page.locator("#best").get_by_text("Paris").first).to_be_visible()
    page.goto(f"{server.url}/results/never-opened-here")
    expect(page.get_by_text("The service cannot be reached").first).to_be_visible()
    page.context.set_offline(False)
    page.goto(address)
    until_answered(page)
    expect(page.get_by_text("Saved answers still open.")).to_have_count(0)


def test_a_deleted_question_is_deleted_here_too(server: Server, open_page: OpenPage) -> None:
    page = installed(open_page, server.url)
    ask(page)
    until_answered(page)
    address = page.url
    page.wait_for_function(f"{KEPT}.then((kept) => kept === 2)")
    page.get_by_role("button", name="Delete this question").click()
    expect(page.get_by_text("No questions yet")).to_be_visible()
    page.wait_for_function(f"{KEPT}.then((kept) => kept === 1)")
    page.context.set_offline(True)
    page.goto(address)
    expect(page.get_by_text("The service cannot be reached").first).to_be_visible()


def test_what_another_app_shares_waits_in_the_box_and_leaves_this_machine_only_when_it_is_asked(
    server: Server, open_page: OpenPage
) -> None:
    page = installed(open_page, server.url)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
    shared = "?title=Seine&text=How%20long%20is%20it%3F%20https%3A%2F%2Friver.example&url=https%3A%2F%2Friver.example"
    opened = page.goto(f"{server.url}/{shared}")
    assert opened is not None
    assert opened.from_service_worker
    expect(page.get_by_label("Your question")).to_have_value("Seine\nHow long is it? https://river.example")
    assert page.url == f"{server.url}/"
    assert asked == []


class Builds(BaseHTTPRequestHandler):
    """Hands through what the server says, until a newer build of the page is out: then its worker differs."""

    upstream = ""
    newer = False

    def do_GET(self) -> None:
        try:
            with urlopen(Request(f"{self.upstream}{self.path}")) as reply:
                status, kind, body = reply.status, reply.headers["content-type"], reply.read()
        except HTTPError as error:
            status, kind, body = error.code, error.headers["content-type"], error.read()
        if self.path == "/sw.js" and self.newer:
            body = body.replace(b'VERSION = "', b'VERSION = "newer-')
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def builds(server: Server) -> Iterator[tuple[str, type[Builds]]]:
    handler = type("Handler", (Builds,), {"upstream": server.url})
    proxy = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    proxy.daemon_threads = True
    Thread(target=proxy.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{proxy.server_port}", handler
    proxy.shutdown()
    proxy.server_close()


def test_a_newer_page_is_offered_and_taken_when_the_person_says_so(
    builds: tuple[str, type[Builds]], open_page: OpenPage
) -> None:
    address, build = builds
    page = installed(open_page, address)
    page.get_by_label("Your question").fill(QUESTION)
    build.newer = True
    page.evaluate("() => navigator.serviceWorker.getRegistration().then((worker) => worker.update())")
    page.get_by_role("button", name="Reload").click()
    page.wait_for_function(
        "() => caches.keys().then((names) => names.filter((n) => n.startsWith('trillm-page-')).join())"
        ".then((names) => names.startsWith('trillm-page-newer-') && !names.includes(','))"
    )
    expect(page.get_by_text("New version")).to_have_count(0)
    expect(page.get_by_label("Your question")).to_have_value(QUESTION)
