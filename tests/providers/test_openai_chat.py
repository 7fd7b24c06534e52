"""The Chat Completions dialect."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from tests.providers.vendors import Script, ScriptedVendor, answer_of

from trillm.providers.catalogue import ModelFacts
from trillm.providers.dialects.openai_chat import OpenAIChat
from trillm.providers.provider import Finish, ModelRequest
from trillm.vocabulary.response import Usage

DIALECT = OpenAIChat()


def read(*events: Any) -> Any:
    reader = DIALECT.reader()
    text = reader.read([event if isinstance(event, bytes) else orjson.dumps(event) for event in events])
    return text, reader


def chunk(delta: Any, reason: Any = None) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}


def test_the_request_streams_with_usage_and_keeps_system_and_user_apart() -> None:
    request = ModelRequest("m", "Hi", system="Be brief", max_output_tokens=50, options={"temperature": 0.2, "seed": 7})
    call = DIALECT.build(request, ModelFacts())
    assert call.path == "/chat/completions"
    assert call.body == {
        "model": "m",
        "messages": [{"role": "system", "content": "Be brief"}, {"role": "user", "content": "Hi"}],
        "max_tokens": 50,
        "temperature": 0.2,
        "seed": 7,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


async def test_an_answer_is_its_deltas_with_the_usage_that_comes_after_the_finish_reason() -> None:
    usage = Usage(100, 50, cached_input_tokens=40, reasoning_tokens=20)
    async with ScriptedVendor() as vendor:
        vendor.script("m", Script(["Hello, ", "w\u00f6rld"], thinking=["Let me see"], usage=usage))
        provider = vendor.provider("openai-chat")
        text, finish = await answer_of(provider, ModelRequest("m", "Hi"))
        await provider.close()
    assert (text, finish) == ("Hello, w\u00f6rld", Finish("complete", usage))
    assert vendor.requests[0].headers["authorization"] == "Bearer sk-test-key"


@pytest.mark.parametrize(
    ("reason", "meaning"),
    [("stop", "complete"), ("length", "truncated"), ("content_filter", "refused"), ("tool_calls", "truncated")],
)
def test_finish_reasons(reason: str, meaning: str) -> None:
    _, reader = read(chunk({"content": "a"}), chunk({}, reason))
    assert (reader.reason, reader.done) == (meaning, False)


def test_an_engine_that_sends_neither_done_nor_usage_has_answered_all_the_same() -> None:
    text, reader = read(chunk({"content": "a"}, "stop"))
    assert (text, reader.reason, reader.usage) == ("a", "complete", Usage())


def test_done_alone_is_no_finish_reason() -> None:
    text, reader = read(chunk({"content": "a"}), b"[DONE]")
    assert (text, reader.reason, reader.done) == ("a", None, True)


def test_thinking_in_parts_or_in_fields_of_its_own_is_not_visible() -> None:
    parts = [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, {"type": "text", "text": "a"}]
    text, _ = read(
        chunk({"content": parts}),
        chunk({"content": None, "reasoning_content": "hm"}),
        chunk({"content": "", "reasoning": "hm"}),
        chunk({"content": "b"}),
    )
    assert text == "ab"


def test_a_refusal_in_its_own_field_is_shown_and_marked() -> None:
    text, reader = read(chunk({"refusal": "I cannot"}), chunk({}, "stop"))
    assert (text, reader.reason) == ("I cannot", "refused")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"code": 429, "message": "slow down"}, "rate-limited"),
        ({"code": 502, "message": "upstream"}, "server-error"),
        ({"type": "overloaded_error"}, "overloaded"),
        ("words only", "server-error"),
    ],
)
def test_an_error_inside_the_stream_is_typed_and_keeps_the_text_before_it(error: Any, kind: str) -> None:
    text, reader = read(chunk({"content": "so far"}), {"error": error, "choices": []})
    assert (text, reader.failure.type) == ("so far", kind)


@pytest.mark.parametrize("event", [{"choices": []}, {"choices": None}, {}, {"object": "a.new.kind"}, chunk(None)])
def test_chunks_without_text_are_ignored(event: dict[str, Any]) -> None:
    text, reader = read(chunk({"content": "a"}), event, chunk({"content": "b"}))
    assert (text, reader.failure) == ("ab", None)


@pytest.mark.parametrize(
    "event", [chunk({"content": 7}), chunk("text"), {"choices": "text"}, {"choices": [7]}, [], 7, None, b"{", b"\xff"]
)
def test_what_is_not_of_the_dialect_is_malformed_and_keeps_the_text_before_it(event: Any) -> None:
    text, reader = read(chunk({"content": "a"}), event)
    assert (text, reader.failure.type) == ("a", "malformed")


def test_events_that_are_objects_only_in_each_others_company_are_malformed() -> None:
    text, reader = read(chunk({"content": "a"}), b"{}, {}", chunk({"content": "b"}))
    assert (text, reader.failure.type) == ("a", "malformed")
    text, reader = read(chunk({"content": "a"}), b'{"choices": []', b'"more": 1}')
    assert (text, reader.failure.type) == ("a", "malformed")


@pytest.mark.parametrize("place", [0, 1, 2])
def test_what_is_said_to_be_the_end_is_taken_wherever_it_stands(place: int) -> None:
    events: list[Any] = [chunk({"content": "a"}), chunk({"content": "b"})]
    text, reader = read(*events[:place], b"[DONE]", *events[place:])
    assert (text, reader.done, reader.failure) == ("ab", True, None)


def test_an_end_that_is_said_without_end_is_one() -> None:
    text, reader = read(chunk({"content": "a"}), *[b"[DONE]"] * 5_000)
    assert (text, reader.done, reader.failure) == ("a", True, None)


def test_an_answer_over_its_bound_is_too_large() -> None:
    reader = DIALECT.reader()
    piece = orjson.dumps(chunk({"content": "x" * 100_000}))
    while reader.failure is None:
        reader.read([piece])
    assert reader.failure.type == "too-large"


def test_nul_is_taken_out_of_the_text() -> None:
    text, _ = read(chunk({"content": "a\0b"}))
    assert text == "ab"
