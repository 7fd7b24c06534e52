"""Each of these is an error, a lost answer or a wrong bill in production, proved on the models of the catalogue."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.providers.vendors import DIALECTS, Script, ScriptedVendor, answer_of

from trillm.providers.catalogue import Catalogue, ModelFacts
from trillm.providers.dialects.anthropic_messages import AnthropicMessages
from trillm.providers.dialects.dialect import Dialect
from trillm.providers.dialects.event_stream import EventStream
from trillm.providers.dialects.failures import failure
from trillm.providers.dialects.gemini import Gemini
from trillm.providers.dialects.openai_chat import OpenAIChat
from trillm.providers.dialects.openai_responses import OpenAIResponses
from trillm.providers.provider import Finish, ModelRequest
from trillm.vocabulary.errors import ProviderError
from trillm.vocabulary.response import Usage

SAMPLING = {"temperature": 0.3, "top_p": 0.9, "top_k": 5, "presence_penalty": 0.1, "frequency_penalty": 0.1}
VENDORS = Catalogue.load().providers
TODAY = date(2026, 11, 22)


def responses(model: str, **options: object) -> dict[str, Any]:
    facts = VENDORS["openai"].model(model)
    return OpenAIResponses().build(ModelRequest(model, "Hi", options=options), facts).body


def messages(model: str, **options: object) -> dict[str, Any]:
    facts = VENDORS["anthropic"].model(model)
    return AnthropicMessages().build(ModelRequest(model, "Hi", options=options), facts).body


@pytest.mark.parametrize("model", ["gpt-6.1-terra", "gpt-6-astra", "gpt-5.6-sol", "gpt-5.4-mini", "gpt-5-mini", "o3"])
def test_openai_reasoning_models_are_sent_no_sampling_parameters(model: str) -> None:
    assert not SAMPLING.keys() & responses(model, **SAMPLING).keys()


@pytest.mark.parametrize("model", ["gpt-6.1-terra", "gpt-6-luna", "gpt-5.6-luna", "gpt-5.1"])
def test_openai_models_whose_reasoning_is_switched_off_take_sampling_parameters(model: str) -> None:
    body = responses(model, effort="none", temperature=0.3)
    assert (body["reasoning"], body["temperature"]) == ({"effort": "none"}, 0.3)


@pytest.mark.parametrize("model", ["gpt-5", "gpt-5-nano-2025-08-07", "gpt-5.2-pro", "o1", "o4-mini"])
def test_openai_models_that_cannot_stop_reasoning_are_not_asked_to(model: str) -> None:
    body = responses(model, effort="none", temperature=0.3)
    assert "reasoning" not in body
    assert "temperature" not in body


def test_openai_models_without_reasoning_take_sampling_and_no_effort() -> None:
    body = responses("gpt-4.1-mini", effort="low", temperature=0.3)
    assert body["temperature"] == 0.3
    assert "reasoning" not in body


def test_terra_takes_all_six_efforts() -> None:
    for effort in ("none", "low", "medium", "high", "xhigh", "max"):
        assert responses("gpt-6.1-terra", effort=effort)["reasoning"] == {"effort": effort}


def test_the_output_limit_has_a_name_of_its_own_in_each_dialect_and_for_reasoning_models() -> None:
    request = ModelRequest("gpt-6.1-terra", "Hi", max_output_tokens=100)
    terra, plain = VENDORS["openai"].model("gpt-6.1-terra"), VENDORS["openrouter"].model("any")
    assert OpenAIResponses().build(request, terra).body["max_output_tokens"] == 100
    assert OpenAIChat().build(request, terra).body["max_completion_tokens"] == 100
    assert "max_tokens" not in OpenAIChat().build(request, terra).body
    assert OpenAIChat().build(request, plain).body["max_tokens"] == 100
    assert Gemini().build(request, plain).body["generationConfig"] == {"maxOutputTokens": 100}


@pytest.mark.parametrize(
    ("dialect", "field"),
    [
        (OpenAIResponses(), "max_output_tokens"),
        (OpenAIChat(), "max_tokens"),
        (AnthropicMessages(), "max_tokens"),
        (Gemini(), "maxOutputTokens"),
    ],
    ids=DIALECTS,
)
@pytest.mark.parametrize(("asked", "sent"), [(99, 99), (100, 100), (101, 100)])
def test_no_model_is_asked_to_write_more_than_it_can(dialect: Dialect, field: str, asked: int, sent: int) -> None:
    body = dialect.build(ModelRequest("m", "Hi", max_output_tokens=asked), ModelFacts(max_output_tokens=100)).body
    assert body.get("generationConfig", body)[field] == sent


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_question_longer_than_the_model_can_read_is_sent_and_the_vendors_refusal_is_typed(dialect: str) -> None:
    async with ScriptedVendor() as vendor:
        vendor.script("m", Script(status=400, message="Your input exceeds the context window of this model."))
        provider = vendor.provider(dialect, {"m": ModelFacts(context_tokens=10)})
        _, failure = await answer_of(provider, ModelRequest("m", "word " * 100))
        await provider.close()
    assert len(vendor.requests) == 1
    assert isinstance(failure, ProviderError)
    assert (failure.type, failure.retry) == ("context-length", False)


@pytest.mark.parametrize(
    "model", ["claude-opus-4-7", "claude-opus-4-8", "claude-opus-5", "claude-sonnet-5", "claude-sonnet-5-5"]
)
def test_newer_claude_models_are_sent_no_sampling_and_no_thinking_budget_but_an_effort(model: str) -> None:
    body = messages(model, effort="low", **SAMPLING)
    assert not {*SAMPLING, "thinking"} & body.keys()
    assert body["output_config"] == {"effort": "low"}


def test_older_claude_models_are_sent_no_effort_and_no_sampling_either_which_the_api_version_has_dropped() -> None:
    body = messages("claude-sonnet-4-5", effort="low", **SAMPLING)
    assert not {*SAMPLING, "output_config"} & body.keys()


def test_claude_is_sent_neither_a_forced_tool_nor_a_prefilled_answer() -> None:
    body = messages("claude-opus-5-5")
    assert not {"tools", "tool_choice"} & body.keys()
    assert [message["role"] for message in body["messages"]] == ["user"]


def test_what_was_left_out_of_a_request_is_said() -> None:
    facts = VENDORS["anthropic"].model("claude-sonnet-5-5")
    request = ModelRequest("claude-sonnet-5-5", "Hi", options={"temperature": 1, "effort": "hardest", "unheard_of": 1})
    warnings = AnthropicMessages().build(request, facts).warnings
    assert [warning.split()[0] for warning in warnings] == ["temperature", "unheard_of", "effort"]


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_model_that_thinks_until_its_budget_is_spent_ends_truncated_without_a_word(dialect: str) -> None:
    async with ScriptedVendor() as vendor:
        vendor.script("m", Script(thinking=["hm", "hm"], ending="truncated", usage=Usage(9, 64, reasoning_tokens=64)))
        provider = vendor.provider(dialect)
        text, finish = await answer_of(provider, ModelRequest("m", "Hi"))
        await provider.close()
    assert text == ""
    assert isinstance(finish, Finish)
    assert (finish.reason, finish.usage.reasoning_tokens) == ("truncated", 64)


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_cached_tokens_are_part_of_the_input_though_anthropic_counts_them_apart(dialect: str) -> None:
    usage = Usage(1000, 10, cached_input_tokens=900)
    async with ScriptedVendor() as vendor:
        vendor.script("m", Script(["a"], usage=usage))
        provider = vendor.provider(dialect)
        _, finish = await answer_of(provider, ModelRequest("m", "Hi"))
        await provider.close()
    assert isinstance(finish, Finish)
    assert finish.usage == usage


@pytest.mark.parametrize(
    ("provider", "model", "limit", "over"),
    [
        ("openai", "gpt-6.1-terra", 272_000, (2, 1.5)),
        ("gemini", "gemini-3.1-pro-preview", 200_000, (2, 1.5)),
        ("anthropic", "claude-haiku-5-5", 100_000, (5, 5)),
    ],
)
def test_a_request_over_the_tier_is_dearer_from_its_first_token(
    provider: str, model: str, limit: int, over: tuple[float, float]
) -> None:
    price = VENDORS[provider].model(model).price(TODAY)
    assert price is not None
    expected = (price.input * over[0] * (limit + 1) + price.output * over[1] * 1000) / 1e6
    assert VENDORS[provider].cost(model, Usage(limit + 1, 1000), TODAY) == pytest.approx(expected)


async def test_a_model_without_a_known_price_costs_none_and_not_nothing() -> None:
    async with ScriptedVendor() as vendor:
        vendor.script("m", Script(["a"]))
        provider = vendor.provider("openai-chat")
        _, finish = await answer_of(provider, ModelRequest("m", "Hi"))
        await provider.close()
    assert isinstance(finish, Finish)
    assert finish.cost_usd is None
    assert provider.estimate_cost("m", 10, 10) is None


def test_a_refused_request_that_an_older_ollama_calls_its_own_error_is_not_asked_again() -> None:
    told = {"error": {"message": "does not support chat", "type": "api_error", "param": None, "code": None}}
    assert [(error.type, error.retry) for error in (failure(told, status=400), failure(told, status=500))] == [
        ("bad-request", False),
        ("server-error", True),
    ]


async def test_a_comment_line_that_keeps_a_connection_awake_does_no_harm() -> None:
    stream = EventStream()
    assert stream.feed(b": OPENROUTER PROCESSING\n\n:\n\ndata: {}\n\n: ping\n\n") == [b"{}"]


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_an_error_event_inside_a_stream_is_raised_where_sdks_end_in_silence(dialect: str) -> None:
    async with ScriptedVendor() as vendor:
        vendor.script("m", Script(["so far"], fault="in-band-error"))
        provider = vendor.provider(dialect)
        text, error = await answer_of(provider, ModelRequest("m", "Hi"))
        await provider.close()
    assert text == "so far"
    assert isinstance(error, ProviderError)
    assert error.retry


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_stream_that_just_ends_is_truncated_where_sdks_raise_nothing(dialect: str) -> None:
    async with ScriptedVendor() as vendor:
        vendor.script("m", Script(["so far"], fault="silent-end"))
        provider = vendor.provider(dialect)
        text, finish = await answer_of(provider, ModelRequest("m", "Hi"))
        await provider.close()
    assert text == "so far"
    assert isinstance(finish, Finish)
    assert (finish.reason, finish.cost_usd) == ("truncated", None)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("fault", "kind", "text"),
    [
        ("cut", "connection", "so far"),
        ("garbage", "malformed", "so far"),
        ("cut-utf8", "malformed", "so far"),
        ("endless-line", "too-large", "so far"),
        ("html", "malformed", ""),
        ("gzip-bomb", "malformed", ""),
    ],
)
async def test_a_broken_stream_is_a_typed_error_and_keeps_what_arrived(
    dialect: str, fault: Any, kind: str, text: str
) -> None:
    async with ScriptedVendor() as vendor:
        vendor.script("m", Script(["so ", "far"], fault=fault))
        provider = vendor.provider(dialect)
        kept, error = await answer_of(provider, ModelRequest("m", "Hi"))
        await provider.close()
    assert isinstance(error, ProviderError)
    assert (error.type, kept) == (kind, text)


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_an_error_told_with_status_200_is_an_error(dialect: str) -> None:
    async with ScriptedVendor() as vendor:
        vendor.script("m", Script(fault="json-error", message="told in a body"))
        provider = vendor.provider(dialect)
        _, error = await answer_of(provider, ModelRequest("m", "Hi"))
        await provider.close()
    assert isinstance(error, ProviderError)
    assert "told in a body" in error.detail


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_closing_the_iterator_frees_the_connection_of_a_stalled_stream(dialect: str) -> None:
    async with ScriptedVendor() as vendor:
        vendor.script("m", Script(["so far"], fault="stall"))
        provider = vendor.provider(dialect)
        stream = provider.query(ModelRequest("m", "Hi"))
        await anext(stream)
        assert vendor.active == 1
        await stream.aclose()
        await vendor.until_idle()
        await provider.close()


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_connection_that_breaks_after_the_finish_reason_takes_nothing_from_the_answer(dialect: str) -> None:
    async with ScriptedVendor() as vendor:
        vendor.script("m", Script(["whole"], fault="cut-after-end"))
        provider = vendor.provider(dialect)
        text, finish = await answer_of(provider, ModelRequest("m", "Hi"))
        await provider.close()
    assert text == "whole"
    assert isinstance(finish, Finish)
    assert finish.reason == "complete"
