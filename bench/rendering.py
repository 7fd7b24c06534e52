"""What one streamed answer costs the browser: CPU of the page's main thread, beside the same text as plain text."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Page, sync_playwright

from bench.answers import MARKDOWN, PIECES

MODEL = f"openai:gpt-mock-ttft1500-tps100-n{len(PIECES)}-md"
"""Eight kilobytes in pieces of 12 characters, a hundred of them a second."""
SECONDS = len(PIECES) / 100
GOAL_MS = 300.0
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
PARTS = {"script": "ScriptDuration", "style": "RecalcStyleDuration", "layout": "LayoutDuration"}
PLAIN = """([text, updates, milliseconds]) => new Promise((done) => {
  const place = document.querySelector('main').appendChild(document.createElement('pre'));
  place.style = 'white-space: pre-wrap; overflow: auto; height: 26rem; width: 22rem';
  const node = place.appendChild(document.createTextNode(''));
  const step = Math.ceil(text.length / updates);
  const timer = setInterval(() => {
    node.appendData(text.slice(node.length, node.length + step));
    if (node.length === text.length) { clearInterval(timer); requestAnimationFrame(() => setTimeout(done)); }
  }, milliseconds);
})"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of CPU of the page's main thread, all in all and in parts."""

    task: float
    script: float
    style: float
    layout: float

    @property
    def rendering(self) -> float:
        """Script, style and layout: what the page's own work is; the rest of `task` is the browser's."""
        return self.script + self.style + self.layout


def find_browser() -> str:
    """Return the command of the browser, first the one without windows: its pages cost a machine a third less.

    RuntimeError where there is none.
    """
    for command in ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(command):
            return found
    raise RuntimeError("No Chromium here: make browser")


def streamed(url: str) -> Cost:
    """Ask MODEL on the page and return what its answer costs, from its first word to the page at rest."""
    with _page(url) as page:
        page.get_by_label("Your question").fill("How are the tides of a port computed?")
        page.get_by_label("Your question").press("Enter")
        page.wait_for_url("**/results/*")
        with _measured(page) as costs:
            # a time, not a word on the page: looking for one again and again would be most of what is measured
            page.wait_for_timeout(1000 * (SECONDS + 4))
        shown = page.locator(".answer").first.inner_text()
        assert "11. What a port should know" in shown, "the answer is not whole"
        return costs[0]


def plain(url: str) -> Cost:
    """Return what the same text costs as one growing text node, with as many updates as the page is sent."""
    with _page(f"{url}/history") as page, _measured(page) as costs:
        page.evaluate(PLAIN, [MARKDOWN, round(SECONDS * 20), 50])
    return costs[0]


@contextmanager
def _page(url: str) -> Iterator[Page]:
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=find_browser(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.goto(url)
        page.wait_for_load_state("networkidle")
        yield page
        browser.close()


@contextmanager
def _measured(page: Page) -> Iterator[list[Cost]]:
    """Fill the list with the cost of what is within; thread ticks, so that other processes do not count."""
    costs: list[Cost] = []
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def read() -> dict[str, float]:
        told = {one["name"]: 1000 * one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
        return {"task": told["TaskDuration"]} | {part: told[name] for part, name in PARTS.items()}

    before = read()
    yield costs
    after = read()
    costs.append(Cost(**{part: after[part] - before[part] for part in after}))
