"""The contract of the socket provider, driven against every implementation.

A stage is a provider with its vendor behind it. Where the vendor is scripted, it is told what to do by an Act.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Literal, cast

import pytest
from tests.providers import vendors
from tests.providers.local_model import local_data_dir
from tests.providers.scripted_ollama import ScriptedOllama

from trillm.providers import fake
from trillm.providers.answer import Answerer, Clocks, Outcome
from trillm.providers.breaker import Breakers
from trillm.providers.catalogue import Catalogue
from trillm.providers.local.provider import LocalProvider
from trillm.providers.ollama import ollama_vendor
from trillm.providers.provider import Delta, Finish, FinishReason, ModelRequest, Provider
from trillm.providers.retry import RetryBudget
from trillm.providers.vendor import build_vendors
from trillm.vocabulary.errors import ProviderError
from trillm.vocabulary.response import ResponseStatus

FAILURES = {401: "authentication", 403: "permission", 404: "model-not-found", 429: "rate-limited", 500: "server-error"}
FAILURES |= {400: "bad-request", 529: "overloaded"}


@dataclass(frozen=True)
class Act:
    """What the vendor does when the model is asked."""

    pieces: tuple[str, ...] = ("Par", "is, ", "naïve ☕ 東京.")
    ending: FinishReason = "complete"
    fault: Literal["silent-end", "cut", "garbage", "stall"] | None = None
    status: int = 200
    between: float = 0


@dataclass
class Stage:
    """A provider that can be asked for `model`; `idle` waits until its vendor serves no stream any more."""

    provider: Provider
    model: str
    idle: Callable[[], Awaitable[None]]
    play: Callable[[str, Act], None] | None = None
    """Tell the scripted vendor what its model does."""
    costs: float = 0
    """USD for a million tokens in and as many out."""


def script_of(act: Act) -> vendors.Script:
    return vendors.Script(
        list(act.pieces), act.ending, act.fault, act.status, headers={"Retry-After": "7"}, between=act.between
    )


@asynccontextmanager
async def fake_stage() -> AsyncGenerator[Stage]:
    provider = fake.FakeProvider({}, prices={"m": (1, 2)})
    faults = {"cut": ProviderError("connection", "Reset."), "garbage": ProviderError("malformed", "No JSON.")}

    def play(model: str, act: Act) -> None:
        failure = faults.get(act.fault or "")
        if act.status != 200:
            failure = ProviderError(FAILURES[act.status], "", retry_after=7)  # type: ignore[arg-type]
        finish = None if act.fault == "silent-end" else act.ending
        pieces = act.pieces if act.status == 200 else ()
        script = fake.Script(pieces, act.between, finish, failure=failure, stall=act.fault == "stall")
        provider.script(model, script)

    async def idle() -> None:
        assert provider.open_streams == 0

    yield Stage(provider, "m", idle, play, costs=3)


@asynccontextmanager
async def vendor_stage(dialect: str) -> AsyncGenerator[Stage]:
    async with vendors.ScriptedVendor() as server:
        price = {"valid_from": date(2026, 1, 1), "input": 1.0, "output": 2.0}
        facts = {"dialect": dialect, "base_url": server.base_url(dialect), "models": {"m": {"prices": [price]}}}
        catalogue = Catalogue.model_validate({"providers": {"scripted": facts}})
        (provider,) = build_vendors(catalogue, {"scripted": "key"}, {}, connect_timeout=5)

        def play(model: str, act: Act) -> None:
            server.script(model, script_of(act))

        yield Stage(provider, "m", server.until_idle, play, costs=3)
        await provider.close()


@asynccontextmanager
async def ollama_stage() -> AsyncGenerator[Stage]:
    async with ScriptedOllama() as server:

        def play(model: str, act: Act) -> None:
            server.script(model, script_of(act))

        play("m", Act())
        provider = await ollama_vendor(server.root, connect_timeout=5, find_timeout=10)
        assert provider is not None
        yield Stage(provider, "m", server.until_idle, play)
        await provider.close()


@asynccontextmanager
async def local_stage() -> AsyncGenerator[Stage]:
    provider = LocalProvider(local_data_dir(), max_tokens=24)

    async def idle() -> None:
        """The engine's slots are few: it answers again only if the one given up is free."""
        await collect(provider, provider.models()[0].name)

    yield Stage(provider, provider.models()[0].name, idle)
    await provider.close()


