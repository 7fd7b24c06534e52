"""`make screenshots`: a picture of every state of the page, in both themes and sizes, and a sheet of them all."""

from __future__ import annotations

import html
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import click
from bench.rendering import find_browser
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright
from tests.journeys.conftest import FLAGS
from tests.journeys.pictured import OWNER, QUESTION, Places, build
from tests.journeys.test_page_in_browser import ROOT

from trillm.entrypoints.page import build_page

Act = Callable[[Page, Places], object]
DESKTOP, PHONE = {"width": 1280, "height": 860}, {"width": 375, "height": 812}
ABROAD = ("landing", "commands", "final", "claims", "share", "history", "dashboard", "pricing")
SEEN_CLEARLY = ("landing", "landing-options", "provisional", "final", "partial", "claims", "history", "pricing")


@dataclass(frozen=True, slots=True)
class Look:
    """How the page is looked at. `states`: the only ones that are, or none for all."""

    name: str
    viewport: dict[str, int]
    theme: str
    states: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def phone(self) -> bool:
        """Whether fingers touch it."""
        return self.viewport is PHONE


LOOKS = (
    Look("desktop-light", DESKTOP, "light"),
    Look("desktop-dark", DESKTOP, "dark"),
    Look("phone-light", PHONE, "light"),
    Look("phone-dark", PHONE, "dark"),
    Look("arabic-desktop-light", DESKTOP, "light", ABROAD, {"locale": "ar"}),
    Look("arabic-phone-dark", PHONE, "dark", ABROAD, {"locale": "ar"}),
    Look("contrast-desktop-light", DESKTOP, "light", SEEN_CLEARLY, {"contrast": "more"}),
    Look("contrast-desktop-dark", DESKTOP, "dark", SEEN_CLEARLY, {"contrast": "more"}),
    Look("forced-colors-desktop", DESKTOP, "dark", SEEN_CLEARLY, {"forced_colors": "active"}),
)


@dataclass(frozen=True, slots=True)
class State:
    """A state of the page: where it is (by `Places.at`, else as it stands), and what is done there."""

    caption: str
    where: str
    act: Act = lambda page, places: None
    owner: bool = True
    """Whether it is seen by the browser that asked."""
    whole: bool = True
    """Whether all of the page is in the picture, or what a screen shows: what floats stands at its edges."""
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])


def press(name: str, where: str = "main") -> Act:
    """Press the button of this name, the first one in `where`."""
    return lambda page, _: page.locator(where).get_by_role("button", name=name, exact=True).first.click()


def _limited(page: Page, places: Places) -> None:
    for question in ("Why is the sea salty?", QUESTION):
        page.goto(places.limited)
        page.locator("#question").fill(question)
        with page.expect_response("**/api/query") as told:
            page.get_by_role("button", name="Ask", exact=True).click()
        if told.value.status == 202:
            page.wait_for_url("**/results/*")
    page.get_by_text("Again in 0:").wait_for()


def _offline(page: Page, places: Places) -> None:
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    page.context.set_offline(True)
    page.reload()


def _reconnecting(page: Page, places: Places) -> None:
    page.route(f"**/api{places.at['streaming'].replace('results', 'query')}", _cut_streams)
    page.goto(places.url + places.at["streaming"])
    page.get_by_text("Reconnecting").first.wait_for()


def _cut_streams(route: Any) -> None:
    streams = "event-stream" in route.request.headers.get("accept", "")
    route.abort() if streams else route.continue_()


def _blind(page: Page, places: Places) -> None:
    query = places.at["final"].rpartition("/")[2]
    kept = f'{{"state": {{"queries": {{"{query}": {{"open": false, "chosen": null}}}}}}, "version": 0}}'
    page.evaluate("(kept) => localStorage.setItem('trillm-blind', kept)", kept)
    page.reload()
    page.get_by_role("group", name="The better answer").wait_for()


