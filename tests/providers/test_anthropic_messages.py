"""The Messages dialect."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from tests.providers.vendors import Script, ScriptedVendor, answer_of

from trillm.providers.catalogue import ModelFacts
from trillm.providers.dialects.anthropic_messages import MAX_TOKENS, AnthropicMessages
from trillm.providers.provider import Finish, ModelRequest
from trillm.vocabulary.response import Usage

DIALECT = AnthropicMessages()


def read(*events: dict[str, Any]) -> Any:
    reader = DIALECT.reader()
    text = reader.read([orjson.dumps(event) for event in events])
    return text, reader


def delta(text: str) -> dict[str, Any]:
    return {"type": "content_block_delta", "delta": {"type": "text_delta", "text": text}}


def start(**usage: int) -> dict[str, Any]:
    return {"type": "message_start", "message": {"usage": usage}}


def end(reason: str, **usage: Any) -> dict[str, Any]:
    return {"type": "message_delta", "delta": {"stop_reason": reason}, "usage": usage}


def test_the_request_has_a_limit_and_keeps_system_and_user_apart() -> None:
    call = DIALECT.build(ModelRequest("m", "Hi", system="Be brief", options={"stop": ["END"]}), ModelFacts())
    assert call.path == "/v1/messages"
    assert call.headers["anthropic-version"] == "2026-10-21"
    assert call.body == {
        "model": "m",
        "max_tokens": MAX_TOKENS,
        "system": "Be brief",
        "messages": [{"role": "user", "content": "Hi"}],
        "stop_sequences": ["END"],
        "stream": True,
    }


def test_the_limit_is_the_smaller_of_what_is_asked_and_what_the_model_can() -> None:
    small = ModelFacts(max_output_tokens=4096)
    assert DIALECT.build(ModelRequest("m", "Hi"), small).body["max_tokens"] == 4096
    assert DIALECT.build(ModelRequest("m", "Hi", max_output_tokens=9999), small).body["max_tokens"] == 4096
    assert DIALECT.build(ModelRequest("m", "Hi", max_output_tokens=100), small).body["max_tokens"] == 100


async def test_an_answer_is_its_text_deltas_with_the_usage_of_start_and_end() -> None:
    usage = Usage(100, 50, cached_input_tokens=40, reasoning_tokens=20)
    async with ScriptedVendor() as vendor:
        vendor.script("m", Script(["Hello, ", "w\u00f6rld"], thinking=["Let me see"], usage=usage))
        provider = vendor.provider("anthropic-messages")
        text, finish = await answer_of(provider, ModelRequest("m", "Hi"))
        await provider.close()
    assert (text, finish) == ("Hello, w\u00f6rld", Finish("complete", usage))
    headers = vendor.requests[0].headers
    assert headers["x-api-key"] == "sk-test-key"
    assert "authorization" not in headers


@pytest.mark.parametrize(
    ("reason", "meaning"),
    [
        ("end_turn", "complete"),
        ("stop_sequence", "complete"),
        ("max_tokens", "truncated"),
        ("model_context_window_exceeded", "truncated"),
        ("refusal", "refused"),
        ("pause_turn", "truncated"),
        ("a_new_one", "truncated"),
    ],
)
def test_stop_reasons(reason: str, meaning: str) -> None:
    _, reader = read(delta("a"), end(reason), {"type": "message_stop"})
    assert (reader.reason, reader.done) == (meaning, True)


def test_a_stream_that_breaks_off_has_spent_an_unknown_number_of_tokens() -> None:
    _, reader = read(start(input_tokens=12, output_tokens=1), delta("a"))
    assert reader.usage == Usage(12, None)


@pytest.mark.parametrize(
    ("kind", "meaning"),
    [("overloaded_error", "overloaded"), ("rate_limit_error", "rate-limited"), ("api_error", "server-error")],
)
def test_an_error_inside_the_stream_is_typed_and_keeps_the_text_before_it(kind: str, meaning: str) -> None:
    text, reader = read(delta("so far"), {"type": "error", "error": {"type": kind, "message": "x"}})
    assert (text, reader.failure.type, reader.failure.retry) == ("so far", meaning, True)


@pytest.mark.parametrize(
    "event",
    [
        {"type": "ping"},
        {"type": "a_new_kind", "text": "no"},
        {"type": "content_block_delta", "delta": {"type": "thinking_delta", "thinking": "hm"}},
        {"type": "content_block_delta", "delta": {"type": "signature_delta", "signature": "x"}},
        {"type": "content_block_delta", "delta": {"type": "input_json_delta", "partial_json": "{"}},
        {"type": "content_block_start", "content_block": {"type": "redacted_thinking", "data": "x"}},
        {"type": "message_delta", "delta": {"stop_reason": None}},
    ],
)
def test_thinking_pings_and_unknown_events_are_ignored(event: dict[str, Any]) -> None:
    text, reader = read(delta("a"), event, delta("b"))
    assert (text, reader.failure, reader.reason) == ("ab", None, None)


def test_text_that_a_block_starts_with_is_part_of_the_answer() -> None:
    text, _ = read({"type": "content_block_start", "content_block": {"type": "text", "text": "a"}}, delta("b"))
    assert text == "ab"


@pytest.mark.parametrize(
    "event",
    [{"type": "content_block_delta", "delta": "text"}, {"type": "message_start", "message": 7}, delta(7)],  # type: ignore[arg-type]
)
def test_an_event_of_a_known_type_in_a_wrong_shape_is_malformed(event: dict[str, Any]) -> None:
    text, reader = read(delta("a"), event)
    assert (text, reader.failure.type) == ("a", "malformed")