SCRIPTED: dict[str, Callable[[], AbstractAsyncContextManager[Stage]]] = {
    "fake": fake_stage,
    **{dialect: partial(vendor_stage, dialect) for dialect in vendors.DIALECTS},
    "ollama": ollama_stage,
}
MARKS_REFUSALS = {name: stage for name, stage in SCRIPTED.items() if name != "ollama"}
"""Ollama has no finish reason for a refusal: it is text like any other."""
ALL = SCRIPTED | {"local": local_stage}


@pytest.fixture(params=ALL.values(), ids=list(ALL))
async def stage(request: pytest.FixtureRequest) -> AsyncGenerator[Stage]:
    """Every implementation."""
    async with request.param() as made:
        if made.play:
            made.play(made.model, Act())
        yield made


@pytest.fixture(params=SCRIPTED.values(), ids=list(SCRIPTED))
async def scripted(request: pytest.FixtureRequest) -> AsyncGenerator[Stage]:
    """Every implementation whose vendor can be told what to do."""
    async with request.param() as made:
        yield made


def query(
    provider: Provider, model: str, prompt: str = "What is the capital of France?"
) -> AsyncGenerator[Delta | Finish]:
    """Ask; the contract's iterator can be closed."""
    return cast("AsyncGenerator[Delta | Finish]", provider.query(ModelRequest(model, prompt)))


async def collect(provider: Provider, model: str) -> tuple[str, Finish]:
    """Return the joined text and the one Finish, which must be the last event."""
    async with asyncio.timeout(60):
        *deltas, finish = [event async for event in query(provider, model)]
    assert isinstance(finish, Finish)
    assert all(isinstance(delta, Delta) for delta in deltas), "exactly one Finish, at the end"
    return "".join(delta.text for delta in deltas if isinstance(delta, Delta)), finish


async def listen(stage: Stage, events: list[Delta | Finish]) -> None:
    """Add the events as they come, so that those before a failure are seen."""
    async for event in query(stage.provider, stage.model):
        events.append(event)  # noqa: PERF401 - a comprehension would lose them


async def perform(stage: Stage, act: Act) -> tuple[str, Finish]:
    """Let the vendor act, and return what its provider made of it."""
    assert stage.play is not None
    stage.play(stage.model, act)
    return await collect(stage.provider, stage.model)


async def test_a_stream_is_text_in_order_then_one_finish_with_the_usage(stage: Stage) -> None:
    text, finish = await collect(stage.provider, stage.model)
    assert text
    if stage.play:
        assert (text, finish.reason) == ("Paris, naïve ☕ 東京.", "complete")
    assert (finish.usage.input_tokens or 0) > 0
    assert (finish.usage.output_tokens or 0) > 0
    assert finish.cost_usd is not None
    await stage.idle()


async def test_closing_a_stream_in_the_middle_frees_what_it_held(stage: Stage) -> None:
    if stage.play:
        stage.play(stage.model, Act(fault="stall"))
    for _ in range(4):
        events = query(stage.provider, stage.model)
        assert isinstance(await anext(events), Delta)
        await events.aclose()
    if stage.play:
        stage.play(stage.model, Act())
    await stage.idle()


async def test_a_closed_stream_leaves_its_provider_fit_for_the_next_question(stage: Stage) -> None:
    events = query(stage.provider, stage.model)
    await anext(events)
    await events.aclose()
    text, _ = await collect(stage.provider, stage.model)
    assert text


async def test_asking_whether_it_is_available_touches_no_network(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def touched(*_: object) -> None:
        pytest.fail("the network was touched")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, touched)
    monkeypatch.setattr(socket, "getaddrinfo", touched)
    assert stage.provider.is_available().ready


async def test_an_unknown_price_is_unknown_and_never_0(stage: Stage) -> None:
    assert stage.provider.estimate_cost("nobody-knows-this-model", 1000, 1000) is None
    known = stage.provider.estimate_cost(stage.model, 1_000_000, 1_000_000)
    assert known == stage.costs


async def test_the_models_listed_are_its_own_and_named_once(stage: Stage) -> None:
    models = stage.provider.models()
    assert stage.model in {model.name for model in models}
    assert len({model.key for model in models}) == len(models)
    assert all(model.provider == stage.provider.name and model.label for model in models)


async def test_concurrent_queries_all_end_properly(stage: Stage) -> None:
    results = await asyncio.gather(*(collect(stage.provider, stage.model) for _ in range(3)))
    assert all(text for text, _ in results)
    await stage.idle()


