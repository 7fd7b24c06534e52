"""Scripted vendors: one real HTTP server on loopback that speaks the four dialects on their real paths.

async with ScriptedVendor() as vendor:
    vendor.script("m", Script(["Hello, ", "world"]))
    ...  # ask vendor.base_url("openai-chat") for model "m"
    assert vendor.requests[0].json["model"] == "m"
"""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, NamedTuple, Self

from aiohttp import web
from tests.providers.tongues import TONGUES, Tongue

from trillm.providers.catalogue import ModelFacts, ProviderFacts
from trillm.providers.provider import Finish, ModelRequest, Provider
from trillm.providers.vendor import Vendor
from trillm.providers.wire import Wire
from trillm.vocabulary.errors import ProviderError
from trillm.vocabulary.response import Usage

DIALECTS = tuple(TONGUES)

Fault = Literal[
    "silent-end",  # the body ends properly, without a finish reason
    "cut",  # the connection is reset in the middle of an event
    "cut-after-end",  # the answer is whole, and then the connection is reset
    "garbage",  # a data line that is no JSON
    "html",  # a proxy's page with status 200
    "gzip-bomb",  # 64 MiB of one endless line in 64 KiB
    "cut-utf8",  # an event that ends in half a character
    "endless-line",  # a line without end
    "in-band-error",  # the dialect's own error event, after the pieces
    "json-error",  # status 200, and the dialect's error as a plain JSON body
    "stall",  # after the pieces nothing more, until the client goes away
    "silence",  # not even response headers, until the client goes away
]


@dataclass(frozen=True, slots=True)
class Script:
    """How a model answers once: its pieces, each sent as one event in one chunk, and what goes wrong."""

    pieces: list[str] = field(default_factory=list[str])
    ending: Literal["complete", "truncated", "refused"] = "complete"
    fault: Fault | None = None
    status: int = 200
    message: str = "scripted failure"
    headers: dict[str, str] = field(default_factory=dict[str, str])
    """Headers added to the reply, such as Retry-After."""
    thinking: list[str] = field(default_factory=list[str])
    usage: Usage = field(default_factory=lambda: Usage(12, 7))
    first_after: float = 0.0
    """Seconds before the response headers."""
    between: float = 0.0
    """Seconds between the pieces."""


class Received(NamedTuple):
    """One request as the vendor saw it; header names are lower case."""

    path: str
    headers: dict[str, str]
    json: Any


