"""What the page's index holds for an address before any script runs: its frame in the reader's language, and the
names of what the page will want, so that it is fetched together and not one after the other."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

import orjson

TOLD = ".first-paint.json"
_PAGES = {"history": "history", "dashboard": "dashboard", "pricing": "pricing", "results": "results", "s": "shared"}
_RESULT = re.compile(r"/results/([\w-]{1,64})/?")
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:-[\w-]+)?(?:\s*;\s*q=(\d(?:\.\d*)?))?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FirstPaint:
    """What the build told of the page: its frame by language, the scripts of each page beyond those of all, and the
    addresses of the API that a page asks at once, by its path; `{id}` stands for a query's id in both."""

    frames: Mapping[str, bytes]
    scripts: Mapping[str, tuple[str, ...]]
    asked: Mapping[str, tuple[str, ...]]

    def put_into(self, index: bytes, path: str, languages: str) -> bytes:
        """Return the index for this path, in the first of `languages` (as the browser accepts them) that there is."""
        if not self.frames:
            return index
        own, language = self.frames["en"], first_of(languages, self.frames)
        if language != "en" and own in index:
            direction = b' dir="rtl"' if language == "ar" else b""
            opening = b'<html lang="' + language.encode() + b'"' + direction + b">"
            index = index.replace(own, self.frames[language], 1).replace(b'<html lang="en">', opening, 1)
        return index.replace(b"</head>", "".join(self._links(path)).encode() + b"</head>", 1)

    def _links(self, path: str) -> Iterator[str]:
        page = _PAGES.get(path.split("/")[1], "")
        for script in self.scripts.get(page, ()):
            yield f'<link rel="modulepreload" fetchpriority="low" crossorigin href="{escape(script)}">'
        result = _RESULT.fullmatch(path)
        for address in self.asked.get("/results/{id}" if result else path, ()):
            address = address.replace("{id}", result[1] if result else "")
            yield f'<link rel="preload" as="fetch" crossorigin href="{escape(address)}">'


def read_first_paint(directory: Path) -> FirstPaint:
    """Return what the build of the page in `directory` told; nothing where it told nothing."""
    try:
        told = orjson.loads((directory / TOLD).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return FirstPaint({}, {}, {})
    frames = {language: frame.encode() for language, frame in told["frames"].items()}
    scripts, asked = ({name: tuple(told) for name, told in told[part].items()} for part in ("scripts", "asked"))
    return FirstPaint(frames, scripts, asked)


def first_of(languages: str, known: Collection[str]) -> str:
    """Return the first of `languages` (as a browser accepts them) that is known, else English."""
    offers = [found for offer in languages.split(",") if (found := _LANGUAGE.fullmatch(offer.strip()))]
    wanted = sorted(offers, key=lambda offer: -float(offer[2] or 1))
    return next((offer[1].lower() for offer in wanted if offer[1].lower() in known), "en")
