"""What the page's files look like on the wire."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import httpx
import pytest

from trillm.entrypoints import static_files
from trillm.entrypoints.link_preview import LinkPreview
from trillm.entrypoints.page import CLIENTS
from trillm.entrypoints.static_files import CONTENT_SECURITY_POLICY, PageApp

INDEX = "<!doctype html><p>index</p>"
SCRIPT = "console.log('a')" * 20


@pytest.fixture
def built(tmp_path: Path) -> Path:
    directory = tmp_path / "static"
    (directory / "assets").mkdir(parents=True)
    (directory / "index.html").write_text(INDEX)
    (directory / ".stamp").write_text("s")
    (directory / "assets" / "main-abc.js").write_text(SCRIPT)
    (directory / "assets" / "main-abc.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    (directory / "assets" / "main-abc.js.br").write_bytes(b"brotli, as far as this test can tell")
    (directory / "assets" / "inter.woff2").write_bytes(b"wOF2")
    (tmp_path / "secret.txt").write_text("secret")
    (directory / "link.txt").symlink_to(tmp_path / "secret.txt")
    return directory


def client(find: Callable[[], Path | None]) -> httpx.AsyncClient:
    return of(PageApp(find))


def of(app: PageApp) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


async def raw(app: PageApp, path: str) -> int:
    """Ask with a path that no client library would send; return the status."""
    statuses: list[int] = []

    async def send(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(int(str(message["status"])))

    async def receive() -> dict[str, object]:
        return {"type": "http.disconnect"}

    scope = {"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b""}
    await app(scope, receive, send)  # type: ignore[arg-type]
    return statuses[0]


async def test_the_address_of_a_page_gets_the_index_under_the_policy(built: Path) -> None:
    async with client(lambda: built) as http:
        for path in ("/", "/results/0193", "/history", "/apiary"):
            reply = await http.get(path)
            assert (reply.status_code, reply.text) == (200, INDEX)
            assert reply.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
            assert reply.headers["cache-control"] == "no-cache"
            assert reply.headers["x-content-type-options"] == "nosniff"


async def test_hashed_files_are_kept_for_good_and_the_index_is_asked_for(built: Path) -> None:
    async with client(lambda: built) as http:
        asset = await http.get("/assets/main-abc.js")
        assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert asset.headers["content-type"] == "text/javascript; charset=utf-8"
        assert (await http.get("/assets/inter.woff2")).headers["content-type"] == "font/woff2"
        etag = (await http.get("/")).headers["etag"]
        again = await http.get("/", headers={"if-none-match": etag})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == etag


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("br, gzip", "br"),
        ("gzip, deflate, br;q=0", "gzip"),
        ("GZIP;q=0.5", "gzip"),
        ("gzip;q=0, br ; q=0.000", None),
        ("identity", None),
        ("", None),
    ],
)
async def test_the_best_encoding_that_the_reader_takes_is_sent(
    built: Path, accepted: str, encoding: str | None
) -> None:
    async with (
        client(lambda: built) as http,
        http.stream("GET", "/assets/main-abc.js", headers={"accept-encoding": accepted}) as reply,
    ):
        assert reply.headers.get("content-encoding") == encoding
        assert reply.headers["vary"] == "accept-encoding"
        body = b"".join([chunk async for chunk in reply.aiter_raw()])
        assert len(body) == int(reply.headers["content-length"])


async def test_head_tells_the_size_and_sends_nothing(built: Path) -> None:
    async with client(lambda: built) as http:
        reply = await http.head("/", headers={"accept-encoding": "identity"})
        assert (reply.status_code, reply.content) == (200, b"")
        assert reply.headers["content-length"] == str(len(INDEX))


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "//etc/passwd.txt",
        "/..\\secret.txt",
        "/.stamp",
        "/link.txt",
        "/assets/main-abc.js.gz",
        "/missing.js",
    ],
)
async def test_no_address_leads_to_what_was_not_built_for_it(built: Path, path: str) -> None:
    assert await raw(PageApp(lambda: built), path) == 404


async def test_unknown_doors_of_the_api_answer_in_its_own_tongue(built: Path) -> None:
    async with client(lambda: built) as http:
        for path in ("/api/nothing", "/v1/nothing", "/api"):
            reply = await http.get(path)
            assert reply.status_code == 404
            assert reply.headers["content-type"] == "application/problem+json"


async def test_the_page_is_only_read(built: Path) -> None:
    async with client(lambda: built) as http:
        reply = await http.post("/history")
        assert (reply.status_code, reply.headers["allow"]) == (405, "GET, HEAD")


async def test_while_it_is_built_a_page_waits_and_then_it_is_there(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(static_files, "can_build", lambda: True)
    found: list[Path] = []
    async with client(lambda: found[0] if found else None) as http:
        waiting = await http.get("/")
        assert waiting.status_code == 503
        assert 'http-equiv="refresh"' in waiting.text
        assert "<script" not in waiting.text
        assert waiting.headers["retry-after"] == "3"
        found.append(built)
        assert (await http.get("/")).text == INDEX


async def test_a_page_that_will_not_come_says_why_and_that_the_service_is_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(static_files, "can_build", lambda: True)
    app = PageApp(lambda: None)
    app.failed("`npm ci` failed: <b>no network</b>")
    async with of(app) as http:
        reply = await http.get("/")
    assert reply.status_code == 503
    assert "&lt;b&gt;no network" in reply.text
    assert "/api/query" in reply.text
    assert "refresh" not in reply.text


async def test_an_installation_without_the_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(static_files, "can_build", lambda: False)
    async with client(lambda: None) as http:
        assert "came without the page" in (await http.get("/")).text


async def test_a_new_build_is_served_and_the_old_one_while_it_is_swapped(built: Path) -> None:
    found: list[Path | None] = [built]
    async with client(lambda: found[0]) as http:
        await http.get("/")
        found[0] = None
        assert (await http.get("/")).text == INDEX
        found[0] = built.parent / "gone"
        assert (await http.get("/")).text == INDEX
        newer = built.parent / "newer"
        newer.mkdir()
        (newer / "index.html").write_text("<p>newer</p>")
        found[0] = newer
        assert (await http.get("/")).text == "<p>newer</p>"
        assert (await http.get("/assets/main-abc.js")).status_code == 404


HEAD = (
    b'<head><meta name="description" content="ours" /><meta property="og:title" content="ours" />'
    b"\n<title>TriLLM</title>"
    b'</head><noscript><a href="/plain">plain</a></noscript>'
)


async def test_an_address_that_has_a_title_of_its_own_says_it(built: Path) -> None:
    (built / "index.html").write_bytes(HEAD)
    async with client(lambda: built) as http:
        assert (await http.get("/")).content == HEAD
        told = (await http.get("/pricing")).text
    assert told.count("<title>") == told.count("og:title") == 1
    assert "<title>Pricing - TriLLM</title>" in told


async def test_a_chat_is_told_the_picture_by_its_whole_address(built: Path) -> None:
    (built / "index.html").write_bytes(
        HEAD.replace(b"</head>", b'<meta property="og:image" content="/preview.png" /></head>')
    )
    async with client(lambda: built) as http:
        for path in ("/", "/pricing"):
            told = (await http.get(path, headers={"host": 'a.example"><b>'})).text
            assert '<meta property="og:image" content="http://a.example&quot;&gt;&lt;b&gt;/preview.png" />' in told
    picture = (CLIENTS / "web" / "public" / "preview.png").read_bytes()
    assert len(picture) < 60_000
    assert picture.startswith(b"\x89PNG")


def test_a_preview_cannot_break_out_of_its_tag_and_is_bounded() -> None:
    preview = LinkPreview('"><script>' + "x" * 200, "a\n b " * 100, share_id="s" * 22)
    told = preview.put_into(HEAD).decode()
    assert "<script>" not in told
    assert "ours" not in told
    assert f'href="/plain/s/{"s" * 22}"' in told
    title, description = re.findall(r'property="og:\w+" content="([^"]*)"', told)[:2]
    assert title.startswith("&quot;&gt;&lt;script&gt;xxx")
    assert (len(unescape(title)), len(description)) == (90, 200)
    assert '<meta name="robots" content="noindex">' in told
