"""Ollama, when one runs on this machine: its models are found by asking it and spoken to in OpenAI's chat dialect."""

from __future__ import annotations

import asyncio
from contextlib import closing
from typing import Annotated, Any, TypeAlias
from urllib.parse import SplitResult, urlsplit

from pydantic import BaseModel, Field, ValidationError

from trillm.http.client import HttpClient, HttpFailure
from trillm.providers.catalogue import ModelFacts, ProviderFacts
from trillm.providers.provider import Model, Provider
from trillm.providers.vendor import Vendor
from trillm.providers.wire import Wire

NAME = "ollama"
DEFAULT_PORT = 11434
FIND_SECONDS = 0.3
"""How long looking for it may hold up a start: on this machine it answers in a few milliseconds."""
MAX_TAGS_BODY = 1 << 20
MAX_MODELS = 100


_Word: TypeAlias = Annotated[str, Field(max_length=40, pattern=r"^[\w.+-]*$")]


class _Details(BaseModel):
    family: _Word = ""
    parameter_size: _Word = ""
    quantization_level: _Word = ""


class _Tag(BaseModel):
    name: str = Field(max_length=200, pattern=r"^[A-Za-z0-9][\w./:@+-]*$")
    details: _Details = _Details()
    remote_host: str = ""
    """Set on a model that Ollama itself asks elsewhere for."""

    @property
    def answers_here(self) -> bool:
        """Whether it is a chat model on this machine: not one elsewhere, which may cost, and no embedding model."""
        return not self.remote_host and "bert" not in self.details.family

    @property
    def about(self) -> str:
        """What it is, as far as Ollama says."""
        known = [self.details.family, self.details.parameter_size, self.details.quantization_level]
        return ", ".join(["Runs in Ollama", *filter(None, known)])


class _Tags(BaseModel):
    models: list[Any] = []


def ollama_url(host: str | None) -> str:
    """Turn the value of OLLAMA_HOST into the server's root URL, as Ollama's own client reads it.

    Without a scheme it is http at port 11434; a scheme brings its own port; "any address" means this machine.
    """
    value = (host or "").strip().strip("\"'")
    scheme, mark, rest = value.partition("://")
    if not mark:
        scheme, rest = "http", value
    default = {"https": 443, "http": 80}.get(scheme, DEFAULT_PORT) if mark else DEFAULT_PORT
    try:
        parts = urlsplit(f"{scheme}://{rest}")
        name, port, path = parts.hostname or "127.0.0.1", _port(parts, default), parts.path
    except ValueError:  # an address in brackets that is none
        name, port, path = "127.0.0.1", DEFAULT_PORT, ""
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(name, name)  # noqa: S104  compared with, not bound to
    return f"{scheme}://{f'[{name}]' if ':' in name else name}:{port}{path.rstrip('/')}"


def _port(parts: SplitResult, default: int) -> int:
    """Return the port; one that is none is the default, as Ollama has it."""
    try:
        return parts.port or default
    except ValueError:
        return default


async def find_ollama(base_url: str, timeout: float = FIND_SECONDS) -> list[Model]:
    """List the chat models of the Ollama at this root URL; empty when none answers, or not in time, or not sensibly."""
    try:
        url = f"{base_url.rstrip('/')}/api/tags"
        with closing(HttpClient(timeout)) as client:
            async with asyncio.timeout(timeout), client.request("GET", url, {}) as reply:
                tags = _Tags.model_validate_json(
                    await reply.read_at_most(MAX_TAGS_BODY) if reply.status == 200 else b""
                )
    except (HttpFailure, TimeoutError, ValueError):
        return []
    found = [tag for entry in tags.models[:MAX_MODELS] if (tag := _tag(entry)) and tag.answers_here]
    return [Model(NAME, tag.name, f"{tag.name} (Ollama)", tag.about, local=True) for tag in found]


async def ollama_vendor(
    base_url: str, connect_timeout: float, *, find_timeout: float = FIND_SECONDS
) -> Provider | None:
    """Return the running Ollama as a provider, or None when there is none or it has no model that can answer."""
    models = await find_ollama(base_url, find_timeout)
    if not models:
        return None
    facts = ProviderFacts(
        dialect="openai-chat",
        base_url=f"{base_url.rstrip('/')}/v1",
        label="Ollama",
        local=True,
        models={model.name: ModelFacts(label=model.label, description=model.description) for model in models},
    )
    return Vendor(NAME, facts, Wire(connect_timeout))


def _tag(entry: object) -> _Tag | None:
    """Return the entry if it has the shape of a model; one that has not does not hide the others."""
    try:
        return _Tag.model_validate(entry)
    except ValidationError:
        return None
