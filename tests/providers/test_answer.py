"""One model's answer: its clocks, how it ends, who may stop it, and providers that break their contract."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator

import pytest
from tests.providers.virtual_time import REQUEST, VirtualLoop, answerer, ask, fake, virtually

from trillm.providers.answer import Clocks, Outcome
from trillm.providers.fake import Script
from trillm.providers.provider import Delta, Finish, ModelRequest
from trillm.vocabulary.errors import ProviderError
from trillm.vocabulary.response import ResponseStatus, Usage


@virtually
async def test_a_whole_answer_passes_through_with_its_usage_cost_and_times() -> None:
    text, outcome = await ask(fake(Script(["Par", "is."], delay=2)))
    assert text == "Paris."
    assert outcome.status is ResponseStatus.COMPLETE
    assert outcome.error is None
    assert outcome.usage == Usage(input_tokens=6, output_tokens=2)
    assert outcome.cost_usd == pytest.approx(10e-6)
    assert (outcome.first_token_ms, outcome.response_time_ms) == (2000, 4000)


@virtually
async def test_an_answer_sets_few_timers_and_leaves_none_behind() -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    _, outcome = await ask(fake(Script(["x"] * 500)))
    assert outcome.status is ResponseStatus.COMPLETE
    assert [timer for timer in loop.timers if timer.when() > loop.time() and not timer.cancelled()] == []
    assert len(loop.timers) <= 5, "one for the first token, one for the gaps, one for each closing"


@virtually
async def test_a_model_that_says_nothing_is_timed_out_by_the_first_token_clock() -> None:
    provider = fake(Script(pieces=(), stall=True))
    text, outcome = await ask(provider)
    assert (text, outcome.status) == ("", ResponseStatus.TIMEOUT)
    assert outcome.error is not None
    assert outcome.error.type == "first-token-timeout"
    assert outcome.response_time_ms == 30_000
    assert outcome.first_token_ms is None
    assert (len(provider.calls), provider.open_streams) == (1, 0)


@virtually
async def test_a_stall_after_some_text_keeps_the_text_and_is_timed_out_by_the_gap_clock() -> None:
    provider = fake(Script(["Par", "is"], delay=15, stall=True))
    text, outcome = await ask(provider)
    assert (text, outcome.status) == ("Paris", ResponseStatus.TIMEOUT)
    assert outcome.error is not None
    assert outcome.error.type == "gap-timeout"
    assert outcome.response_time_ms == 50_000
    assert provider.open_streams == 0


@virtually
async def test_the_gap_clock_holds_even_where_the_timer_was_set_for_a_later_first_token() -> None:
    text, outcome = await ask(fake(Script(["at once"], stall=True)), answerer(Clocks(first_token=60, gap=5)))
    assert (text, outcome.response_time_ms) == ("at once", 5_000)


@virtually
async def test_a_steady_but_endless_answer_is_stopped_by_the_total_clock() -> None:
    text, outcome = await ask(fake(Script(["x"] * 100, delay=7)))
    assert text == "x" * 12
    assert outcome.error is not None
    assert outcome.error.type == "total-timeout"
    assert outcome.response_time_ms == 90_000


@virtually
async def test_the_total_clock_holds_for_a_vendor_that_never_lets_the_loop_breathe() -> None:
    class Flood:
        name = "flood"

        async def query(self, request: ModelRequest) -> AsyncGenerator[Delta | Finish]:
            loop = asyncio.get_running_loop()
            assert isinstance(loop, VirtualLoop)
            while True:
                loop.seconds += 1
                yield Delta("x")

    text, outcome = await ask(Flood())
    assert text == "x" * 90
    assert outcome.error is not None
    assert outcome.error.type == "total-timeout"


@virtually
async def test_a_slow_reader_is_not_blamed_on_the_vendor() -> None:
    text = ""
    async for event in answerer().answer(fake(Script(["a", "b", "c"], delay=1)), REQUEST):
        if isinstance(event, Delta):
            text += event.text
            await asyncio.sleep(25)
        else:
            assert event.status is ResponseStatus.COMPLETE
    assert text == "abc"


@virtually
async def test_empty_deltas_show_life_but_are_neither_first_tokens_nor_passed_on() -> None:
    events = [e async for e in answerer().answer(fake(Script(["", "a", "", "", "b"], delay=12)), REQUEST)]
    assert [e.text for e in events if isinstance(e, Delta)] == ["a", "b"]
    assert isinstance(events[-1], Outcome)
    assert (events[-1].status, events[-1].first_token_ms) == (ResponseStatus.COMPLETE, 24_000)


@pytest.mark.parametrize(
    ("script", "status", "kind", "said"),
    [
        (Script(["Par"], finish="truncated"), ResponseStatus.TRUNCATED, "truncated", "cut off"),
        (Script(["Par"], finish=None), ResponseStatus.TRUNCATED, "truncated", "cut off"),
        (Script(["I cannot."], finish="refused"), ResponseStatus.REFUSED, "refused", "declined"),
        (Script((), finish="refused"), ResponseStatus.REFUSED, "refused", "declined"),
        (Script(()), ResponseStatus.EMPTY, "empty", "visible word"),
        (Script(["  ", "\n"]), ResponseStatus.EMPTY, "empty", "visible word"),
        (Script((), finish=None), ResponseStatus.EMPTY, "empty", "before its first"),
        (Script((), finish="truncated", usage=Usage(9, 512)), ResponseStatus.EMPTY, "empty", "512 tokens"),
    ],
)
async def test_how_a_stream_ends_decides_the_status(
    script: Script, status: ResponseStatus, kind: str, said: str
) -> None:
    text, outcome = await ask(fake(script))
    assert text == "".join(script.pieces)
    assert outcome.error is not None
    assert (outcome.status, outcome.error.type) == (status, kind)
    assert said in outcome.error.detail


async def test_an_unexpected_exception_fails_this_answer_only_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        text, outcome = await ask(fake(Script(["Par"], failure=KeyError("choices"))))
    assert (text, outcome.status) == ("Par", ResponseStatus.FAILED)
    assert outcome.error is not None
    assert outcome.error.type == "internal"
    assert "choices" not in outcome.error.detail
    assert caplog.records[0].exc_info is not None


async def test_a_provider_that_fails_before_it_returns_an_iterator_is_an_internal_failure() -> None:
    class Broken:
        name = "broken"

        def query(self, request: ModelRequest) -> AsyncIterator[Delta | Finish]:
            raise TypeError("no such argument")

    _, outcome = await ask(Broken())
    assert outcome.error is not None
    assert outcome.error.type == "internal"


async def test_a_provider_that_cancels_itself_is_not_taken_for_the_caller() -> None:
    class Quitter:
        name = "quitter"

        async def query(self, request: ModelRequest) -> AsyncGenerator[Delta | Finish]:
            yield Delta("Par")
            raise asyncio.CancelledError

    text, outcome = await ask(Quitter())
    assert (text, outcome.status) == ("Par", ResponseStatus.FAILED)
    assert outcome.error is not None
    assert outcome.error.type == "internal"


async def test_an_iterator_without_a_finish_is_truncated_and_what_follows_a_finish_is_ignored() -> None:
    class Sloppy:
        name = "sloppy"

        def __init__(self, *events: Delta | Finish) -> None:
            self.events = events

        async def query(self, request: ModelRequest) -> AsyncGenerator[Delta | Finish]:
            for event in self.events:
                yield event

    text, outcome = await ask(Sloppy(Delta("Par")))
    assert (text, outcome.status) == ("Par", ResponseStatus.TRUNCATED)
    assert outcome.warnings == ("The provider's stream ended without a finish.",)
    text, outcome = await ask(Sloppy(Delta("Paris."), Finish("complete"), Delta("More"), Finish("truncated")))
    assert (text, outcome.status) == ("Paris.", ResponseStatus.COMPLETE)


async def test_an_iterator_that_is_no_generator_will_do() -> None:
    class Plain:
        name = "plain"

        def __init__(self) -> None:
            self.events = [Finish("complete"), Delta("Paris.")]

        def query(self, request: ModelRequest) -> AsyncIterator[Delta | Finish]:
            return self

        def __aiter__(self) -> AsyncIterator[Delta | Finish]:
            return self

        async def __anext__(self) -> Delta | Finish:
            return self.events.pop()

    assert (await ask(Plain()))[0] == "Paris."


async def test_closing_the_answer_closes_the_providers_stream_at_once() -> None:
    provider = fake(Script(["Par", "is"]))
    events = answerer().answer(provider, REQUEST)
    assert await anext(events) == Delta("Par")
    assert provider.open_streams == 1
    await events.aclose()
    assert provider.open_streams == 0


@virtually
async def test_the_callers_cancellation_goes_through_and_frees_the_stream() -> None:
    provider = fake(Script(["Par"], stall=True))
    task = asyncio.create_task(ask(provider))
    await asyncio.sleep(3)
    task.cancel("the person pressed stop")
    with pytest.raises(asyncio.CancelledError, match="pressed stop"):
        await task
    assert provider.open_streams == 0


@virtually
async def test_the_caller_wins_when_both_cancel_in_the_same_moment() -> None:
    task = asyncio.create_task(ask(fake(Script((), stall=True))))
    asyncio.get_running_loop().call_at(30, task.cancel)
    with pytest.raises(asyncio.CancelledError):
        await task


@virtually
async def test_a_clock_leaves_no_cancellation_behind_in_the_callers_task() -> None:
    async def twice() -> int:
        for _ in range(2):
            _, outcome = await ask(fake(Script((), stall=True)))
            assert outcome.status is ResponseStatus.TIMEOUT
        async with asyncio.timeout(5):  # a cancellation left pending would end this sleep
            await asyncio.sleep(1)
        task = asyncio.current_task()
        assert task is not None
        return task.cancelling()

    assert await asyncio.create_task(twice()) == 0


@virtually
async def test_an_outer_timeout_of_the_caller_stays_the_callers() -> None:
    provider = fake(Script((), stall=True))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(10):
            await ask(provider)
    assert provider.open_streams == 0


@virtually
async def test_a_provider_that_turns_our_cancellation_into_its_own_error_is_still_a_timeout() -> None:
    class Swallower:
        name = "swallower"

        async def query(self, request: ModelRequest) -> AsyncGenerator[Delta | Finish]:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                raise ProviderError("connection", "Closed.") from None
            yield Finish("complete")

    _, outcome = await ask(Swallower())
    assert outcome.error is not None
    assert outcome.error.type == "first-token-timeout"


@virtually
async def test_a_provider_that_does_not_let_go_of_its_stream_delays_the_outcome_by_two_seconds_at_most() -> None:
    class Clinger:
        name = "clinger"

        async def query(self, request: ModelRequest) -> AsyncGenerator[Delta | Finish]:
            try:
                yield Delta("Paris.")
                yield Finish("complete")
            finally:
                await asyncio.Event().wait()

    text, outcome = await ask(Clinger())
    assert (text, outcome.status) == ("Paris.", ResponseStatus.COMPLETE)
    assert outcome.response_time_ms <= 2_000