def _claims(page: Page, places: Places) -> None:
    page.locator("[aria-controls=claims-list]").click()
    page.locator("#claims-list button").first.click()
    page.locator("#claims-list q").first.wait_for()


def _commands(page: Page, places: Places) -> None:
    page.keyboard.press("Control+k")
    page.get_by_role("dialog").get_by_role("option").first.wait_for()


def _coloured(page: Page, places: Places) -> None:
    page.locator("pre code span").first.wait_for()


def _compared(page: Page, places: Places) -> None:
    card = page.get_by_role("article", name="Gemini 3.8 Flash")
    card.get_by_role("button", name="Show what changed").click()
    card.locator("ins").first.wait_for()
    card.scroll_into_view_if_needed()


def _share(page: Page, places: Places) -> None:
    page.keyboard.press("s")
    page.get_by_role("dialog").get_by_role("link").first.wait_for()


def _broken(page: Page, places: Places) -> None:
    page.route("**/assets/history-*.js", lambda route: route.abort())
    page.locator("a[href='/history']:visible").first.click()
    page.get_by_role("alert").wait_for()


STATES = {
    "landing": State("The first page, with what was asked lately", "/"),
    "landing-new": State("The first page of a new visitor", "/", owner=False),
    "landing-options": State("The options of a question", "/", press("Options"), whole=False),
    "landing-limited": State("Too many questions in a minute", "/", _limited, owner=False),
    "landing-offline": State("No network", "/", _offline, whole=False, options={"service_workers": "allow"}),
    "landing-local": State("No keys: the local model alone, or none", "keyless", owner=False),
    "keyboard": State("The list of keys", "final", lambda page, _: page.keyboard.press("?"), whole=False),
    "commands": State("Commands and questions by name", "final", _commands, whole=False),
    "streaming": State("Three answers at once", "streaming"),
    "provisional": State("Best so far, one still writes", "provisional"),
    "reconnecting": State("The connection is cut", "/", _reconnecting),
    "final": State("The best answer and why", "final", _coloured),
    "close": State("Too close to call", "close"),
    "partial": State("One model failed", "partial"),
    "waits": State("One model takes no questions until later", "waits"),
    "stopped": State("Stopped by the reader", "stopped"),
    "failed": State("No model answered", "failed"),
    "cached": State("Answered before", "cached"),
    "blind": State("Names hidden until the reader has chosen", "final", _blind),
    "claims": State("Where the answers agree", "claims", _claims),
    "merged": State("A merged answer, each sentence marked", "merged"),
    "follow-up": State("A conversation that goes on", "follow-up"),
    "attempts": State("A further attempt, compared with the first", "attempts", _compared),
    "share": State("A link to a snapshot", "final", _share, whole=False),
    "shared": State("The snapshot, seen by a stranger", "shared", owner=False),
    "shared-ended": State("A link that was ended", "/s/AAAAAAAAAAAAAAAAAAAAAA", owner=False),
    "unknown": State("No such result", "/results/019ab000-0000-7000-8000-000000000001"),
    "history": State("What this browser asked", "/history"),
    "history-empty": State("Nothing asked yet", "/history", owner=False),
    "dashboard": State("This browser's numbers", "/dashboard"),
    "dashboard-empty": State("Numbers without questions", "/dashboard", owner=False),
    "pricing": State("The plans", "/pricing"),
    "broken": State("A part of the page cannot be had", "/", _broken),
    "plain": State("The page without a script", "/plain", options={"java_script_enabled": False}),
    "printed": State("On paper", "final", lambda page, _: page.emulate_media(media="print")),
}


