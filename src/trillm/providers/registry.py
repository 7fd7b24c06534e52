"""The only list of provider names: what is built in, what plugs in, and the panel that a question names."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import cast

from trillm.providers.provider import Provider
from trillm.vocabulary.errors import InvalidInput

PLUGIN_GROUP = "trillm.providers"

_PROVIDER_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
# Model names reach URLs and logs: the characters that vendors use, and no way up a path.
_MODEL_NAME = re.compile(r"(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}")
_METHODS = ("query", "is_available", "estimate_cost", "models", "close")

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Member:
    """One seat of a panel: a provider and the model that it is to ask."""

    provider: Provider
    model: str

    @property
    def key(self) -> str:
        """`provider:model`, as a panel names it."""
        return f"{self.provider.name}:{self.model}"


@dataclass(frozen=True, slots=True)
class BrokenPlugin:
    """A plugin that is left out, and why."""

    name: str
    reason: str


class Registry:
    """The providers of this process, by name and in order; raises ValueError for a name that is taken or unfit."""

    def __init__(self, providers: Iterable[Provider] = ()) -> None:
        self._providers: dict[str, Provider] = {}
        for provider in providers:
            self.add(provider)

    def add(self, provider: Provider) -> None:
        """Add a provider at the end."""
        if not _PROVIDER_NAME.fullmatch(provider.name):
            raise ValueError(f"{provider.name!r} is no provider name: lower-case letters, digits, '_', '.' and '-'")
        if provider.name in self._providers:
            raise ValueError(f"there are two providers named {provider.name!r}")
        self._providers[provider.name] = provider

    def __iter__(self) -> Iterator[Provider]:
        return iter(self._providers.values())

    @property
    def names(self) -> list[str]:
        """The names, in order."""
        return list(self._providers)

    def get(self, name: str) -> Provider:
        """Return the provider; raises InvalidInput, which names those that there are."""
        if name not in self._providers:
            raise InvalidInput(f"There is no such provider. Known are: {', '.join(self._providers)}.", field="models")
        return self._providers[name]

    def panel(self, spec: Sequence[str]) -> list[Member]:
        """Return the members named, each `provider:model`; raises InvalidInput for what cannot be one."""
        members = [self._member(item) for item in spec]
        if len({member.key for member in members}) < len(members):
            raise InvalidInput("A model is named twice in the panel.", field="models")
        return members

    def _member(self, item: str) -> Member:
        name, colon, model = item.strip().partition(":")
        if not colon or not _MODEL_NAME.fullmatch(model):
            raise InvalidInput("Name each model as `provider:model`.", field="models")
        return Member(self.get(name), model)

    def available(self) -> list[Provider]:
        """Return the providers that can be asked now."""
        return [provider for provider in self if provider.is_available().ready]

    def load_plugins(self) -> list[BrokenPlugin]:
        """Add what is installed under the entry point group `trillm.providers`; return what could not be added."""
        broken: list[BrokenPlugin] = []
        for entry in entry_points(group=PLUGIN_GROUP):
            try:
                self.add(_as_provider(entry.load()()))
            except Exception as error:  # a door: anybody's code runs here, and must not stop the others
                _logger.exception("provider plugin %s (%s) is left out", entry.name, entry.value)
                broken.append(BrokenPlugin(entry.name, f"{type(error).__name__}: {error}"))
        return broken

    async def close(self) -> None:
        """Close all providers; one that fails to close does not keep the others open."""
        results = await asyncio.gather(*(provider.close() for provider in self), return_exceptions=True)
        for provider, result in zip(self, results, strict=True):
            if isinstance(result, Exception):
                _logger.error("provider %s did not close", provider.name, exc_info=result)


def _as_provider(made: object) -> Provider:
    """Return what a plugin made, if it has the shape of a Provider; raises TypeError."""
    missing = [method for method in _METHODS if not callable(getattr(made, method, None))]
    if not isinstance(getattr(made, "name", None), str):
        missing.insert(0, "name")
    if missing:
        raise TypeError(f"it is no provider: it lacks {', '.join(missing)}")
    return cast("Provider", made)