async def test_an_unknown_model_is_a_typed_failure(stage: Stage) -> None:
    with pytest.raises(ProviderError) as caught:
        await collect(stage.provider, "nobody-knows-this-model")
    assert caught.value.type == "model-not-found"


async def test_asking_a_closed_provider_is_a_typed_failure_and_closing_twice_is_none(stage: Stage) -> None:
    await collect(stage.provider, stage.model)
    await stage.provider.close()
    with pytest.raises(ProviderError):
        await collect(stage.provider, stage.model)
    await stage.provider.close()


async def test_concurrent_queries_do_not_mix(scripted: Stage) -> None:
    assert scripted.play is not None
    models = [f"model-{number}" for number in range(8)]
    for model in models:
        scripted.play(model, Act(tuple(f"{model}/{piece} " for piece in range(20)), between=0.001))
    texts = [text for text, _ in await asyncio.gather(*(collect(scripted.provider, model) for model in models))]
    assert texts == ["".join(f"{model}/{piece} " for piece in range(20)) for model in models]


async def test_a_stream_that_just_ends_is_truncated_and_never_complete(scripted: Stage) -> None:
    text, finish = await perform(scripted, Act(("Par", "is"), fault="silent-end"))
    assert (text, finish.reason) == ("Paris", "truncated")


async def test_the_token_limit_is_truncated(scripted: Stage) -> None:
    text, finish = await perform(scripted, Act(("Par",), "truncated"))
    assert (text, finish.reason) == ("Par", "truncated")


@pytest.mark.parametrize("scripted", MARKS_REFUSALS.values(), ids=list(MARKS_REFUSALS), indirect=True)
async def test_a_refusal_that_the_vendor_marks_is_refused(scripted: Stage) -> None:
    _, finish = await perform(scripted, Act((), "refused"))
    assert finish.reason == "refused"


async def test_an_answer_without_text_ends_properly_with_no_text(scripted: Stage) -> None:
    text, finish = await perform(scripted, Act(()))
    assert (text, finish.reason) == ("", "complete")


@pytest.mark.parametrize(("status", "kind"), FAILURES.items())
async def test_a_vendors_refusal_of_the_request_is_a_typed_failure(scripted: Stage, status: int, kind: str) -> None:
    with pytest.raises(ProviderError) as caught:
        await perform(scripted, Act(status=status))
    assert caught.value.type == kind
    if status == 429:
        assert (caught.value.retry, caught.value.retry_after) == (True, 7)
    await scripted.idle()


@pytest.mark.parametrize(("fault", "kind"), [("cut", "connection"), ("garbage", "malformed")])
async def test_a_stream_that_breaks_keeps_its_text_and_is_a_typed_failure(
    scripted: Stage, fault: Literal["cut", "garbage"], kind: str
) -> None:
    assert scripted.play is not None
    scripted.play(scripted.model, Act(("Par", "is"), fault=fault, between=0.02))
    events: list[Delta | Finish] = []
    with pytest.raises(ProviderError) as caught:
        await listen(scripted, events)
    assert "".join(event.text for event in events if isinstance(event, Delta)) == "Paris"
    assert caught.value.type == kind
    await scripted.idle()


async def test_cancelling_the_reader_of_a_stalled_stream_frees_it(scripted: Stage) -> None:
    reader = asyncio.create_task(perform(scripted, Act(fault="stall")))
    await asyncio.sleep(0.05)
    assert not reader.done()
    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader
    await scripted.idle()


async def test_within_the_clocks_a_stall_ends_as_a_timeout_that_keeps_the_text_and_frees_the_stream(
    scripted: Stage,
) -> None:
    assert scripted.play is not None
    scripted.play(scripted.model, Act(("Paris",), fault="stall"))
    answerer = Answerer(Clocks(gap=0.2), retries=RetryBudget(), breakers=Breakers())
    events = [e async for e in answerer.answer(scripted.provider, ModelRequest(scripted.model, "Capital?"))]
    assert "".join(event.text for event in events if isinstance(event, Delta)) == "Paris"
    outcome = events[-1]
    assert isinstance(outcome, Outcome)
    assert outcome.error is not None
    assert (outcome.status, outcome.error.type) == (ResponseStatus.TIMEOUT, "gap-timeout")
    await scripted.idle()
