"""`trillm serve`: the HTTP door on a port."""

from __future__ import annotations

import logging
import socket
import sys
import threading
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

import uvicorn

from trillm.entrypoints.http import build_app
from trillm.entrypoints.page import PageBuildError, build_page, find_page, needs_build
from trillm.entrypoints.settings import Settings
from trillm.entrypoints.static_files import PageApp
from trillm.entrypoints.wiring import House, open_house
from trillm.telemetry.logs import configure_logging

log = logging.getLogger(__name__)

GRACE_SECONDS = 5
"""How long open connections may go on when told to stop; what they follow is continued at the next start."""


def run_serve(settings: Settings, environ: Mapping[str, str]) -> None:
    """Serve until told to stop."""
    configure_logging(settings.log_level, json=_as_json(settings))

    @asynccontextmanager
    async def opened() -> AsyncGenerator[House]:
        async with open_house(settings, environ, "serve") as house:
            if any(key.startswith(f"{house.local.name}:") for key in house.asker.terms.panel):
                await house.local.start()
            yield house

    page = PageApp(find_page)
    if needs_build():
        threading.Thread(target=_build, args=(page,), daemon=True, name="page").start()
    config = uvicorn.Config(
        build_app(settings, opened, page),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the gate reads them, and only from proxies that are trusted
        timeout_graceful_shutdown=GRACE_SECONDS,
        h11_max_incomplete_event_size=64 * 1024,
    )
    _Server(config).run()


class _Server(uvicorn.Server):
    """Says where it listens, once it does."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for server in self.servers if self.started else ():
            for listener in server.sockets:
                host, port = listener.getsockname()[:2]
                log.info("TriLLM listens on http://%s:%d", f"[{host}]" if ":" in host else host, port)


def _build(page: PageApp) -> None:
    try:
        build_page(lambda line: log.info("page: %s", line))
    except PageBuildError as error:
        log.error("the page could not be built: %s The API works without it.", error)
        page.failed(str(error))


def _as_json(settings: Settings) -> bool:
    return settings.log_format == "json" or (settings.log_format == "auto" and not sys.stderr.isatty())
