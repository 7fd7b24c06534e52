"""Serves the built page: compressed ahead, cached for good where the name carries a hash, under a strict policy."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path

from starlette.types import Receive, Scope, Send

from trillm.entrypoints.first_paint import FirstPaint, read_first_paint
from trillm.entrypoints.link_preview import preview_of, with_image
from trillm.entrypoints.page import can_build
from trillm.http.event_stream import is_taken
from trillm.http.problem import problem_response
from trillm.vocabulary.errors import InvalidInput, NotFound

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types trillm-worker"
)
_SECURITY = [
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(self)"),
]
_FOR_GOOD = b"public, max-age=31536000, immutable"
_ASK_EACH_TIME = b"no-cache"
_API = ("api", "v1", "metrics")
_PLAIN = re.compile(r"(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*/?")
"""An address as people and the page write it: nothing encoded, doubled or leading upwards."""
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))


@dataclass(slots=True)
class _File:
    """One file of the page in the encodings it was built in; "" is the plain one."""

    kind: str
    immutable: bool
    etag: str
    """Without the W/ that it is sent with: the same for every encoding."""
    bodies: dict[str, bytes]


class PageApp:
    """ASGI app. An address that is no file is the page's own business and gets index.html.

    Files are looked up by name among those that were built, so that no address can lead out of the directory.
    """

    def __init__(self, find: Callable[[], Path | None]) -> None:
        self._find = find
        self._files: dict[str, _File] = {}
        self._first = FirstPaint({}, {}, {})
        self._version: tuple[Path, int] | None = None
        self._failure: str | None = None if can_build() else "This installation came without the page."

    def failed(self, reason: str) -> None:
        """Tell that the page will not come, and why."""
        self._failure = reason

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer GET and HEAD."""
        if scope["type"] != "http":
            return
        path = str(scope["path"]).lstrip("/")
        request_id = str(scope.get("request_id", ""))
        if path.split("/", 1)[0].lower() in _API or not _PLAIN.fullmatch(scope["path"]):
            await problem_response(NotFound("There is no such door."), request_id)(scope, receive, send)
            return
        if scope["method"] not in ("GET", "HEAD"):
            refusal = problem_response(
                InvalidInput("The page is only read.", type="method-not-allowed", status=405), request_id
            )
            refusal.headers["Allow"] = "GET, HEAD"
            await refusal(scope, receive, send)
            return
        self._load()
        if not self._files:
            await _send(scope, send, 503, _waiting(self._failure), [(b"retry-after", b"3")])
            return
        name = path if path in self._files else "index.html"
        if name != path and "." in path.rsplit("/", 1)[-1]:
            await problem_response(NotFound("There is no such file."), request_id)(scope, receive, send)
            return
        if name == "index.html":
            await _send_index(scope, send, self._files[name], self._first)
        else:
            await _send_file(scope, send, self._files[name])

    def _load(self) -> None:
        """Read the page into memory again when another one has been built."""
        directory = self._find()
        if directory is None:
            return
        try:
            version = (directory, (directory / "index.html").stat().st_mtime_ns)
            if version != self._version:
                self._files, self._first = _files_of(directory), read_first_paint(directory)
                self._version = version
        except OSError:  # it is being replaced this moment: what is in memory is whole
            return


def _files_of(directory: Path) -> dict[str, _File]:
    files: dict[str, _File] = {}
    for file in sorted(directory.rglob("*")):
        name = file.relative_to(directory).as_posix()
        if file.is_symlink() or not file.is_file() or file.name.startswith(".") or file.suffix in (".br", ".gz"):
            continue
        kind = "font/woff2" if file.suffix == ".woff2" else mimetypes.guess_type(name)[0] or "application/octet-stream"
        text = kind.startswith("text/") or kind.endswith(("javascript", "json"))
        content = file.read_bytes()
        etag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
        entry = _File(f"{kind}; charset=utf-8" if text else kind, name.startswith("assets/"), etag, {"": content})
        for encoding, suffix in _ENCODINGS:
            packed = file.with_name(file.name + suffix)
            if packed.is_file():
                entry.bodies[encoding] = packed.read_bytes()
        files[name] = entry
    return files


async def _send_index(scope: Scope, send: Send, file: _File, first: FirstPaint) -> None:
    """Send the page with what its address is to be called and will want, in the reader's language, its picture by its
    whole address."""
    asked = {name: value.decode("latin-1") for name, value in scope["headers"]}
    preview, index = await preview_of(scope), file.bodies[""]
    told = with_image(index if preview is None else preview.put_into(index), scope)
    told = first.put_into(told, scope["path"], asked.get(b"accept-language", ""))
    if preview is None and told == index:
        await _send_file(scope, send, file)
        return
    headers = [(b"vary", b"accept-encoding, accept-language")]
    if preview is not None:
        headers += preview.headers
    else:
        etag = f'"{hashlib.sha256(told).hexdigest()[:20]}"'
        headers += [(b"cache-control", _ASK_EACH_TIME), (b"etag", b"W/" + etag.encode())]
        if _is_known(etag, asked):
            await _send(scope, send, 304, b"", headers, kind=None)
            return
    if is_taken("gzip", asked.get(b"accept-encoding", "")):
        told, headers = gzip.compress(told, 5), [*headers, (b"content-encoding", b"gzip")]
    await _send(scope, send, 200 if preview is None else preview.status, told, headers)


def _is_known(etag: str, asked: dict[bytes, str]) -> bool:
    return etag in asked.get(b"if-none-match", "").replace("W/", "").split(", ")


async def _send_file(scope: Scope, send: Send, file: _File) -> None:
    asked = {name: value.decode("latin-1") for name, value in scope["headers"]}
    headers = [
        (b"cache-control", _FOR_GOOD if file.immutable else _ASK_EACH_TIME),
        (b"etag", b"W/" + file.etag.encode()),
        (b"vary", b"accept-encoding"),
    ]
    if _is_known(file.etag, asked):
        await _send(scope, send, 304, b"", headers, kind=None)
        return
    encoding = _best_encoding(asked.get(b"accept-encoding", ""), file)
    if encoding:
        headers.append((b"content-encoding", encoding.encode()))
    await _send(scope, send, 200, file.bodies[encoding], headers, kind=file.kind)


def _best_encoding(accepted: str, file: _File) -> str:
    return next((name for name, _ in _ENCODINGS if name in file.bodies and is_taken(name, accepted)), "")


async def _send(
    scope: Scope,
    send: Send,
    status: int,
    body: bytes,
    headers: list[tuple[bytes, bytes]],
    *,
    kind: str | None = "text/html; charset=utf-8",
) -> None:
    head = [*headers, *_SECURITY]
    if kind is not None:
        head += [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def _waiting(failure: str | None) -> bytes:
    """Return the page that stands in for the page: without script or style, as the policy allows neither inline."""
    refresh = "" if failure else '<meta http-equiv="refresh" content="2">'
    told = (
        f"<h1>The page is not available</h1><pre>{escape(failure)}</pre>"
        if failure
        else "<h1>The page is being built</h1><p>This takes up to a minute, once. It appears here by itself.</p>"
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<meta name="color-scheme" content="light dark">{refresh}<title>TriLLM</title><main>{told}'
        '<p>The service itself is up: <a href="/plain">the plain page</a> asks and shows without a script, '
        "<code>POST /api/query</code> answers programs, "
        'and <a href="/api/models">/api/models</a> lists who can.</p></main></html>'
    ).encode()
