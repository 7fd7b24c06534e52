from __future__ import annotations

import asyncio

import pytest

from trillm.providers.fake import FakeProvider, Script
from trillm.providers.provider import Availability, Delta, Finish, ModelRequest
from trillm.vocabulary.errors import ProviderError
from trillm.vocabulary.response import Usage

REQUEST = ModelRequest("m", "one two three")


async def play(provider: FakeProvider) -> list[Delta | Finish]:
    return [event async for event in provider.query(REQUEST)]


async def test_it_streams_its_script_and_counts_what_it_was_asked() -> None:
    provider = FakeProvider({"m": Script(["a", "b"])}, prices={"m": (1, 10)})
    assert await play(provider) == [Delta("a"), Delta("b"), Finish("complete", Usage(3, 2), 23e-6)]
    assert provider.calls == [REQUEST]
    assert provider.open_streams == 0


async def test_scripts_are_played_in_order_and_the_last_holds() -> None:
    provider = FakeProvider({"m": [Script(["1"]), Script(["2"])]})
    assert [(await play(provider))[0] for _ in range(3)] == [Delta("1"), Delta("2"), Delta("2")]
    provider.script("m", Script(["3"]))
    assert (await play(provider))[0] == Delta("3")


async def test_an_end_without_a_finish_reason_is_truncated_and_its_usage_unknown() -> None:
    provider = FakeProvider({"m": Script(["a"], finish=None)}, prices={"m": (1, 10)})
    finish = (await play(provider))[-1]
    assert isinstance(finish, Finish)
    assert (finish.reason, finish.usage, finish.cost_usd) == ("truncated", Usage(), None)
    assert finish.warnings


async def test_a_scripted_failure_comes_after_the_pieces() -> None:
    provider = FakeProvider({"m": Script(["a"], failure=ProviderError("connection", "Reset."))})
    events = provider.query(REQUEST)
    assert await anext(events) == Delta("a")
    with pytest.raises(ProviderError, match="Reset"):
        await anext(events)
    assert provider.open_streams == 0


async def test_a_stall_holds_the_stream_open_until_it_is_given_up() -> None:
    provider = FakeProvider({"m": Script(["a"], stall=True)})
    task = asyncio.create_task(play(provider))
    for _ in range(5):
        await asyncio.sleep(0)
    assert provider.open_streams == 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert provider.open_streams == 0


async def test_without_a_script_or_a_key_or_once_closed_it_fails_as_a_vendor_would() -> None:
    provider = FakeProvider({}, availability=Availability(ready=False, reason="Set FAKE_API_KEY."))
    with pytest.raises(ProviderError, match="FAKE_API_KEY") as caught:
        await play(provider)
    assert caught.value.type == "not-configured"
    with pytest.raises(ProviderError) as caught:
        await play(FakeProvider({}))
    assert caught.value.type == "model-not-found"
    closed = FakeProvider({"m": Script()})
    await closed.close()
    with pytest.raises(ProviderError, match="closed"):
        await play(closed)


def test_it_lists_its_models_with_their_prices() -> None:
    provider = FakeProvider({"m": Script(), "n": Script()}, name="toy", prices={"n": (1, 2)})
    assert [(m.key, m.input_usd, m.output_usd) for m in provider.models()] == [
        ("toy:m", None, None),
        ("toy:n", 1, 2),
    ]
