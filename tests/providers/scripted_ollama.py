"""A scripted Ollama: a real HTTP server on loopback with the two endpoints of Ollama that are used."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from tests.providers.tongues import Ollama
from tests.providers.vendors import Script, ScriptedVendor


def tag(name: str, family: str = "llama", **more: object) -> dict[str, Any]:
    """Return a model as Ollama lists it."""
    details = {"format": "gguf", "family": family, "parameter_size": "3.2B", "quantization_level": "Q4_K_M"}
    return {"name": name, "model": name, "size": 2_019_393_189, "digest": "a80c4f17acd5", "details": details, **more}


class ScriptedOllama(ScriptedVendor):
    """The server. It lists `models` and answers for those only; a model that is scripted is listed."""

    def __init__(self) -> None:
        super().__init__([Ollama()])
        self.models: list[dict[str, Any]] = []
        self.tags: Callable[[web.Request], Awaitable[web.StreamResponse]] = self._tags
        """What answers for the list of models."""

    def script(self, model: str, *scripts: Script) -> None:
        """Say how the model answers, and list it."""
        super().script(model, *scripts)
        if all(listed["name"] != model for listed in self.models):
            self.models.append(tag(model))

    def _app(self) -> web.Application:
        async def tags(request: web.Request) -> web.StreamResponse:
            return await self.tags(request)

        app = super()._app()
        app.router.add_get("/api/tags", tags)
        return app

    async def _tags(self, _: web.Request) -> web.StreamResponse:
        return web.json_response({"models": self.models})

    def _next(self, model: str) -> Script:
        if all(listed["name"] != model for listed in self.models):
            return Script(status=404, message=f'model "{model}" not found')
        return super()._next(model)
