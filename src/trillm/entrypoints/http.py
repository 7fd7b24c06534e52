"""The HTTP door: API, metrics and page in one ASGI application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager
from functools import partial

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from trillm import __version__
from trillm.analytics import routes as analytics_routes
from trillm.billing import routes as billing_routes
from trillm.billing.routes import Offer
from trillm.entrypoints import status
from trillm.entrypoints.plain import routes as plain
from trillm.entrypoints.settings import Settings
from trillm.entrypoints.wiring import House
from trillm.http import problem
from trillm.http.event_stream import takes_gzip
from trillm.http.gate import Gate
from trillm.http.quick_lane import QuickLane
from trillm.limits.address import client_address, is_trusted, networks
from trillm.query import routes as query_routes
from trillm.query.routes import QueryRooms
from trillm.sharing import routes as sharing_routes
from trillm.sharing.routes import SharingRooms
from trillm.sharing.share import Sharer
from trillm.telemetry.logs import bind
from trillm.voice import routes as voice_routes

LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")

OpenHouse = Callable[[], AbstractAsyncContextManager[House]]


class Compression(GZipMiddleware):
    """Compresses for whoever takes it. What others get passes as it comes: the middleware would hold and look at it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        packs = scope["type"] == "http" and takes_gzip(scope)
        await (super().__call__ if packs else self.app)(scope, receive, send)


def build_app(settings: Settings, open_house: OpenHouse, page: ASGIApp | None = None) -> ASGIApp:
    """Return the application, with the page under every address that is not the API's.

    The house is opened when the application starts and closed when it stops.
    """
    app = build_api(_lifespan(open_house))
    if page is not None:
        app.router.default = page  # not a mount, which would also answer for the API's other methods

    def observe(scope: Scope, code: int, seconds: float) -> None:
        app.state.house.rooms.metrics.request(getattr(scope.get("route"), "path", None), code, seconds)

    trusted = networks(settings.trusted_proxies)
    return Gate(
        Compression(QuickLane(app, app, query_routes.router.routes), minimum_size=1000, compresslevel=4),
        allowed_hosts={*LOCAL_HOSTS, settings.host, *settings.allowed_hosts},
        address_of=partial(client_address, trusted=trusted),
        trusts=partial(is_trusted, trusted=trusted),
        bind=_bind_request,
        observe=observe,
    )


def build_api(lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None = None) -> FastAPI:
    """Return the API by itself; without a lifespan it cannot answer, only say what it is: its OpenAPI document."""
    app = FastAPI(
        title="TriLLM",
        version=__version__,
        summary="Ask several language models at once; see which answer is best, why, and how sure that is.",
        lifespan=lifespan,
        openapi_url="/api/openapi.json",
        docs_url=None,  # the pages that FastAPI ships load their scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
    )
    problem.install(app)
    rooms = (query_routes, sharing_routes, voice_routes, analytics_routes, billing_routes, status, plain)
    for room in rooms:
        app.include_router(room.router)
    return app


def _lifespan(open_house: OpenHouse) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        async with open_house() as house:
            app.state.house = house
            app.state.database = house.rooms.database
            app.state.query = QueryRooms(house.asker, house.reader, house.amender, house.rooms.limits)
            app.state.offer = Offer(house.plans, house.settings.limit_per_minute, house.settings.daily_queries)
            app.state.transcriber = house.transcriber
            sharer = Sharer(house.rooms.database)
            app.state.sharing = SharingRooms(sharer, house.reader)
            works = (house.recovery.forever(), house.learner.forever(), sharer.purge_forever())
            beside = [asyncio.create_task(work) for work in works]
            try:
                yield
            finally:
                for task in beside:
                    task.cancel()
                await asyncio.gather(*beside, return_exceptions=True)

    return lifespan


def _bind_request(request_id: str) -> AbstractContextManager[None]:
    return bind(request_id=request_id)
