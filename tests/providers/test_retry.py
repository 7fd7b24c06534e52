from __future__ import annotations

import pytest

from trillm.providers.retry import Backoff, RetryBudget
from trillm.vocabulary.errors import ProviderError

BUSY = ProviderError("overloaded", "Too busy.")


def budget(jitter: float = 1, *, ratio: float = 0.15, burst: float = 5) -> RetryBudget:
    return RetryBudget(ratio=ratio, burst=burst, backoff=Backoff(attempts=9), random=lambda: jitter)


def test_the_longest_wait_doubles_up_to_its_cap() -> None:
    delays = [budget().decide("v", BUSY, attempt, 60).delay for attempt in range(1, 9)]
    assert delays == [0.25, 0.5, 1, 2, 4, 8, 8, 8]


def test_the_jitter_is_full() -> None:
    assert budget(0).decide("v", BUSY, 3, 60).delay == 0
    assert budget(0.5).decide("v", BUSY, 3, 60).delay == 0.5


def test_retry_after_is_the_least_wait_and_jitter_spreads_what_everybody_was_told() -> None:
    told = ProviderError("rate-limited", "", retry_after=10)
    assert budget(0).decide("v", told, 1, 60).delay == 10
    assert budget(1).decide("v", told, 1, 60).delay == 10.25


def test_a_negative_retry_after_is_none() -> None:
    assert budget(0).decide("v", ProviderError("rate-limited", "", retry_after=-5), 1, 60).delay == 0


def test_a_wait_beyond_the_clock_is_refused_with_the_reason_and_spends_nothing() -> None:
    told, one = ProviderError("rate-limited", "", retry_after=61), budget(burst=1)
    for _ in range(3):
        verdict = one.decide("v", told, 1, 60)
        assert (verdict.delay, verdict.why) == (None, "It asks to wait 61 s, longer than the 60 s left.")
    assert one.decide("v", BUSY, 1, 0.1).delay is None
    assert one.decide("v", BUSY, 1, 60).delay is not None


@pytest.mark.parametrize("kind", ["authentication", "bad-request", "refused", "first-token-timeout", "internal"])
def test_what_asking_again_cannot_help_is_not_asked_again(kind: str) -> None:
    assert budget().decide("v", ProviderError(kind, ""), 1, 60).delay is None  # type: ignore[arg-type]


def test_the_vendors_own_word_on_retrying_wins() -> None:
    assert budget().decide("v", ProviderError("overloaded", "", retry=False), 1, 60).delay is None
    assert budget().decide("v", ProviderError("malformed", "", retry=True), 1, 60).delay is not None


def test_attempts_are_counted_with_the_first() -> None:
    assert RetryBudget().decide("v", BUSY, 2, 60).delay is not None
    assert RetryBudget().decide("v", BUSY, 3, 60).why == "Asked 3 times."


def test_an_outage_gets_the_burst_and_then_a_share_of_the_calls() -> None:
    retries = budget(ratio=0.25, burst=4)
    spent: list[int] = []
    for call in range(16):
        retries.earn("v")
        if retries.decide("v", BUSY, 1, 60).delay is not None:
            spent.append(call)
    assert spent[:4] == [0, 1, 2, 3]
    assert len(spent) <= 4 + 16 * 0.25


def test_a_whole_panel_of_one_vendor_is_asked_as_often_as_a_single_model() -> None:
    retries = RetryBudget()
    for attempt in (1, 2):
        for _ in range(3):
            assert retries.decide("v", BUSY, attempt, 60).delay is not None


def test_one_providers_outage_does_not_spend_anothers_budget() -> None:
    retries = budget(burst=1)
    assert retries.decide("v", BUSY, 1, 60).delay is not None
    assert retries.decide("v", BUSY, 1, 60).why.startswith("Not asked again")
    assert retries.decide("w", BUSY, 1, 60).delay is not None


def test_a_quiet_time_does_not_save_up_more_than_the_burst() -> None:
    retries = budget(burst=2)
    for _ in range(1000):
        retries.earn("v")
    assert [retries.decide("v", BUSY, 1, 60).delay is None for _ in range(3)] == [False, False, True]
