"""When a model that failed is asked again, and when it is left alone: retries, their clocks and budget, the breaker."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from tests.providers.virtual_time import CLOCKS, REQUEST, answerer, ask, fake, now, virtually

from trillm.providers.answer import Answerer
from trillm.providers.breaker import Breakers
from trillm.providers.fake import Script
from trillm.providers.retry import RetryBudget
from trillm.vocabulary.errors import ProviderError, ProviderErrorType
from trillm.vocabulary.response import ResponseStatus, Usage

OVERLOADED = Script(pieces=(), failure=ProviderError("overloaded", "Too busy."))


@virtually
async def test_a_failure_before_the_first_token_is_tried_again_after_full_jitter() -> None:
    provider = fake(OVERLOADED, OVERLOADED, Script(["Paris."]))
    text, outcome = await ask(provider, answerer(jitter=0.5))
    assert (text, outcome.status, len(provider.calls)) == ("Paris.", ResponseStatus.COMPLETE, 3)
    assert outcome.response_time_ms == pytest.approx((0.125 + 0.25) * 1000)


@virtually
async def test_the_third_failure_is_final_and_says_how_often_it_was_asked() -> None:
    provider = fake(OVERLOADED)
    _, outcome = await ask(provider)
    assert (outcome.status, len(provider.calls)) == (ResponseStatus.FAILED, 3)
    assert outcome.error is not None
    assert (outcome.error.type, outcome.error.detail) == ("overloaded", "Too busy. Asked 3 times.")
    assert (outcome.usage, outcome.cost_usd) == (Usage(), None)


@virtually
async def test_a_failure_after_some_text_is_never_asked_again_and_keeps_the_text() -> None:
    provider = fake(Script(["Par"], failure=ProviderError("connection", "Reset.")), Script(["London."]))
    text, outcome = await ask(provider)
    assert (text, outcome.status, len(provider.calls)) == ("Par", ResponseStatus.FAILED, 1)
    assert outcome.error is not None
    assert outcome.error.type == "connection"


@virtually
async def test_retry_after_is_waited_for() -> None:
    told = ProviderError("rate-limited", "Slow down.", retry_after=40)
    text, outcome = await ask(fake(Script((), failure=told), Script(["Paris."])), answerer(jitter=0))
    assert (text, outcome.response_time_ms) == ("Paris.", 40_000)


@virtually
async def test_a_retry_after_beyond_the_clock_fails_at_once_and_says_so() -> None:
    provider = fake(Script((), failure=ProviderError("rate-limited", "Slow down.", retry_after=120)))
    _, outcome = await ask(provider)
    assert (outcome.response_time_ms, len(provider.calls)) == (0, 1)
    assert outcome.error is not None
    assert outcome.error.type == "rate-limited"
    assert "120 s" in outcome.error.detail
    assert outcome.error.retry_at is not None
    assert abs(outcome.error.retry_at - datetime.now(UTC) - timedelta(seconds=120)) < timedelta(seconds=30)


@virtually
async def test_a_vendor_that_asks_to_be_left_alone_for_ever_is_believed_a_week() -> None:
    _, outcome = await ask(fake(Script((), failure=ProviderError("rate-limited", "Never again.", retry_after=1e300))))
    assert outcome.error is not None
    assert outcome.error.retry_at is not None
    assert abs(outcome.error.retry_at - datetime.now(UTC) - timedelta(days=7)) < timedelta(minutes=1)


@virtually
async def test_each_attempt_has_its_own_first_token_clock() -> None:
    told = ProviderError("rate-limited", "Slow down.", retry_after=40)
    provider = fake(Script((), failure=told), Script((), stall=True))
    _, outcome = await ask(provider, answerer(jitter=0))
    assert outcome.error is not None
    assert (outcome.error.type, outcome.response_time_ms) == ("first-token-timeout", 70_000)


@virtually
async def test_the_total_clock_spans_all_attempts() -> None:
    told = ProviderError("rate-limited", "Slow down.", retry_after=75)
    provider = fake(Script((), failure=told), Script((), stall=True))
    _, outcome = await ask(provider, answerer(jitter=0))
    assert outcome.error is not None
    assert (outcome.error.type, outcome.response_time_ms) == ("total-timeout", 90_000)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("not-configured", ResponseStatus.FAILED),
        ("authentication", ResponseStatus.FAILED),
        ("context-length", ResponseStatus.FAILED),
        ("malformed", ResponseStatus.FAILED),
        ("refused", ResponseStatus.REFUSED),
        ("truncated", ResponseStatus.TRUNCATED),
        ("empty", ResponseStatus.EMPTY),
        ("cancelled", ResponseStatus.CANCELLED),
        ("gap-timeout", ResponseStatus.TIMEOUT),
    ],
)
async def test_a_typed_failure_keeps_its_type_and_is_not_retried(
    kind: ProviderErrorType, status: ResponseStatus
) -> None:
    provider = fake(Script((), failure=ProviderError(kind, "Because.")))
    _, outcome = await ask(provider)
    assert outcome.error is not None
    assert (outcome.status, outcome.error.type, outcome.error.detail) == (status, kind, "Because.")
    assert len(provider.calls) == 1


@virtually
async def test_a_connection_that_takes_too_long_is_tried_again_and_ends_as_a_timeout() -> None:
    provider = fake(Script((), failure=ProviderError("connect-timeout", "No connection within 5 s.")))
    _, outcome = await ask(provider)
    assert (outcome.status, len(provider.calls)) == (ResponseStatus.TIMEOUT, 3)


@virtually
async def test_the_callers_cancellation_goes_through_while_a_retry_is_waited_for() -> None:
    provider = fake(Script((), failure=ProviderError("rate-limited", "Slow down.", retry_after=40)))
    task = asyncio.create_task(ask(provider))
    await asyncio.sleep(20)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(provider.calls) == 1


@virtually
async def test_after_five_failures_the_model_is_not_asked_until_a_probe_succeeds() -> None:
    provider = fake(OVERLOADED)
    breakers = Breakers(now=now)
    asking = answerer(breakers=breakers)
    for _ in range(2):
        _, outcome = await ask(provider, asking)
        assert outcome.error is not None
        assert outcome.error.type == "overloaded"
    assert len(provider.calls) == 5, "the sixth attempt is not made: the fifth failure opened the breaker"
    _, outcome = await ask(provider, asking)
    assert outcome.error is not None
    assert (outcome.status, outcome.error.type) == (ResponseStatus.FAILED, "breaker-open")
    assert "overloaded: Too busy." in outcome.error.detail
    assert len(provider.calls) == 5
    await asyncio.sleep(30)
    provider.script("m", Script(["Paris."]))
    assert (await ask(provider, asking))[1].status is ResponseStatus.COMPLETE
    assert breakers.state("fake:m") == "closed"


@virtually
async def test_a_probe_that_the_caller_gives_up_leaves_the_way_free_for_the_next() -> None:
    provider = fake(OVERLOADED)
    asking = answerer(breakers=Breakers(now=now))
    for _ in range(2):
        await ask(provider, asking)
    await asyncio.sleep(30)
    provider.script("m", Script(["Par", "is."]))
    probe = asking.answer(provider, REQUEST)
    await anext(probe)
    await probe.aclose()
    assert (await ask(provider, asking))[1].status is ResponseStatus.COMPLETE


async def test_an_outage_is_not_amplified_beyond_the_retry_budget() -> None:
    provider = fake(OVERLOADED)
    asking = Answerer(CLOCKS, retries=RetryBudget(random=lambda: 0), breakers=Breakers(failures=10_000))
    for _ in range(100):
        await ask(provider, asking)
    assert 110 <= len(provider.calls) <= 120, "100 calls, the burst of 5, and 15 of 100"
