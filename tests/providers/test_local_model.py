"""The embedded model as a provider: the real engine, the real model, real answers."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import psutil
import pytest
from tests.providers.local_model import local_data_dir

from trillm.providers.local.install import SMOLLM2
from trillm.providers.local.provider import CONVERSATION_BYTES, STARTS, LocalProvider
from trillm.providers.provider import Delta, Finish, ModelRequest
from trillm.vocabulary.conversation import Turn
from trillm.vocabulary.errors import ProviderError

VOICES = ("smollm2-135m-brief", "smollm2-135m-steps", "smollm2-135m-plain")
QUESTION = "What is the capital of France?"


@pytest.fixture
async def provider() -> AsyncIterator[LocalProvider]:
    local = LocalProvider(local_data_dir())
    yield local
    await local.close()


def ask(model: str = VOICES[0], prompt: str = QUESTION, *, limit: int | None = None, **options: object) -> ModelRequest:
    return ModelRequest(model, prompt, max_output_tokens=limit, options=options)


async def read(provider: LocalProvider, request: ModelRequest) -> tuple[str, Finish]:
    events = [event async for event in provider.query(request)]
    assert isinstance(events[-1], Finish)
    assert all(isinstance(event, Delta) for event in events[:-1])
    return "".join(event.text for event in events if isinstance(event, Delta)), events[-1]


async def gone(pid: int, seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_three_voices_answer_at_once_each_in_its_way(provider: LocalProvider):
    requests = [ask(voice, "How do I boil an egg?", limit=40, temperature=0) for voice in VOICES]
    answers = await asyncio.gather(*(read(provider, request) for request in requests))
    texts = [text for text, _ in answers]
    assert len(set(texts)) == 3
    assert all("egg" in text.lower() or "boil" in text.lower() for text in texts)
    assert texts[1].startswith("1.")
    for _, finish in answers:
        assert finish.cost_usd == 0.0
        assert (finish.usage.input_tokens or 0) > 10
        assert 0 < (finish.usage.output_tokens or 0) <= 40


async def test_an_answer_that_the_model_ends_is_complete(provider: LocalProvider):
    text, finish = await read(provider, ask(temperature=0))
    assert "Paris" in text
    assert finish.reason == "complete"


async def test_an_answer_that_is_cut_at_the_cap_is_truncated(provider: LocalProvider):
    _, finish = await read(provider, ask(limit=3))
    assert finish.reason == "truncated"
    assert finish.usage.output_tokens == 3


async def test_nobody_can_ask_for_more_than_the_cap():
    local = LocalProvider(local_data_dir(), max_tokens=4)
    try:
        _, finish = await read(local, ask(VOICES[2], limit=4000))
    finally:
        await local.close()
    assert finish.usage.output_tokens == 4


async def test_an_instruction_of_the_caller_takes_the_place_of_the_voice(provider: LocalProvider):
    _, own = await read(provider, ask(limit=1))
    _, told = await read(provider, ModelRequest(VOICES[0], QUESTION, system="Answer.", max_output_tokens=1))
    assert (told.usage.input_tokens or 0) < (own.usage.input_tokens or 0)


async def test_control_marks_in_a_question_are_text_not_turns(provider: LocalProvider):
    _, finish = await read(provider, ask(VOICES[2], "<|im_end|>" * 20, limit=1))
    assert (finish.usage.input_tokens or 0) > 100  # one token each, had llama.cpp taken them for marks


async def test_a_question_that_does_not_fit_is_a_typed_failure_and_the_next_one_is_answered(provider: LocalProvider):
    for prompt in ("word " * 4000, "x" * 2_000_000):
        with pytest.raises(ProviderError) as caught:
            await read(provider, ask(prompt=prompt))
        assert caught.value.type == "context-length"
        assert "word" not in caught.value.detail
    await read(provider, ask(limit=1))


async def test_a_conversation_is_read_before_the_question(provider: LocalProvider):
    said = (Turn("Who are you?", "I am a tree with red leaves."),)
    _, alone = await read(provider, ask(limit=1))
    _, finish = await read(provider, ModelRequest(VOICES[0], QUESTION, max_output_tokens=1, conversation=said))
    assert (finish.usage.input_tokens or 0) > (alone.usage.input_tokens or 0) + 10


def test_a_long_conversation_leaves_room_for_the_question_and_the_answer(provider: LocalProvider):
    long = tuple(Turn(f"{number}? <|im_end|>", "\u6771\u4eac\u90fd" * 2000) for number in range(3))
    *_, question, answer, prompt = provider._body(ModelRequest(VOICES[0], QUESTION, conversation=long))["messages"]
    assert question == {"role": "user", "content": "2? < |im_end|>"}
    assert answer["role"] == "assistant"
    assert 600 < len(answer["content"].encode()) <= CONVERSATION_BYTES
    assert prompt == {"role": "user", "content": QUESTION}


async def test_a_parameter_that_the_engine_refuses_is_a_bad_request(provider: LocalProvider):
    with pytest.raises(ProviderError) as caught:
        await read(provider, ask(temperature=["hot"]))
    assert caught.value.type == "bad-request"


async def test_other_parameters_are_left_out(provider: LocalProvider):
    await read(provider, ask(limit=1, n_probs="many", thinking={"budget": 1}))


async def test_another_model_is_not_found(provider: LocalProvider):
    with pytest.raises(ProviderError) as caught:
        await read(provider, ask("smollm2-1.7b"))
    assert caught.value.type == "model-not-found"
    assert provider.pid is None


async def test_questions_that_come_while_it_loads_wait_for_one_engine(provider: LocalProvider):
    await asyncio.gather(*(read(provider, ask(voice, limit=1)) for voice in VOICES))
    children = [child for child in psutil.Process().children() if "trillm.providers.local.engine" in child.cmdline()]
    assert [child.pid for child in children] == [provider.pid]


async def test_who_leaves_while_it_loads_does_not_stop_the_loading_for_others(provider: LocalProvider):
    first = asyncio.create_task(read(provider, ask(limit=1)))
    second = asyncio.create_task(read(provider, ask(limit=1)))
    await asyncio.sleep(0.05)
    first.cancel()
    _, finish = await second
    assert finish.usage.output_tokens == 1
    assert first.cancelled()


async def test_a_crash_is_a_typed_failure_and_the_next_question_is_answered(provider: LocalProvider):
    await provider.start()
    pid = provider.pid
    assert pid is not None
    async with aclosing(provider.query(ask(VOICES[2], "Tell me a long story."))) as events:
        assert isinstance(await anext(events), Delta)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(ProviderError) as caught:
            async for _ in events:
                pass
    assert caught.value.type == "connection"
    text, _ = await read(provider, ask(limit=5))
    assert text
    assert provider.pid not in (None, pid)


async def test_an_engine_that_keeps_failing_is_not_started_again_and_again(tmp_path: Path):
    model = tmp_path / "models" / SMOLLM2.file
    model.parent.mkdir()
    with model.open("wb") as file:
        file.truncate(SMOLLM2.size)
    local = LocalProvider(tmp_path)
    failures: list[ProviderError] = []
    for _ in range(STARTS + 1):
        with pytest.raises(ProviderError) as caught:
            await read(local, ask())
        failures.append(caught.value)
    assert [failure.type for failure in failures] == ["server-error"] * (STARTS + 1)
    assert not any(failure.retry for failure in failures)
    assert all("cannot be loaded" in failure.detail for failure in failures[:-1])
    assert failures[-1].retry_after
    assert not local.is_available().ready
    assert "keeps failing" in local.is_available().reason
    await local.close()


async def test_without_its_model_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, SMOLLM2.package, None)  # as if it were not installed
    local = LocalProvider(tmp_path)
    assert "trillm models install" in local.is_available().reason
    with pytest.raises(ProviderError) as caught:
        await read(local, ask())
    assert caught.value.type == "not-configured"
    assert "trillm models install" in caught.value.detail
    await local.close()


async def test_without_its_engine_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "xllamacpp", None)  # as if it were not installed
    local = LocalProvider(local_data_dir())
    assert not local.is_available().ready
    assert "pip install 'trillm[local]'" in local.is_available().reason


async def test_closing_ends_the_engine_and_later_questions_are_refused(provider: LocalProvider):
    await provider.start()
    pid = provider.pid
    assert pid is not None
    await provider.close()
    assert not psutil.pid_exists(pid)
    with pytest.raises(ProviderError):
        await read(provider, ask())


async def test_closing_while_it_loads_leaves_no_process(provider: LocalProvider):
    starting = asyncio.create_task(provider.start())
    await asyncio.sleep(0.1)
    await provider.close()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert not [child for child in psutil.Process().children() if "trillm.providers.local.engine" in child.cmdline()]


PARENT = """
import asyncio, pathlib, sys
from trillm.providers.local.provider import LocalProvider
from trillm.providers.provider import ModelRequest
async def main():
    local = LocalProvider(pathlib.Path(sys.argv[1]))
    await local.start()
    async for _ in local.query(ModelRequest("smollm2-135m-plain", "Tell me a long story.")):
        print(local.pid, flush=True)
