"""The Gemini dialect."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from tests.providers.vendors import Script, ScriptedVendor, answer_of

from trillm.providers.catalogue import ModelFacts
from trillm.providers.dialects.gemini import Gemini
from trillm.providers.provider import Finish, ModelRequest
from trillm.vocabulary.response import Usage

DIALECT = Gemini()


def read(*events: dict[str, Any]) -> Any:
    reader = DIALECT.reader()
    text = reader.read([orjson.dumps(event) for event in events])
    return text, reader


def chunk(*parts: Any, reason: str | None = None) -> dict[str, Any]:
    return {"candidates": [{"content": {"role": "model", "parts": list(parts)}, "finishReason": reason}]}


def test_the_request_names_its_options_as_the_api_does() -> None:
    request = ModelRequest(
        "m", "Hi", system="Be brief", max_output_tokens=50, options={"top_p": 0.5, "top_k": 3, "effort": "low"}
    )
    call = DIALECT.build(request, ModelFacts(efforts=("low", "high")))
    assert call.path == "/v1beta/models/m:streamGenerateContent?alt=sse"
    assert call.body == {
        "contents": [{"role": "user", "parts": [{"text": "Hi"}]}],
        "systemInstruction": {"parts": [{"text": "Be brief"}]},
        "generationConfig": {
            "topP": 0.5,
            "topK": 3,
            "maxOutputTokens": 50,
            "thinkingConfig": {"thinkingLevel": "low"},
        },
    }
    assert "generationConfig" not in DIALECT.build(ModelRequest("m", "Hi"), ModelFacts()).body


@pytest.mark.parametrize("name", ["../../v1/files", "m?key=x", "m/../../x", "m%2f..", "m#x", "m\r\nHost: evil"])
async def test_a_models_name_cannot_lead_the_request_elsewhere(name: str) -> None:
    async with ScriptedVendor() as vendor:
        vendor.script(name, Script(["Hello"]))
        provider = vendor.provider("gemini")
        text, _ = await answer_of(provider, ModelRequest(name, "Hi"))
        await provider.close()
    assert text in ("Hello", "")
    for request in vendor.requests:
        assert request.path.startswith("/v1beta/models/")
        assert request.path.endswith(":streamGenerateContent?alt=sse")
        assert request.path.count("/") == 3


async def test_an_answer_is_its_visible_parts_and_the_key_is_in_a_header_only() -> None:
    usage = Usage(100, 50, cached_input_tokens=40, reasoning_tokens=20)
    async with ScriptedVendor() as vendor:
        vendor.script("m", Script(["Hello, ", "w\u00f6rld"], thinking=["Let me see"], usage=usage))
        provider = vendor.provider("gemini")
        text, finish = await answer_of(provider, ModelRequest("m", "Hi"))
        await provider.close()
    assert (text, finish) == ("Hello, w\u00f6rld", Finish("complete", usage))
    sent = vendor.requests[0]
    assert sent.headers["x-goog-api-key"] == "sk-test-key"
    assert "sk-test-key" not in sent.path


@pytest.mark.parametrize(
    ("reason", "meaning"),
    [
        ("STOP", "complete"),
        ("MAX_TOKENS", "truncated"),
        ("CONTINUATION", "truncated"),
        ("SAFETY", "refused"),
        ("RECITATION", "refused"),
        ("PROHIBITED_CONTENT", "refused"),
        ("OTHER", "truncated"),
        ("MALFORMED_RESPONSE", "truncated"),
        ("A_NEW_ONE", "truncated"),
    ],
)
def test_finish_reasons(reason: str, meaning: str) -> None:
    text, reader = read(chunk({"text": "a"}), chunk({"text": "b"}, reason=reason))
    assert (text, reader.reason) == ("ab", meaning)


def test_a_blocked_prompt_is_a_refusal() -> None:
    _, reader = read({"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 9}})
    assert (reader.reason, reader.usage.input_tokens) == ("refused", 9)


def test_thoughts_are_not_visible_but_count_as_output() -> None:
    usage = {"promptTokenCount": 5, "candidatesTokenCount": 3, "thoughtsTokenCount": 40}
    text, reader = read(chunk({"text": "hm", "thought": True}, {"text": "a"}) | {"usageMetadata": usage})
    assert (text, reader.usage) == ("a", Usage(5, 43, reasoning_tokens=40))


def test_usage_that_says_nothing_of_output_leaves_it_unknown() -> None:
    _, reader = read({"usageMetadata": {"promptTokenCount": 5}})
    assert reader.usage == Usage(5, None)


def test_an_error_inside_the_stream_is_typed_and_keeps_the_text_before_it() -> None:
    text, reader = read(chunk({"text": "so far"}), {"error": {"code": 503, "status": "UNAVAILABLE", "message": "x"}})
    assert (text, reader.failure.type) == ("so far", "overloaded")


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"candidates": []},
        {"candidates": [{"index": 0}]},
        {"promptFeedback": {"safetyRatings": []}},
        chunk({"executableCode": {"code": "1"}}),
        {"aNewField": 1},
    ],
)
def test_chunks_without_text_are_ignored(event: dict[str, Any]) -> None:
    text, reader = read(chunk({"text": "a"}), event, chunk({"text": "b"}))
    assert (text, reader.failure, reader.reason) == ("ab", None, None)


@pytest.mark.parametrize(
    "event", [chunk({"text": 7}), chunk("text"), {"candidates": "text"}, {"candidates": [{"content": "text"}]}]
)
def test_what_is_not_of_the_dialect_is_malformed_and_keeps_the_text_before_it(event: dict[str, Any]) -> None:
    text, reader = read(chunk({"text": "a"}), event)
    assert (text, reader.failure.type) == ("a", "malformed")
