"""The mock speaks the vendors' dialects: the vendors' own SDKs read it, whole and streamed.

The SDKs are imported by the tests that need them: each process of tests would import all of them, three seconds of CPU.
"""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from bench.answers import answer_tokens, pace_of, token_ends
from bench.mock_vendors import listen

MODEL = "mock-ttft5-tps500-n12"
TAG = "bench-t-1"
QUESTION = f"{TAG}: why are there tides?"
TEXT = "".join(answer_tokens(MODEL, TAG))


@pytest.fixture
async def mock() -> AsyncIterator[str]:
    server = await listen()
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()


async def times(mock: str) -> list[dict]:
    async with aiohttp.ClientSession() as session, session.get(f"{mock}/_bench/times") as reply:
        return await reply.json()


async def test_openai_reads_a_streamed_response(mock: str) -> None:
    import openai

    async with openai.AsyncOpenAI(api_key="test", base_url=f"{mock}/v1", max_retries=0) as client:
        events = [event async for event in await client.responses.create(model=MODEL, input=QUESTION, stream=True)]
        whole = await client.responses.create(model=MODEL, input=QUESTION)
    deltas = [event.delta for event in events if event.type == "response.output_text.delta"]
    assert (len(deltas), "".join(deltas), whole.output_text) == (12, TEXT, TEXT)
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert events[-1].type == "response.completed"
    assert events[-1].response.usage is not None
    assert events[-1].response.usage.output_tokens == 12
    assert events[-1].response.output_text == TEXT


async def test_openai_reads_a_streamed_chat_completion(mock: str) -> None:
    import openai
    from openai.types.chat import ChatCompletionMessageParam

    async with openai.AsyncOpenAI(api_key="test", base_url=f"{mock}/v1", max_retries=0) as client:
        said: list[ChatCompletionMessageParam] = [{"role": "user", "content": QUESTION}]
        chunks = [c async for c in await client.chat.completions.create(model=MODEL, messages=said, stream=True)]
        whole = await client.chat.completions.create(model=MODEL, messages=said)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == TEXT
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == 12
    assert whole.choices[0].message.content == TEXT


async def test_openai_reads_a_moderation_that_finds_nothing(mock: str) -> None:
    import openai

    async with openai.AsyncOpenAI(api_key="test", base_url=f"{mock}/v1", max_retries=0) as client:
        (verdict,) = (await client.moderations.create(input=QUESTION)).results
    assert (verdict.flagged, verdict.categories.sexual_minors) == (False, False)
    assert await times(mock) == [], "a moderation is no answer"


async def test_anthropic_reads_a_streamed_message(mock: str) -> None:
    import anthropic

    said: list[anthropic.types.MessageParam] = [{"role": "user", "content": QUESTION}]
    async with anthropic.AsyncAnthropic(api_key="test", base_url=mock, max_retries=0) as client:
        async with client.messages.stream(model=MODEL, max_tokens=100, messages=said) as stream:
            final = await stream.get_final_message()
        whole = await client.messages.create(model=MODEL, max_tokens=100, messages=said)
    for message in (final, whole):
        assert [block.text for block in message.content if block.type == "text"] == [TEXT]
        assert message.stop_reason == "end_turn"
        assert message.usage.output_tokens == 12


@pytest.mark.filterwarnings("ignore:Inheritance class AiohttpClientSession:DeprecationWarning")  # the SDK's own
async def test_google_reads_streamed_content(mock: str) -> None:
    from google import genai
    from google.genai import types

    options = types.HttpOptions(base_url=mock, api_version="v1beta")
    client = genai.Client(api_key="test", http_options=options).aio
    chunks = [c async for c in await client.models.generate_content_stream(model=MODEL, contents=QUESTION)]
    whole = await client.models.generate_content(model=MODEL, contents=QUESTION)
    await client.aclose()
    assert "".join(chunk.text or "" for chunk in chunks) == TEXT
    assert whole.text == TEXT
    assert chunks[-1].usage_metadata is not None
    assert chunks[-1].usage_metadata.candidates_token_count == 12


async def test_the_record_has_the_send_time_of_every_token_in_pace(mock: str) -> None:
    async with aiohttp.ClientSession() as session:
        asked = {"model": MODEL, "stream": True, "messages": [{"role": "user", "content": QUESTION}]}
        async with session.post(f"{mock}/v1/chat/completions", json=asked) as reply:
            await reply.read()
    (record,) = await times(mock)
    assert (record["tag"], record["model"], len(record["tokens"])) == (TAG, MODEL, 12)
    due = [record["received"] + pace_of(MODEL).due(number) for number in range(12)]
    assert all(sent >= wanted for sent, wanted in zip(record["tokens"], due, strict=True)), "never early"
    assert record["last"] >= record["tokens"][-1]


async def test_a_caller_that_leaves_ends_its_stream_and_others_go_on(mock: str) -> None:
    async with aiohttp.ClientSession() as session:
        asked = {"model": "mock-ttft1-tps200-n400", "stream": True, "messages": []}
        reply = await session.post(f"{mock}/v1/chat/completions", json=asked)
        await reply.content.readany()
        reply.close()
        async with session.post(f"{mock}/v1/chat/completions", json={**asked, "model": MODEL}) as other:
            assert (await other.text()).endswith("data: [DONE]\n\n")
    await asyncio.sleep(0.02)
    left, whole = await times(mock)
    assert (left["last"], len(left["tokens"]) < 400, len(whole["tokens"])) == (None, True, 12)


async def test_a_model_without_a_pace_in_its_rate_says_everything_at_once(mock: str) -> None:
    async with aiohttp.ClientSession() as session:
        asked = {"model": "mock-ttft0-tps0-n5", "stream": True, "messages": [{"content": QUESTION}]}
        async with session.post(f"{mock}/v1/chat/completions", json=asked) as reply:
            await reply.read()
    (record,) = await times(mock)
    assert len(record["tokens"]) == 5
    assert len(set(record["tokens"])) == 1


@pytest.mark.parametrize(("path", "body", "status"), [("/v1/nothing", b"{}", 404), ("/v1/messages", b"{", 400)])
async def test_what_the_mock_does_not_understand_is_an_error(mock: str, path: str, body: bytes, status: int) -> None:
    async with aiohttp.ClientSession() as session, session.post(mock + path, data=body) as reply:
        assert reply.status == status


def test_two_models_or_two_questions_never_get_the_same_answer() -> None:
    texts = {"".join(answer_tokens(model, tag)) for model in ("a-n50", "b-n50") for tag in ("bench-x-1", "bench-x-2")}
    assert len(texts) == 4
    assert token_ends("a-n50", "bench-x-1")[-1] == len("".join(answer_tokens("a-n50", "bench-x-1")))
