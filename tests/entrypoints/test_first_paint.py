"""What the page's index holds for an address before any script runs."""

from __future__ import annotations

from pathlib import Path

import httpx
import orjson
import pytest

from trillm.entrypoints.first_paint import FirstPaint, read_first_paint
from trillm.entrypoints.static_files import PageApp

INDEX = b'<html lang="en"><head></head><body><i>Ask</i></body></html>'
FIRST = FirstPaint(
    {"en": b"<i>Ask</i>", "de": b"<i>Fragen</i>", "ar": b"<i>\xd8\xa7</i>"},
    {"results": ("/assets/results-1.js",), "shared": ("/assets/shared-1.js",)},
    {"/": ("/api/models",), "/results/{id}": ("/api/query/{id}",)},
)


@pytest.mark.parametrize(
    ("accepted", "told"),
    [
        ("", b'<html lang="en">'),
        ("de-AT,de;q=0.9,en;q=0.8", b'<html lang="de">'),
        ("pt, en;q=0.2, de;q=0.7", b'<html lang="de">'),
        ("ar", b'<html lang="ar" dir="rtl">'),
        ('"><script>', b'<html lang="en">'),
        ("de;q=1.2.3", b'<html lang="en">'),
        ("de;q=., ar;q=..", b'<html lang="en">'),
    ],
)
def test_the_frame_is_in_the_language_that_the_browser_accepts_first(accepted: str, told: bytes) -> None:
    index = FIRST.put_into(INDEX, "/history", accepted)
    assert index.startswith(told)
    language = told.split(b'"')[1].decode()
    assert FIRST.frames[language] in index


def test_a_result_names_its_scripts_and_its_query() -> None:
    index = FIRST.put_into(INDEX, "/results/0193-ab", "").decode()
    assert 'href="/assets/results-1.js"' in index
    assert 'as="fetch" crossorigin href="/api/query/0193-ab"' in index
    assert "shared" not in index


def test_an_address_that_is_no_result_names_nothing_of_the_api() -> None:
    for path in ("/results/a%22b", "/results/a/b", "/history", "/s/abc"):
        assert "/api/" not in FIRST.put_into(INDEX, path, "").decode()


async def test_the_index_is_sent_small_and_again_only_where_it_is_another(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_bytes(INDEX)
    frames = {language: frame.decode() for language, frame in FIRST.frames.items()}
    (tmp_path / ".first-paint.json").write_bytes(
        orjson.dumps({"frames": frames, "scripts": FIRST.scripts, "asked": FIRST.asked})
    )
    transport = httpx.ASGITransport(PageApp(lambda: tmp_path))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        german = await http.get("/", headers={"accept-language": "de"})
        assert "Fragen" in german.text
        assert german.headers["content-encoding"] == "gzip"
        assert german.headers["vary"] == "accept-encoding, accept-language"
        refused = await http.get("/", headers={"accept-encoding": "br, gzip;q=0"})
        assert "content-encoding" not in refused.headers
        etag = german.headers["etag"]
        assert (await http.get("/", headers={"accept-language": "de", "if-none-match": etag})).status_code == 304
        assert (await http.get("/", headers={"accept-language": "en", "if-none-match": etag})).status_code == 200


def test_a_build_that_told_nothing_leaves_the_index_alone(tmp_path: Path) -> None:
    assert read_first_paint(tmp_path).put_into(INDEX, "/", "de") == INDEX