@contextmanager
def opened(browser: Browser, look: Look, state: State, places: Places) -> Iterator[Page]:
    """Open the state as it is looked at, at rest."""
    options: dict[str, Any] = {"viewport": look.viewport, "color_scheme": look.theme, "reduced_motion": "reduce"}
    options |= {"service_workers": "block", "is_mobile": look.phone, "has_touch": look.phone}
    context = browser.new_context(**{**options, **look.options, **state.options})
    try:
        if state.owner:
            context.add_cookies([{"name": "trillm_session", "value": OWNER, "url": places.url}])
        page = context.new_page()
        page.set_default_timeout(10_000)
        path = places.at.get(state.where, state.where)
        page.goto(places.keyless if path == "keyless" else places.url + path)
        expect(page.get_by_role("heading").first).to_be_visible()
        state.act(page, places)
        expect(page.locator(".shimmer:visible")).to_have_count(0)
        expect(page.get_by_text("Comparing the answers.")).to_have_count(0)
        if page.locator("#agree").count():
            expect(page.locator("#agree + *").first).to_be_visible()
        page.evaluate("() => document.fonts.ready")
        if state.whole:
            height = page.evaluate("() => Math.max(innerHeight, document.documentElement.scrollHeight)")
            page.set_viewport_size({"width": look.viewport["width"], "height": height})
            page.evaluate("() => scrollTo(0, 0)")
        yield page
    finally:
        context.close()


@click.command()
@click.option("--only", multiple=True, help="A state by its name; any number. Left out: all.")
@click.option("--look", "looks", multiple=True, help="A look by its name; any number. Left out: all.")
@click.option("--screen", is_flag=True, help="What a screen shows, instead of the whole page.")
@click.option("--to", "target", type=click.Path(path_type=Path), default=ROOT / "build" / "screenshots")
def main(only: tuple[str, ...], looks: tuple[str, ...], screen: bool, target: Path) -> None:
    """Take a picture of every state; write them and `index.html`."""
    build_page(click.echo)
    target.mkdir(parents=True, exist_ok=True)
    wanted = [(look, name) for look in LOOKS for name in look.states or STATES]
    wanted = [(look, name) for look, name in wanted if name in (only or STATES) and (not looks or look.name in looks)]
    missed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="trillm-") as directory, ExitStack() as stack, sync_playwright() as tool:
        click.echo("asking the questions")
        places = build(stack, Path(directory))
        browser = tool.chromium.launch(executable_path=find_browser(), args=FLAGS)
        for number, (look, name) in enumerate(wanted, 1):
            try:
                state = replace(STATES[name], whole=STATES[name].whole and not screen)
                with opened(browser, look, state, places) as page:
                    page.screenshot(path=target / f"{name}.{look.name}.png")
            except (AssertionError, Error) as error:
                missed.append(f"{name} ({look.name}): {str(error).splitlines()[0]}")
            click.echo(f"\r{number}/{len(wanted)} {name}, {look.name}\033[K", nl=False)
        browser.close()
    (target / "index.html").write_text(sheet(target))
    click.echo(f"\r{len(wanted) - len(missed)} pictures: {target / 'index.html'}\033[K")
    for miss in missed:
        click.echo(f"missing: {miss}", err=True)
    sys.exit(bool(missed))


def sheet(target: Path) -> str:
    """Return a page of all pictures that are there, a row for each state."""
    rows: list[str] = []
    for name, state in STATES.items():
        pictures = [look.name for look in LOOKS if (target / f"{name}.{look.name}.png").is_file()]
        shown = (
            f'<a href="{name}.{look}.png"><figure><img loading="lazy" src="{name}.{look}.png" alt="{name}, {look}">'
            f"<figcaption>{look}</figcaption></figure></a>"
            for look in pictures
        )
        rows.append(f"<h2>{html.escape(state.caption)} <small>{name}</small></h2><div>{''.join(shown)}</div>")
    style = "body{font:16px system-ui;margin:2rem}div{display:flex;gap:1rem;overflow-x:auto;align-items:start}"
    style += "figure{margin:0}img{height:24rem;border:1px solid #bbb}figcaption,small{color:#666;font-weight:400}"
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>TriLLM</title><style>{style}</style>'
    return head + "".join(rows)


if __name__ == "__main__":
    main()