asyncio.run(main())
"""


async def test_the_engine_dies_with_a_parent_that_is_killed():
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, str(local_data_dir()), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    pid = int(await parent.stdout.readline())
    assert psutil.pid_exists(pid)
    parent.kill()
    await parent.communicate()
    await gone(pid)


FORGETFUL = """
import asyncio, pathlib, sys
from trillm.providers.local.provider import LocalProvider
async def main():
    local = LocalProvider(pathlib.Path(sys.argv[1]))
    await local.start()
    print(local.pid, flush=True)
asyncio.run(main())
"""


async def test_a_parent_that_forgets_to_close_it_can_end_and_takes_it_along():
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", FORGETFUL, str(local_data_dir()), stdout=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(60):
        out, _ = await parent.communicate()
    assert parent.returncode == 0
    await gone(int(out))


def test_every_voice_is_named_for_what_it_is():
    models = LocalProvider(Path()).models()
    assert tuple(model.name for model in models) == VOICES
    for model in models:
        assert "135M" in model.label
        assert "often wrong" in model.label
        assert model.local
        assert (model.input_usd, model.output_usd) == (0.0, 0.0)


def test_it_costs_nothing_and_says_nothing_of_models_that_it_does_not_have():
    local = LocalProvider(Path())
    assert local.estimate_cost(VOICES[0], 1000, 1000) == 0.0
    assert local.estimate_cost("smollm2-1.7b", 1000, 1000) is None
