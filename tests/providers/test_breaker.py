from __future__ import annotations

from typing import get_args

import pytest

from trillm.providers.breaker import ANSWERED, MOST_KEYS, SILENT, Breakers
from trillm.vocabulary.errors import ProviderError, ProviderErrorType

DOWN = ProviderError("server-error", "It broke.")


class Clock:
    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breakers(clock: Clock) -> Breakers:
    return Breakers(failures=5, window=60, pause=30, now=clock)


def fail(breakers: Breakers, times: int, error: ProviderError = DOWN, key: str = "v:m") -> None:
    for _ in range(times):
        breakers.admit(key).settle(error)


def test_five_failures_running_open_it_and_it_says_why_and_until_when(breakers: Breakers) -> None:
    fail(breakers, 4)
    assert breakers.state("v:m") == "closed"
    fail(breakers, 1)
    assert breakers.state("v:m") == "open"
    with pytest.raises(ProviderError) as caught:
        breakers.admit("v:m")
    assert (caught.value.type, caught.value.retry) == ("breaker-open", False)
    assert "failed 5 times" in caught.value.detail
    assert "in 30 s" in caught.value.detail
    assert "server-error: It broke." in caught.value.detail


def test_an_answer_in_between_starts_the_count_anew(breakers: Breakers) -> None:
    fail(breakers, 4)
    breakers.admit("v:m").settle(None)
    fail(breakers, 4)
    assert breakers.state("v:m") == "closed"


def test_failures_further_apart_than_the_window_do_not_add_up(breakers: Breakers, clock: Clock) -> None:
    for _ in range(20):
        fail(breakers, 1)
        clock.seconds += 16
    assert breakers.state("v:m") == "closed"


def test_models_do_not_share_a_breaker(breakers: Breakers) -> None:
    fail(breakers, 5)
    breakers.admit("v:other").settle(None)
    assert breakers.state("v:m") == "open"


def test_after_the_pause_one_probe_goes_through_and_its_answer_closes_it(breakers: Breakers, clock: Clock) -> None:
    fail(breakers, 5)
    clock.seconds += 30
    assert breakers.state("v:m") == "half-open"
    probe = breakers.admit("v:m")
    with pytest.raises(ProviderError, match="shortly"):
        breakers.admit("v:m")
    probe.settle(None)
    assert breakers.state("v:m") == "closed"
    fail(breakers, 4)
    assert breakers.state("v:m") == "closed"


def test_a_probe_that_fails_opens_it_for_another_pause(breakers: Breakers, clock: Clock) -> None:
    fail(breakers, 5)
    clock.seconds += 300
    fail(breakers, 1, ProviderError("connection", "Reset."))
    clock.seconds += 29
    with pytest.raises(ProviderError, match=r"connection: Reset\."):
        breakers.admit("v:m")
    clock.seconds += 1
    breakers.admit("v:m")


def test_a_probe_given_up_lets_the_next_call_probe(breakers: Breakers, clock: Clock) -> None:
    fail(breakers, 5)
    clock.seconds += 30
    breakers.admit("v:m").release()
    breakers.admit("v:m").settle(None)
    assert breakers.state("v:m") == "closed"


def test_a_call_from_before_it_opened_decides_nothing(breakers: Breakers, clock: Clock) -> None:
    late, later = breakers.admit("v:m"), breakers.admit("v:m")
    fail(breakers, 5)
    clock.seconds += 30
    late.settle(None)
    later.settle(DOWN)
    assert breakers.state("v:m") == "half-open"


def test_settling_a_call_twice_counts_once(breakers: Breakers) -> None:
    permit = breakers.admit("v:m")
    for _ in range(9):
        permit.settle(DOWN)
    assert breakers.state("v:m") == "closed"


@pytest.mark.parametrize("kind", get_args(ProviderErrorType))
def test_only_failures_that_speak_of_the_vendor_count(breakers: Breakers, kind: ProviderErrorType) -> None:
    fail(breakers, 5, ProviderError(kind, "Because."))
    assert (breakers.state("v:m") == "open") == (kind not in ANSWERED | SILENT)


def test_what_the_vendor_answered_resets_the_count_and_what_says_nothing_does_not(breakers: Breakers) -> None:
    fail(breakers, 4)
    fail(breakers, 1, ProviderError("cancelled", ""))
    fail(breakers, 1)
    assert breakers.state("v:m") == "open"
    fail(breakers, 4, key="v:n")
    fail(breakers, 1, ProviderError("bad-request", ""), key="v:n")
    fail(breakers, 1, key="v:n")
    assert breakers.state("v:n") == "closed"


def test_made_up_model_names_cannot_fill_the_memory(breakers: Breakers) -> None:
    for number in range(MOST_KEYS + 10):
        fail(breakers, 1, key=f"v:{number}")
    fail(breakers, 4, key="v:0")  # forgotten: its first failure no longer counts
    fail(breakers, 4, key=f"v:{MOST_KEYS}")
    assert breakers.state("v:0") == "closed"
    assert breakers.state(f"v:{MOST_KEYS}") == "open"
