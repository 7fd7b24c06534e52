"""SOCKET provider: what a vendor must do. Implementations pass tests/contracts/test_provider.py.

Third parties plug in by the entry point group `trillm.providers`: a callable without arguments that returns a Provider.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from trillm.vocabulary.conversation import Turn
from trillm.vocabulary.response import Usage

FinishReason = Literal["complete", "truncated", "refused"]


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One call: what to say to which model. `prompt` is the person's text, sent as data in the user's turn."""

    model: str
    prompt: str
    system: str | None = None
    """Our instruction, if the caller of the socket has one; a question is sent without."""
    max_output_tokens: int | None = None
    schema: Mapping[str, object] | None = None
    """A JSON schema of the answer, sent as the vendor's structured output. A provider may leave it out: whoever sends
    one says in `system` what shape is wanted, and checks what comes."""
    options: Mapping[str, object] = field(default_factory=dict[str, object])
    """Sampling parameters such as temperature; what the model's capabilities refuse is left out by the provider."""
    conversation: tuple[Turn, ...] = ()
    """What was said before, oldest first, no text of it empty; whoever has little room leaves out the oldest."""

    @property
    def messages(self) -> list[tuple[Literal["user", "assistant"], str]]:
        """All that is said, in order: turns that alternate, and the prompt last."""
        said: list[tuple[Literal["user", "assistant"], str]] = []
        for turn in self.conversation:
            said.append(("user", turn.question))
            said.append(("assistant", turn.answer))
        return [*said, ("user", self.prompt)]


class Rest(Protocol):
    """What is still to come of an answer."""

    def when_whole(self, tell: Callable[[], None]) -> None:
        """Have `tell` called once all of it seems to have arrived: then there is no sense in waiting for more."""
        ...


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of the visible answer, in order; joined, the deltas are the text.

    `last` says that the finish is known already and follows at once, `rest` tells when it has arrived; a provider that
    cannot tell leaves them out.
    """

    text: str
    last: bool = False
    rest: Rest | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """The end of a stream, said by the vendor: why it ended, what it used, what it cost in USD (None: not known)."""

    reason: FinishReason
    usage: Usage = field(default_factory=Usage)
    cost_usd: float | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether the provider can be asked now; `reason` tells a person what to do when it cannot."""

    ready: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Model:
    """One model that can answer: what it is called, what it is, what it costs in USD for a million tokens."""

    provider: str
    name: str
    label: str
    """How people know it, such as "Claude Sonnet 5.5"."""
    description: str = ""
    input_usd: float | None = None
    output_usd: float | None = None
    price_date: str | None = None
    """ISO date from which this price holds; None when no price is known."""
    local: bool = False
    """Whether it runs on this machine and costs nothing."""
    judges: bool = False
    """Whether it is known to compare answers well: a weak judge is worse than none."""

    @property
    def key(self) -> str:
        """`provider:name`, as a panel names it."""
        return f"{self.provider}:{self.name}"


class Provider(Protocol):
    """A vendor.

    `query` yields Deltas and ends with exactly one Finish. A stream that ends without the vendor's finish reason ends
    with Finish("truncated"); a refusal that the vendor marks, with Finish("refused"). Every other failure is raised as
    ProviderError; nothing else escapes. It neither retries nor keeps clocks (`trillm.providers.answer` does), and
    closing the iterator at any point releases the connection. `is_available` never calls the network and takes
    microseconds.
    """

    name: str

    def query(self, request: ModelRequest) -> AsyncIterator[Delta | Finish]:
        """Ask the model and stream its answer."""
        ...

    def is_available(self) -> Availability:
        """Say whether the provider can be asked now, without asking it."""
        ...

    def estimate_cost(self, model: str, input_tokens: int, output_tokens: int) -> float | None:
        """Return the expected cost in USD, or None where no price is known."""
        ...

    def models(self) -> Sequence[Model]:
        """List the models that this provider is known to serve; others may be asked by name."""
        ...

    async def close(self) -> None:
        """Release what the provider holds; asking it afterwards is an error."""
        ...
