"""`trillm serve`: the HTTP door on a port."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager, nullcontext

import uvicorn
from uvicorn.loops.auto import auto_loop_factory
from uvicorn.server import HANDLED_SIGNALS

from trillm.entrypoints.http import build_app
from trillm.entrypoints.page import PageBuildError, build_page, find_page, needs_build
from trillm.entrypoints.settings import Settings, read_settings
from trillm.entrypoints.static_files import PageApp
from trillm.entrypoints.wiring import House, open_house
from trillm.http.connection import Connection
from trillm.providers.local.provider import LocalProvider
from trillm.ranking.judge.choose import judge_told
from trillm.telemetry.logs import configure_logging
from trillm.vocabulary.errors import InvalidInput, ProviderError

log = logging.getLogger(__name__)

GRACE_SECONDS = 5
"""How long open connections may go on when told to stop; what they follow is continued at the next start."""
BACKLOG = 2048


def run_serve(environ: Mapping[str, str], *, host: str | None, port: int | None) -> None:
    """Serve until told to stop. The options come before the environment; InvalidInput says what cannot be used."""
    settings = read_settings(environ, host=host, port=port)
    configure_logging(settings.log_level, json=_as_json(settings))
    sockets = listen(settings.host, settings.port)  # first: a second server must not touch the first one's queries
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(_serve(settings, environ, sockets))


async def _serve(settings: Settings, environ: Mapping[str, str], sockets: list[socket.socket]) -> None:
    page = PageApp(find_page)
    if needs_build():
        threading.Thread(target=_build, args=(page,), daemon=True, name="page").start()
    async with open_house(settings, environ, "serve") as house:
        loading = asyncio.create_task(_load(house.local)) if _asks_local(house) else None
        if told := judge_told(house.rooms.registry, settings.judge_model):
            log.warning("TRILLM_JUDGE_MODEL, %s, may not judge: %s", settings.judge_model, told)
        config = uvicorn.Config(
            build_app(settings, lambda: nullcontext(house), page),
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # the gate reads them, and only from proxies that are trusted
            timeout_graceful_shutdown=GRACE_SECONDS,
            http=Connection,
            ws="none",
            backlog=BACKLOG,
        )
        _settle_garbage()
        await _Server(config).serve(sockets)
        if loading is not None:
            loading.cancel()


def _settle_garbage() -> None:
    """Leave what the start made out of the collector's rounds, and make them rarer: a tenth of the CPU of a request."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def listen(host: str, port: int) -> list[socket.socket]:
    """Listen on every address of the host; InvalidInput says why that is not possible."""
    found: list[socket.socket] = []
    refused: OSError | None = None
    try:
        places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise _cannot_listen(host, port, error) from None
    for family, _, _, _, address in places:
        try:
            chosen = found[0].getsockname()[1] if found else port
            found.append(socket.create_server((address[0], chosen), family=family, backlog=BACKLOG))
        except OSError as error:  # a host may be named for an address that this machine has not got
            refused = error
    if not found:
        raise _cannot_listen(host, port, refused)
    return found


class _Server(uvicorn.Server):
    """Says where it listens, once it does, and takes a signal as the wish to stop, not as a failure."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listener in sockets or () if self.started else ():
            host, port = listener.getsockname()[:2]
            log.info("TriLLM listens on http://%s:%d", f"[{host}]" if ":" in host else host, port)

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        # uvicorn would raise them again at the end, and the process would seem to have been killed
        before = {number: signal.signal(number, self.handle_exit) for number in HANDLED_SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _cannot_listen(host: str, port: int, error: OSError | None) -> InvalidInput:
    reason = "there is no such address"
    if error is not None and not isinstance(error, socket.gaierror) and error.errno:
        reason = os.strerror(error.errno)
    return InvalidInput(
        f"Cannot listen on {host}, port {port}: {reason}. "
        "Choose another with --host and --port, or TRILLM_HOST and TRILLM_PORT; port 0 takes a free one.",
        field="port",
    )


def _asks_local(house: House) -> bool:
    return any(key.startswith(f"{house.local.name}:") for key in house.asker.terms.panel)


async def _load(local: LocalProvider) -> None:
    """Load the local model ahead of the first question; without it the service goes on, and says so when asked."""
    try:
        await local.start()
    except ProviderError as error:
        log.warning("the local model cannot answer: %s", error.detail)


def _build(page: PageApp) -> None:
    try:
        build_page(lambda line: log.info("page: %s", line))
    except PageBuildError as error:
        log.error("the page could not be built: %s The API works without it.", error)
        page.failed(str(error))


def _as_json(settings: Settings) -> bool:
    return settings.log_format == "json" or (settings.log_format == "auto" and not sys.stderr.isatty())
