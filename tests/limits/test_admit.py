"""May this caller ask now?"""

import asyncio
import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest

from trillm.limits.address import client_address
from trillm.limits.admit import Admission, Allowance, Limits
from trillm.vocabulary.errors import LimitExceeded

HERE = "203.0.113.7"


class Clock:
    """Seconds, and the day that goes with them: it starts at noon."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return datetime(2026, 11, 22, 12, tzinfo=UTC) + timedelta(seconds=self.seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def limits(clock: Clock, *, spent_today_usd: float = 0.0, **allowance: float) -> Limits:
    settings = Allowance(**({"per_minute": 0} | allowance))  # type: ignore[arg-type]
    return Limits(settings, spent_today_usd=spent_today_usd, clock=clock, now=clock.now)


def admitted(limits: Limits, address: str, times: int, estimate: float | None = 0.0) -> int:
    return sum(_try(limits, address, estimate) is not None for _ in range(times))


def _try(limits: Limits, address: str, estimate: float | None) -> Admission | None:
    try:
        return limits.admit(address, estimate)
    except LimitExceeded:
        return None


def test_the_eleventh_question_within_a_minute_is_refused_with_the_time_to_wait(clock: Clock) -> None:
    room = limits(clock, per_minute=10)
    for _ in range(10):
        room.admit(HERE, 0.0)
        clock.seconds += 1
    with pytest.raises(LimitExceeded) as refusal:
        room.admit(HERE, 0.0)
    assert (refusal.value.type, refusal.value.retry_after) == ("limit-exceeded", 50)


def test_the_window_moves_so_one_more_is_allowed_when_the_oldest_is_a_minute_old(clock: Clock) -> None:
    room = limits(clock, per_minute=2)
    room.admit(HERE, 0.0)
    clock.seconds = 30
    room.admit(HERE, 0.0)
    clock.seconds = 60
    room.admit(HERE, 0.0)
    clock.seconds = 89
    assert admitted(room, HERE, 1) == 0
    clock.seconds = 90
    assert admitted(room, HERE, 2) == 1


def test_a_refused_question_does_not_count(clock: Clock) -> None:
    room = limits(clock, per_minute=1)
    room.admit(HERE, 0.0)
    clock.seconds = 59
    assert admitted(room, HERE, 5) == 0
    clock.seconds = 60
    assert admitted(room, HERE, 1) == 1


def test_addresses_do_not_share_an_allowance_but_one_ipv6_64_does(clock: Clock) -> None:
    room = limits(clock, per_minute=1)
    assert admitted(room, HERE, 2) == 1
    assert admitted(room, "203.0.113.8", 2) == 1
    assert sum(admitted(room, f"2001:db8::{n:x}", 1) for n in range(20)) == 1
    assert admitted(room, "::ffff:203.0.113.7", 1) == 0


def test_zero_switches_the_limits_off(clock: Clock) -> None:
    room = limits(clock)
    assert admitted(room, HERE, 1000, estimate=5.0) == 1000
    assert room.fields(HERE) == {}


def test_case_17_forged_forwarded_for_does_not_multiply_buckets(clock: Clock) -> None:
    room = limits(clock, per_minute=10)
    forged = (client_address(HERE, f"10.{n >> 8}.{n & 255}.1") for n in range(1000))
    assert sum(admitted(room, address, 1) for address in forged) == 10


def test_case_17_addresses_without_end_use_bounded_memory(clock: Clock) -> None:
    room = limits(clock, per_minute=10, daily_queries=100, max_addresses=100)
    for n in range(200):
        room.admit(f"2001:db8:0:{n:x}::1", 0.0)
    tracemalloc.start()
    for n in range(200, 3200):
        room.admit(f"2001:db8:0:{n:x}::1", 0.0)
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # room for a hundred addresses, not for three thousand (over a megabyte)
    assert grown < 150_000


def test_an_address_that_keeps_asking_is_remembered_while_others_come_and_go(clock: Clock) -> None:
    room = limits(clock, per_minute=3, max_addresses=10)
    counted = 0
    for n in range(30):
        counted += admitted(room, HERE, 1) if n % 5 == 0 else 0
        room.admit(f"198.51.100.{n}", 0.0)
    assert counted == 3


def test_the_fields_tell_where_a_caller_stands_on_every_answer(clock: Clock) -> None:
    room = limits(clock, per_minute=10, daily_queries=50)
    for _ in range(7):
        room.admit(HERE, 0.0)
    clock.seconds = 48
    assert room.fields(HERE) == {
        "RateLimit-Policy": '"minute";q=10;w=60, "day";q=50;w=86400',
        "RateLimit": f'"minute";r=3;t=12, "day";r=43;t={43_200 - 48}',
    }
    assert room.fields("203.0.113.8")["RateLimit"].startswith('"minute";r=10;t=0')


def test_daily_queries_count_by_address_until_midnight_utc(clock: Clock) -> None:
    room = limits(clock, daily_queries=2)
    assert admitted(room, HERE, 2) == 2
    with pytest.raises(LimitExceeded) as refusal:
        room.admit(HERE, 0.0)
    assert (refusal.value.type, refusal.value.retry_after) == ("daily-limit", 43_200)
    assert admitted(room, "203.0.113.8", 1) == 1
    clock.seconds = 43_200
    assert admitted(room, HERE, 3) == 2


def test_case_47_a_clock_that_is_set_back_does_not_give_the_day_twice(clock: Clock) -> None:
    room = limits(clock, daily_queries=1, daily_budget_usd=1.0)
    room.admit(HERE, 1.0).settle(1.0)
    clock.seconds -= 86_400
    assert admitted(room, HERE, 1) == 0
    assert room.spent_today_usd == 1.0


async def test_case_32_five_hundred_parallel_calls_on_a_budget_for_ten_admit_ten(clock: Clock) -> None:
    room = limits(clock, daily_budget_usd=1.0)

    async def ask() -> bool:
        admission = _try(room, HERE, 0.1)
        if admission is not None:
            await asyncio.sleep(0)
            admission.settle(0.1)
        return admission is not None

    assert sum(await asyncio.gather(*(ask() for _ in range(500)))) == 10
    assert room.spent_today_usd == 1.0


def test_case_32_the_refusal_says_that_the_budget_is_the_reason(clock: Clock) -> None:
    room = limits(clock, daily_budget_usd=0.5)
    with pytest.raises(LimitExceeded) as refusal:
        room.admit(HERE, 0.6)
    assert (refusal.value.type, refusal.value.retry_after) == ("budget-exceeded", 43_200)


def test_a_query_refused_for_money_does_not_use_up_the_minute(clock: Clock) -> None:
    room = limits(clock, per_minute=1, daily_budget_usd=0.5)
    assert admitted(room, HERE, 3, estimate=0.6) == 0
    assert admitted(room, HERE, 1, estimate=0.5) == 1


def test_what_was_not_spent_can_be_spent_again_and_what_was_overspent_cannot(clock: Clock) -> None:
    room = limits(clock, daily_budget_usd=1.0)
    first = room.admit(HERE, 1.0)
    assert admitted(room, HERE, 1, estimate=0.01) == 0
    first.settle(0.25)
    second = room.admit(HERE, 0.75)
    second.settle(0.8)
    assert room.spent_today_usd == pytest.approx(1.05)
    assert admitted(room, HERE, 1, estimate=0.01) == 0


def test_a_released_admission_costs_nothing(clock: Clock) -> None:
    room = limits(clock, daily_budget_usd=1.0)
    room.admit(HERE, 1.0).release()
    assert (room.reserved_usd, room.spent_today_usd) == (0.0, 0.0)


def test_an_admission_ends_only_once(clock: Clock) -> None:
    room = limits(clock, daily_budget_usd=1.0)
    admission = room.admit(HERE, 0.5)
    admission.settle(0.5)
    admission.release()
    admission.settle(9.0)
    assert (room.reserved_usd, room.spent_today_usd) == (0.0, 0.5)


@pytest.mark.parametrize("unknown", [None, float("nan"), float("inf"), -1.0])
def test_a_cost_that_nobody_knows_is_never_nothing(clock: Clock, unknown: float | None) -> None:
    room = limits(clock, daily_budget_usd=1.0, unknown_cost_usd=0.4)
    assert admitted(room, HERE, 10, estimate=unknown) == 2
    other = limits(clock, daily_budget_usd=1.0)
    other.admit(HERE, 0.7).settle(unknown)
    assert other.spent_today_usd == 0.7


def test_what_is_free_is_admitted_when_the_money_is_gone(clock: Clock) -> None:
    room = limits(clock, daily_budget_usd=1.0, spent_today_usd=1.2)
    assert admitted(room, HERE, 3, estimate=0.0) == 3
    assert admitted(room, HERE, 3, estimate=None) == 0


def test_the_budget_survives_a_restart(clock: Clock) -> None:
    room = limits(clock, daily_budget_usd=1.0, spent_today_usd=0.95)
    assert admitted(room, HERE, 1, estimate=0.1) == 0
    assert admitted(room, HERE, 2, estimate=0.05) == 1


def test_a_query_resumed_after_a_restart_counts_and_is_never_refused(clock: Clock) -> None:
    room = limits(clock, daily_budget_usd=1.0, spent_today_usd=0.9)
    resumed = room.resume(0.2)
    assert admitted(room, HERE, 1, estimate=0.05) == 0
    resumed.settle(0.02)
    assert admitted(room, HERE, 1, estimate=0.05) == 1


def test_at_midnight_the_budget_starts_again_but_what_runs_stays_reserved(clock: Clock) -> None:
    room = limits(clock, daily_budget_usd=1.0)
    room.admit(HERE, 0.4).settle(0.4)
    running = room.admit(HERE, 0.6)
    clock.seconds = 43_200
    assert room.spent_today_usd == 0.0
    assert admitted(room, HERE, 1, estimate=0.5) == 0
    running.settle(0.6)
    assert room.spent_today_usd == 0.6
