"""What a chat or a search engine is told of an address of the page, which it reads without running the page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import orjson
from starlette.types import Scope

from trillm.vocabulary.errors import TrillmError

IMAGE = "/preview.png"
_MAX_TITLE = 90
_MAX_DESCRIPTION = 200
_SHARED = re.compile(r"/s/([^/]+)/?")
_TOLD = re.compile(rb'\s*<(?:title>[^<]*</title|meta\s+(?:name="description"|property="og:(?!image"))[^>]*)>')


@dataclass(frozen=True, slots=True)
class LinkPreview:
    """Title and description of an address, plain text. What is not to be found by searching has a `share_id`."""

    title: str
    description: str
    status: int = 200
    share_id: str | None = None

    def put_into(self, index: bytes) -> bytes:
        """Return the index with this in the place of what it says of itself."""
        title, description = escape(_short(self.title, _MAX_TITLE)), escape(_short(self.description, _MAX_DESCRIPTION))
        tags = (
            f'<title>{title}</title><meta name="description" content="{description}">'
            f'<meta property="og:title" content="{title}"><meta property="og:description" content="{description}">'
            '<meta property="og:type" content="website"><meta property="og:site_name" content="TriLLM">'
        )
        index = _TOLD.sub(b"", index)
        if self.share_id is not None:
            tags += '<meta name="robots" content="noindex">'
            index = index.replace(b'href="/plain"', f'href="/plain/s/{escape(self.share_id)}"'.encode())
        return index.replace(b"</head>", tags.encode() + b"</head>", 1)

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """What an answer with it carries: what is shared is looked up each time, since it may be revoked."""
        if self.share_id is None:
            return [(b"cache-control", b"no-cache")]
        return [(b"cache-control", b"no-store"), (b"x-robots-tag", b"noindex, nofollow")]


_PAGES: Mapping[str, LinkPreview] = {
    "/pricing": LinkPreview("Pricing - TriLLM", "What it costs to ask several language models at once, plan by plan."),
}
"""`/` says its own in index.html."""


def with_image(index: bytes, scope: Scope) -> bytes:
    """Return the index with the address of its picture as chats want it: absolute, by the name that was asked for."""
    host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
    address = escape(f"{scope['scheme']}://{host}{IMAGE}") if host else IMAGE
    return index.replace(f'content="{IMAGE}"'.encode(), f'content="{address}"'.encode(), 1)


async def preview_of(scope: Scope) -> LinkPreview | None:
    """Return what is to be said of this address; None where index.html has said it."""
    shared = _SHARED.fullmatch(scope["path"])
    return await _of_share(scope, shared[1]) if shared else _PAGES.get(scope["path"].rstrip("/"))


async def _of_share(scope: Scope, share_id: str) -> LinkPreview:
    try:
        found = await scope["app"].state.sharing.sharer.find(share_id)
    except TrillmError as error:
        return LinkPreview("Not shared - TriLLM", error.detail, error.status, share_id)
    query: dict[str, Any] = orjson.loads(found.snapshot)
    best = next((r for r in query["responses"] if r["id"] == query["best"]), None)
    asked = len({(r["provider"], r["model"]) for r in query["responses"]})
    told = "No model answered." if best is None else f"Best of {asked}, {best['model']}: {best['text']}"
    return LinkPreview(query["question"], told, share_id=share_id)


def _short(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
