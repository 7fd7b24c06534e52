"""The cache of one process is bounded, and what is used stays."""

from trillm.cache.memory import MemoryCache


async def test_the_entry_that_was_used_longest_ago_goes_first() -> None:
    cache = MemoryCache(2)
    await cache.put("a", "1", 60)
    await cache.put("b", "2", 60)
    assert await cache.get("a") == "1"
    await cache.put("c", "3", 60)
    assert [await cache.get(key) for key in "abc"] == ["1", None, "3"]


async def test_ten_thousand_entries_do_not_grow_beyond_the_bound() -> None:
    cache = MemoryCache(100)
    for n in range(10_000):
        await cache.put(f"k{n}", "v", 60)
    assert len(cache) == 100
    assert await cache.get("k9999") == "v"


async def test_an_entry_put_again_is_the_newest() -> None:
    cache = MemoryCache(2)
    for key in ("a", "b", "a", "c"):
        await cache.put(key, key, 60)
    assert [await cache.get(key) for key in "abc"] == ["a", None, "c"]