class ScriptedVendor:
    """The server. Scripts of a model are played in order, the last one for ever; an unknown model is a 404."""

    def __init__(self, tongues: Iterable[Tongue] = TONGUES.values()) -> None:
        self._tongues = tuple(tongues)
        self.requests: list[Received] = []
        self.active = 0
        """Requests being answered right now: 0 when every stream has ended or was let go by its client."""
        self.on_connection: Callable[[int], object] | None = None
        """Told the client's port at each request."""
        self.said = "What is the capital of France?"
        """What the vendor hears in every recording."""
        self.heard: list[dict[str, Any]] = []
        """The forms of the recordings that it was sent."""
        self._scripts: dict[str, list[Script]] = {}
        self._idle = asyncio.Event()
        self._idle.set()
        self._runner: web.AppRunner | None = None
        self.root = ""

    async def __aenter__(self) -> Self:
        self._runner = web.AppRunner(self._app(), handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.root = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    def script(self, model: str, *scripts: Script) -> None:
        """Say how the model answers, in every dialect."""
        self._scripts[model] = list(scripts)

    def base_url(self, dialect: str) -> str:
        """Return the base URL as the vendor's own SDK would be given it."""
        return self.root + ("/v1" if dialect.startswith("openai") else "")

    def provider(
        self, dialect: str, models: dict[str, ModelFacts] | None = None, connect_timeout: float = 2.0
    ) -> Vendor:
        """Return the Vendor that asks this server in the dialect, with a key; the caller closes it."""
        facts = ProviderFacts.model_validate(
            {"dialect": dialect, "base_url": self.base_url(dialect), "key_env": ("A_KEY",), "models": models or {}}
        )
        return Vendor(dialect, facts, Wire(connect_timeout), key="sk-test-key")

    async def until_idle(self, seconds: float = 5.0) -> None:
        """Wait until no request is being answered; TimeoutError when one still is."""
        async with asyncio.timeout(seconds):
            await self._idle.wait()

    def _app(self) -> web.Application:
        app = web.Application()
        for tongue in self._tongues:
            app.router.add_post(tongue.path, self._handler(tongue))
        app.router.add_post("/v1/audio/transcriptions", self._transcribe)
        return app

    def _handler(self, tongue: Tongue) -> Any:
        async def answer(request: web.Request) -> web.StreamResponse:
            body = json.loads(await request.read())
            headers = {name.lower(): value for name, value in request.headers.items()}
            self.requests.append(Received(request.path_qs, headers, body))
            if self.on_connection is not None and request.transport is not None:
                self.on_connection(request.transport.get_extra_info("peername")[1])
            script = self._next(request.match_info.get("model") or body["model"])
            self.active += 1
            self._idle.clear()
            try:
                return await _play(request, tongue, script)
            finally:
                self.active -= 1
                if not self.active:
                    self._idle.set()

        return answer

    async def _transcribe(self, request: web.Request) -> web.Response:
        form = await request.post()
        file = form["file"]
        assert isinstance(file, web.FileField)
        audio = {"name": file.filename, "type": file.content_type, "audio": file.file.read()}
        self.heard.append({name: str(value) for name, value in form.items() if name != "file"} | audio)
        if not self.said:
            return web.json_response({"error": {"message": "no key sk-abcdefgh"}}, status=401)
        return web.json_response({"text": self.said, "usage": {"type": "duration", "seconds": 6}})

    def _next(self, model: str) -> Script:
        scripts = self._scripts.get(model, [Script(status=404, message=f"no model {model}")])
        return scripts.pop(0) if len(scripts) > 1 else scripts[0]


@cache
def _bomb() -> bytes:
    return gzip.compress(b"data: " + bytes(64 << 20))


async def _play(request: web.Request, tongue: Tongue, script: Script) -> web.StreamResponse:
    if script.first_after:
        await asyncio.sleep(script.first_after)
    if script.fault == "silence":
        await asyncio.Event().wait()
    if script.status != 200:
        body = tongue.error(script.status, script.message)
        return web.json_response(body, status=script.status, headers=script.headers)
    if script.fault == "json-error":
        return web.json_response(tongue.error(400, script.message), headers=script.headers)
    if script.fault == "html":
        return web.Response(text="<html><body>proxy login</body></html>", content_type="text/html")
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"} | script.headers)
    if script.fault == "gzip-bomb":
        response.headers["Content-Encoding"] = "gzip"
        await response.prepare(request)
        await response.write(_bomb())
        return response
    await response.prepare(request)
    await _stream(request, response, tongue, script)
    return response


async def _stream(request: web.Request, response: web.StreamResponse, tongue: Tongue, script: Script) -> None:
    for event in tongue.opening(script.usage):
        await response.write(event)
    for thought in script.thinking:
        await response.write(tongue.thought(thought))
    for number, piece in enumerate(script.pieces):
        if number and script.between:
            await asyncio.sleep(script.between)
        await response.write(tongue.piece(piece))
    match script.fault:
        case None | "cut-after-end":
            for event in tongue.ending(script.ending, "".join(script.pieces), script.usage):
                await response.write(event)
            if script.fault is not None:
                await _reset(request)
        case "cut":
            await response.write(tongue.piece("never whole")[:-20])
            await _reset(request)
        case "garbage":
            await response.write(b"data: {not json at all\n\n")
        case "cut-utf8":
            await response.write(tongue.piece("caf\u00e9").replace("\u00e9".encode(), b"\xc3"))
        case "endless-line":
            await response.write(b"data: ")
            for _ in range(64):
                await response.write(b"x" * 65536)
        case "in-band-error":
            await response.write(tongue.error_event(script.message))
        case "stall":
            await asyncio.Event().wait()
        case _:  # silent-end
            pass


async def _reset(request: web.Request) -> None:
    await asyncio.sleep(0.02)  # let the bytes leave first
    assert request.transport is not None
    request.transport.abort()


async def answer_of(provider: Provider, request: ModelRequest) -> tuple[str, Finish | ProviderError]:
    """Return the joined text, and the Finish or the ProviderError that ended it."""
    text = ""
    try:
        async for event in provider.query(request):
            if isinstance(event, Finish):
                return text, event
            text += event.text
    except ProviderError as error:
        return text, error
    raise AssertionError("the provider ended without Finish")
