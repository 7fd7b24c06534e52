"""What every backend of the cache promises (trillm.cache.backend.CacheBackend)."""

from collections.abc import Callable

import pytest

from trillm.cache.backend import CacheBackend
from trillm.cache.fake import FakeCache
from trillm.cache.memory import MemoryCache


class Clock:
    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


BACKENDS: dict[str, Callable[[Clock], CacheBackend]] = {
    "memory": lambda clock: MemoryCache(clock=clock),
    "fake": lambda clock: FakeCache(clock=clock),
}


@pytest.fixture(params=sorted(BACKENDS))
def backend(request: pytest.FixtureRequest, clock: Clock) -> CacheBackend:
    return BACKENDS[request.param](clock)


async def test_what_was_put_is_got(backend: CacheBackend) -> None:
    await backend.put("k", "ünïcode \n 0", 60)
    assert await backend.get("k") == "ünïcode \n 0"


async def test_an_empty_value_is_a_value(backend: CacheBackend) -> None:
    await backend.put("k", "", 60)
    assert await backend.get("k") == ""


async def test_what_was_never_put_is_not_there(backend: CacheBackend) -> None:
    assert await backend.get("k") is None


async def test_keys_are_told_apart_by_every_character(backend: CacheBackend) -> None:
    await backend.put("k", "1", 60)
    assert [await backend.get(other) for other in ("K", "k ", "", "kk")] == [None] * 4


async def test_an_entry_is_gone_when_its_time_is_over(backend: CacheBackend, clock: Clock) -> None:
    await backend.put("short", "1", 10)
    await backend.put("long", "2", 20)
    clock.seconds += 9.5
    assert await backend.get("short") == "1"
    clock.seconds += 0.5
    assert await backend.get("short") is None
    assert await backend.get("long") == "2"


async def test_reading_does_not_lengthen_the_time(backend: CacheBackend, clock: Clock) -> None:
    await backend.put("k", "1", 10)
    clock.seconds += 9
    await backend.get("k")
    clock.seconds += 2
    assert await backend.get("k") is None


async def test_putting_again_replaces_value_and_time(backend: CacheBackend, clock: Clock) -> None:
    await backend.put("k", "old", 10)
    clock.seconds += 9
    await backend.put("k", "new", 10)
    clock.seconds += 9
    assert await backend.get("k") == "new"


@pytest.mark.parametrize("ttl", [0, -5])
async def test_no_time_to_live_keeps_nothing_and_removes_what_was_there(backend: CacheBackend, ttl: float) -> None:
    await backend.put("k", "old", 10)
    await backend.put("k", "new", ttl)
    assert await backend.get("k") is None


async def test_deleting_forgets_and_may_be_repeated(backend: CacheBackend) -> None:
    await backend.put("k", "1", 60)
    await backend.delete("k")
    await backend.delete("k")
    assert await backend.get("k") is None
