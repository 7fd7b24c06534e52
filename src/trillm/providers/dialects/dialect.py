"""What every dialect is: a request built from ours, and a reader of the events that answer it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, NoReturn, Protocol, cast

from trillm.providers.catalogue import ModelFacts
from trillm.providers.dialects.event_stream import DONE, parsed
from trillm.providers.dialects.failures import failure
from trillm.providers.provider import FinishReason, ModelRequest
from trillm.vocabulary.errors import ProviderError
from trillm.vocabulary.response import Usage

MAX_TOKENS = 2**31 - 1
"""What a column of 32 bits holds; a vendor that reports more is mistaken."""
MAX_TEXT = 1 << 20
"""Characters of an answer beyond which it is refused."""
SCHEMA = "schema"
"""The capability of structured output, as `refuses` names it."""
SCHEMA_NAME = "answer"
"""What a schema is called where the wire wants a name for it."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request on the wire: path below the base URL, headers, JSON body; `warnings` tells what was left out."""

    path: str
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict[str, str])
    warnings: tuple[str, ...] = ()


def record(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return the object under the key, empty where it is missing or null; TypeError where it is something else."""
    value = data.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise TypeError(key)
    return cast("dict[str, Any]", value)


def records(data: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """Return the list of objects under the key, empty where it is missing or null."""
    value = data.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise TypeError(key)
    return cast("list[dict[str, Any]]", value)


def string(data: Mapping[str, Any], key: str) -> str:
    """Return the text under the key, empty where it is missing or null; TypeError where it is something else."""
    value = data.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError(key)
    return value


def count(data: Mapping[str, Any], key: str) -> int | None:
    """Return the number of tokens under the key, or None where the vendor tells none, or none that can be."""
    value = data.get(key)
    return value if isinstance(value, int) and 0 <= value <= MAX_TOKENS else None


class Dialect(Protocol):
    """One vendor's language. It holds no state: one instance serves every vendor that speaks it."""

    def build(self, request: ModelRequest, facts: ModelFacts) -> Call:
        """Return the streaming call that asks the model."""
        ...

    def authorize(self, key: str) -> dict[str, str]:
        """Return the headers that carry the key."""
        ...

    def reader(self) -> Reader:
        """Return a reader for one answer."""
        ...


@dataclass(slots=True)
class Settings:
    """A request's options as the wire takes them: sampling by the wire's own names, effort, output limit, schema."""

    sampling: dict[str, Any]
    effort: str | None
    max_tokens: int | None
    schema: dict[str, Any] | None
    warnings: tuple[str, ...]

    @classmethod
    def of(cls, request: ModelRequest, facts: ModelFacts, names: Mapping[str, str]) -> Settings:
        """Keep what the dialect knows (`names`: ours to the wire's) and the model does not refuse; warn of the rest."""
        options = dict(request.options)
        wanted = options.pop("effort", None)
        effort = wanted if isinstance(wanted, str) and wanted in facts.efforts else facts.effort
        refused = set(facts.refuses)
        if facts.thinks and effort != "none":
            refused |= set(facts.refuses_when_thinking)
        left_out = sorted(name for name in options if name in refused or name not in names)
        if wanted is not None and wanted != effort:
            left_out.append("effort")
        schema = None if request.schema is None or SCHEMA in refused else dict(request.schema)
        if schema is None and request.schema is not None:
            left_out.append(SCHEMA)
        limits = [limit for limit in (request.max_output_tokens, facts.max_output_tokens) if limit is not None]
        return cls(
            sampling={names[name]: value for name, value in options.items() if name not in left_out},
            effort=effort if effort in facts.efforts else None,
            max_tokens=min(limits) if request.max_output_tokens is not None else None,
            schema=schema,
            warnings=tuple(f"{name} was left out: the model does not accept it" for name in left_out),
        )


class Reader:
    """Reads one answer's events; a dialect says what each of them means in `event`.

    `reason` is None until the vendor says why the answer ended; `done` once nothing more is to be expected;
    `failure` holds what the vendor or a malformed event stopped the answer with.
    """

    REASONS: ClassVar[Mapping[str, FinishReason]] = {}

    def __init__(self) -> None:
        self.reason: FinishReason | None = None
        self.done = False
        self.failure: ProviderError | None = None
        self._usage = Usage()
        self.warnings: list[str] = []
        self._length = 0

    @property
    def usage(self) -> Usage:
        """What the vendor has reported so far."""
        return self._usage

    def event(self, data: dict[str, Any]) -> str:
        """Take one event and return its visible text, empty if it has none."""
        raise NotImplementedError

    def read(self, batch: Sequence[bytes]) -> str:
        """Return the visible text of a batch of events, joined; once it has failed, it reads no more."""
        pieces: list[str] = []
        try:
            for data in parsed(batch):
                if data is DONE:
                    self.done = True
                else:
                    pieces.append(self.event(data))
        except ProviderError as error:
            self.failure = error
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            self.failure = ProviderError("malformed", "A line of the answer is not of the vendor's dialect.")
        text = "".join(pieces)
        self._length += len(text)
        if self._length > MAX_TEXT and self.failure is None:
            self.failure = ProviderError("too-large", f"The answer is longer than {MAX_TEXT} characters.")
            return ""
        # A database may refuse NUL, and no reader of an answer needs it.
        return text.replace("\0", "") if "\0" in text else text

    def finished(self, reason: str) -> None:
        """Note why the vendor says that the answer ended; a reason that we do not know leaves it truncated."""
        known = self.REASONS.get(reason)
        if known is None:
            self.warnings.append(f"unknown finish reason {reason[:40]!r}")
        # A refusal seen in the text stays one, whatever the end is called.
        if self.reason != "refused":
            self.reason = known or "truncated"

    def fail(self, error: object) -> NoReturn:
        """Raise the ProviderError that an error inside the stream means."""
        raise failure(error)
