"""The Responses dialect."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from tests.providers.vendors import Script, ScriptedVendor, answer_of

from trillm.providers.catalogue import ModelFacts
from trillm.providers.dialects.openai_responses import OpenAIResponses
from trillm.providers.provider import Finish, ModelRequest
from trillm.vocabulary.response import Usage

DIALECT = OpenAIResponses()


def read(*events: dict[str, Any]) -> Any:
    reader = DIALECT.reader()
    text = reader.read([orjson.dumps(event) for event in events])
    return text, reader


def delta(text: str) -> dict[str, Any]:
    return {"type": "response.output_text.delta", "delta": text}


def completed(**fields: Any) -> dict[str, Any]:
    return {"type": "response.completed", "response": {"status": "completed", **fields}}


def test_the_request_streams_stores_nothing_and_sends_the_prompt_as_the_users_turn() -> None:
    call = DIALECT.build(ModelRequest("gpt-x", "Hi", system="Be brief", max_output_tokens=50), ModelFacts())
    assert call.path == "/responses"
    assert call.body == {
        "model": "gpt-x",
        "input": [{"role": "user", "content": "Hi"}],
        "instructions": "Be brief",
        "max_output_tokens": 50,
        "stream": True,
        "store": False,
    }


async def test_an_answer_is_its_deltas_with_the_usage_the_vendor_reports() -> None:
    usage = Usage(100, 50, cached_input_tokens=40, reasoning_tokens=20)
    async with ScriptedVendor() as vendor:
        vendor.script("m", Script(["Hello, ", "w\u00f6rld"], thinking=["Let me see"], usage=usage))
        provider = vendor.provider("openai-responses")
        text, finish = await answer_of(provider, ModelRequest("m", "Hi"))
        await provider.close()
    assert (text, finish) == ("Hello, w\u00f6rld", Finish("complete", usage))
    sent = vendor.requests[0]
    assert (sent.path, sent.headers["authorization"]) == ("/v1/responses", "Bearer sk-test-key")


@pytest.mark.parametrize(
    ("reason", "meaning"),
    [("max_output_tokens", "truncated"), ("content_filter", "refused"), ("a_new_one", "truncated")],
)
def test_an_incomplete_response_is_truncated_or_refused_but_never_complete(reason: str, meaning: str) -> None:
    _, reader = read({"type": "response.incomplete", "response": {"incomplete_details": {"reason": reason}}})
    assert (reader.reason, reader.done) == (meaning, True)


@pytest.mark.parametrize("status", ["incomplete", "cancelled", "in_progress"])
def test_a_completed_event_around_a_response_that_is_not_completed_is_truncated(status: str) -> None:
    _, reader = read(delta("a"), {"type": "response.completed", "response": {"status": status}})
    assert reader.reason == "truncated"


def test_a_refusal_is_shown_and_stays_a_refusal_though_the_response_completes() -> None:
    text, reader = read({"type": "response.refusal.delta", "delta": "I cannot"}, completed())
    assert (text, reader.reason) == ("I cannot", "refused")


def test_a_final_text_that_differs_from_the_deltas_is_a_warning_and_not_a_second_truth() -> None:
    output = [
        {"type": "reasoning", "summary": []},
        {"type": "message", "content": [{"type": "output_text", "text": "four"}]},
    ]
    text, reader = read(delta("fo"), delta("ur"), completed(output=output))
    assert (text, reader.warnings) == ("four", [])
    text, reader = read(delta("for"), completed(output=output))
    assert text == "for"
    assert reader.warnings == ["the final text differs from the streamed text"]


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ({"type": "error", "code": "rate_limit_exceeded", "message": "slow down"}, "rate-limited"),
        ({"type": "error", "error": {"code": "server_error", "message": "oops"}}, "server-error"),
        ({"type": "response.failed", "response": {"error": {"code": "server_error", "message": "x"}}}, "server-error"),
        ({"type": "response.failed", "response": {"error": {"code": "bio_policy", "message": "x"}}}, "refused"),
        ({"type": "response.failed", "response": {"error": None}}, "server-error"),
        ({"type": "response.failed"}, "server-error"),
        ({"type": "response.completed", "response": {"status": "failed"}}, "server-error"),
    ],
)
def test_an_error_inside_the_stream_is_typed_and_keeps_the_text_before_it(event: dict[str, Any], kind: str) -> None:
    text, reader = read(delta("so far"), event, delta("never read"))
    assert (text, reader.failure.type) == ("so far", kind)


@pytest.mark.parametrize(
    "event",
    [
        {"type": "response.a_new_kind.delta", "delta": "no text of the answer"},
        {"type": "response.reasoning_text.delta", "delta": "hm"},
        {"type": "response.function_call_arguments.delta", "delta": "{}"},
        {"no": "type"},
    ],
)
def test_unknown_events_are_ignored(event: dict[str, Any]) -> None:
    text, reader = read(delta("a"), event, delta("b"))
    assert (text, reader.failure) == ("ab", None)


@pytest.mark.parametrize(
    "event",
    [
        {"type": "response.output_text.delta", "delta": 7},
        {"type": "response.completed", "response": "text"},
        {"type": "response.completed", "response": {"output": {"a": 1}}},
        {"type": "response.completed", "response": {"output": [7]}},
    ],
)
def test_an_event_of_a_known_type_in_a_wrong_shape_is_malformed(event: dict[str, Any]) -> None:
    text, reader = read(delta("a"), event)
    assert (text, reader.failure.type) == ("a", "malformed")


def test_counts_that_are_no_numbers_are_unknown() -> None:
    _, reader = read(completed(usage={"input_tokens": "many", "output_tokens": -1, "input_tokens_details": None}))
    assert reader.usage == Usage(None, None, 0, 0)
