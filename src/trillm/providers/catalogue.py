"""Which models there are, what they can do and what they cost: models.toml, overlaid by a person's own file."""

from __future__ import annotations

from datetime import date
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from trillm.storage.overlaid import load_overlaid
from trillm.vocabulary.response import Usage

DialectName = Literal["openai-responses", "openai-chat", "anthropic-messages", "gemini"]
PER_TOKEN = 1e-6
"""Prices are USD for a million tokens."""

# TOML has arrays only; everything else is taken strictly.
Names: TypeAlias = Annotated[tuple[str, ...], Field(strict=False)]
Usd: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Tokens: TypeAlias = Annotated[int, Field(gt=0)]


class _Facts(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(strict=True, extra="forbid", frozen=True)


class Rate(_Facts):
    """USD for a million tokens; `cached_input` None: not known."""

    input: Usd
    output: Usd
    cached_input: Usd | None = None

    def cost(self, usage: Usage) -> float | None:
        """Return what the usage costs in USD, or None where a count or the price of cached tokens is not known."""
        if usage.input_tokens is None or usage.output_tokens is None:
            return None
        cached = usage.cached_input_tokens
        if cached and self.cached_input is None:
            return None
        fresh = max(0, usage.input_tokens - cached)
        return (
            fresh * self.input + cached * (self.cached_input or 0.0) + usage.output_tokens * self.output
        ) * PER_TOKEN


class Tier(Rate):
    """The rate of the whole request once its input exceeds `tokens`."""

    tokens: Tokens


class Price(Rate):
    """The rate from a date on, and the dearer tier of long requests."""

    valid_from: date
    over: Tier | None = None

    def cost(self, usage: Usage) -> float | None:
        """Return what the usage costs in USD at the tier that its input reaches."""
        if self.over is not None and (usage.input_tokens or 0) > self.over.tokens:
            return self.over.cost(usage)
        return super().cost(usage)


class ModelFacts(_Facts):
    """One model, or with a * in its name the capabilities of a family. models.toml says what the fields mean."""

    label: str = ""
    description: str = ""
    default: bool = False
    judges: bool = False
    refuses: Names = ()
    refuses_when_thinking: Names = ()
    thinks: bool = False
    efforts: Names = ()
    effort: str | None = None
    max_tokens_field: str | None = None
    context_tokens: Tokens | None = None
    max_output_tokens: Tokens | None = None
    prices: Annotated[tuple[Price, ...], Field(strict=False)] = ()

    def price(self, on: date) -> Price | None:
        """Return the price in force on that day, or None when none is known."""
        if not self.prices:
            return None
        begun = [price for price in self.prices if price.valid_from <= on]
        return max(begun, key=lambda price: price.valid_from, default=None)


class TranscriptionFacts(_Facts):
    """The model that writes down what is said, at `{base_url}/audio/transcriptions`, and its price for a minute."""

    model: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[!-~]+$")]
    usd_per_minute: Usd | None = None
    valid_from: date | None = None

    def cost(self, minutes: float) -> float | None:
        """Return what so many minutes cost in USD; None where the price is not known."""
        return None if self.usd_per_minute is None else minutes * self.usd_per_minute


MAX_SEEN = 256
"""How many models' facts a provider remembers: merging them anew costs more than asking for a price."""


class ProviderFacts(_Facts):
    """One vendor: its dialect, where it answers, which variables hold its key and base URL, its models."""

    dialect: DialectName
    base_url: Annotated[str, Field(pattern=r"^https?://[^\s?#]+$")]
    label: str = ""
    key_env: Names = ()
    base_url_env: str | None = None
    local: bool = False
    """Whether its models run on this machine and cost nothing. That holds for those that are listed: Ollama, say, also
    answers to names whose models run elsewhere."""
    moderation: bool = False
    """Whether `{base_url}/moderations` looks at questions, as OpenAI's does."""
    transcription: TranscriptionFacts | None = None
    models: dict[str, ModelFacts] = Field(default_factory=dict[str, ModelFacts])

    def model(self, name: str) -> ModelFacts:
        """Return what is known of a model: its own facts over those of the families that its name matches."""
        known = self._seen.get(name)
        if known is None:
            if len(self._seen) >= MAX_SEEN:  # callers may name any model
                self._seen.clear()
            known = self._seen[name] = self._facts_of(name)
        return known

    @cached_property
    def _seen(self) -> dict[str, ModelFacts]:
        """The facts of models asked for lately; pydantic's own private attributes take a microsecond to read."""
        return {}

    def _facts_of(self, name: str) -> ModelFacts:
        known: dict[str, Any] = {}
        for pattern in sorted(self.models, key=len):
            if "*" in pattern and fnmatchcase(name, pattern):
                known |= self.models[pattern].model_dump(exclude_unset=True, exclude={"prices", "default", "label"})
        own = self.models.get(name)
        if own is None or "*" in name:
            return ModelFacts.model_validate(known)
        # model_copy keeps the prices as they are: dumping would turn them into plain mappings.
        return own.model_copy(update={key: value for key, value in known.items() if key not in own.model_fields_set})

    @property
    def listed(self) -> list[str]:
        """The names of the models that are listed one by one."""
        return [name for name in self.models if "*" not in name]

    def cost(self, name: str, usage: Usage, on: date) -> float | None:
        """Return what the usage costs in USD on that day; None where the price is not known, never 0."""
        if self.local and any(fnmatchcase(name, listed) for listed in self.models):
            return 0.0
        price = self.model(name).price(on)
        return None if price is None else price.cost(usage)


class Catalogue(_Facts):
    """All vendors by name."""

    providers: dict[str, ProviderFacts]

    @classmethod
    def load(cls, overlay: Path | None = None) -> Self:
        """Read models.toml, merged over by the overlay; InvalidInput names the file and the key that is wrong."""
        return load_overlaid(cls, "trillm.providers", "models.toml", overlay)

    def default_panel(self) -> list[tuple[str, str]]:
        """Return provider and model of each default member, in the file's order."""
        return [
            (provider, name)
            for provider, facts in self.providers.items()
            for name, model in facts.models.items()
            if model.default
        ]
