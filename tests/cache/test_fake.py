"""The fake fails where its script says, and nowhere else."""

import pytest

from trillm.cache.fake import FakeCache, Operation
from trillm.vocabulary.errors import Unavailable


@pytest.mark.parametrize("operation", ["get", "put", "delete"])
async def test_an_operation_fails_while_it_is_told_to(operation: Operation) -> None:
    cache = FakeCache()
    await cache.put("k", "v", 60)
    cache.fail(operation)

    async def play() -> None:
        match operation:
            case "get":
                await cache.get("k")
            case "put":
                await cache.put("k", "other", 60)
            case "delete":
                await cache.delete("k")

    with pytest.raises(Unavailable):
        await play()
    cache.fail()
    assert await cache.get("k") == "v"
    assert cache.calls == [("put", "k"), (operation, "k"), ("get", "k")]
