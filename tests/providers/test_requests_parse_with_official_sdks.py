"""The requests that we send, read by the vendors' own request types, and compared with what their SDKs send."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ConfigDict, TypeAdapter, ValidationError
from tests.providers.vendors import DIALECTS, Script, ScriptedVendor, answer_of

from trillm.providers.catalogue import Catalogue, ModelFacts
from trillm.providers.provider import Finish, ModelRequest
from trillm.vocabulary.conversation import Turn

CATALOGUE = Catalogue.load()
SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"better": {"type": "string", "enum": ["A", "B"]}},
    "required": ["better"],
    "additionalProperties": False,
}
OPTIONS: dict[str, object] = {"temperature": 0.5, "top_p": 0.9, "effort": "low"}
MEMBERS = {
    "openai-responses": ("openai", "gpt-6.1-terra", "gpt-4.1-mini"),
    "openai-chat": ("openai", "gpt-6.1-terra", "gpt-4.1-mini"),
    "anthropic-messages": ("anthropic", "claude-sonnet-5-5", "claude-sonnet-4-5"),
    "gemini": ("gemini", "gemini-3.8-flash", "gemini-2.0-flash"),
}


def openai_responses_types() -> Any:
    from openai.types.responses.response_create_params import ResponseCreateParamsStreaming

    return ResponseCreateParamsStreaming


def openai_chat_types() -> Any:
    from openai.types.chat.completion_create_params import CompletionCreateParamsStreaming

    return CompletionCreateParamsStreaming


def anthropic_types() -> Any:
    from anthropic.types.message_create_params import MessageCreateParamsStreaming

    return MessageCreateParamsStreaming


def strictly(type_of: Callable[[], Any]) -> TypeAdapter[Any]:
    """Return a validator of the SDK's TypedDict that refuses keys which it does not name."""
    typed = type_of()
    typed.__pydantic_config__ = ConfigDict(extra="forbid", arbitrary_types_allowed=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # remarks of the SDKs' own types
        return TypeAdapter(typed)


async def sent(dialect: str, request: ModelRequest) -> dict[str, Any]:
    """Return the body that our provider really sends."""
    models = CATALOGUE.providers[MEMBERS[dialect][0]].models
    async with ScriptedVendor() as vendor:
        vendor.script(request.model, Script(["Hello"]))
        provider = vendor.provider(dialect, models)
        await answer_of(provider, request)
        await provider.close()
        return vendor.requests[0].json


@pytest.mark.parametrize("which", [1, 2], ids=["thinking", "plain"])
@pytest.mark.parametrize(
    ("dialect", "type_of"),
    [
        ("openai-responses", openai_responses_types),
        ("openai-chat", openai_chat_types),
        ("anthropic-messages", anthropic_types),
    ],
)
async def test_our_body_is_one_that_the_sdks_types_name(dialect: str, type_of: Callable[[], Any], which: int) -> None:
    request = ModelRequest(MEMBERS[dialect][which], "Hi", "Be brief", max_output_tokens=99, options=OPTIONS)
    body = await sent(dialect, request)
    adapter = strictly(type_of)
    adapter.validate_python(body)
    with pytest.raises(ValidationError):
        adapter.validate_python(body | {"no_such_field": 1})


@pytest.mark.parametrize("which", [1, 2], ids=["thinking", "plain"])
async def test_our_gemini_body_is_one_that_the_sdks_types_name(which: int) -> None:
    from google.genai import types

    request = ModelRequest(MEMBERS["gemini"][which], "Hi", "Be brief", max_output_tokens=99, options=OPTIONS)
    body = await sent("gemini", request)
    assert set(body) == {"contents", "systemInstruction", "generationConfig"}
    for content in [*body["contents"], body["systemInstruction"]]:
        types.Content.model_validate(content)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        config = types.GenerationConfig.model_validate(body["generationConfig"])
    assert said == []  # an unknown thinking level is only warned of
    assert config.max_output_tokens == 99


@pytest.mark.parametrize(
    ("dialect", "type_of", "path"),
    [
        ("openai-responses", openai_responses_types, ["text", "format", "schema"]),
        ("openai-chat", openai_chat_types, ["response_format", "json_schema", "schema"]),
        ("anthropic-messages", anthropic_types, ["output_config", "format", "schema"]),
    ],
)
async def test_a_schema_is_sent_as_the_vendors_structured_output(
    dialect: str, type_of: Callable[[], Any], path: list[str]
) -> None:
    body = await sent(dialect, ModelRequest(MEMBERS[dialect][1], "Hi", schema=SCHEMA, options={"effort": "low"}))
    strictly(type_of).validate_python(body)
    found: Any = body
    for key in path:
        found = found[key]
    assert found == SCHEMA
    assert "tools" not in body
    assert "tool_choice" not in body


async def test_a_schema_is_sent_to_gemini_as_json_schema_with_its_mime_type() -> None:
    from google.genai import types

    body = await sent("gemini", ModelRequest("gemini-3.8-flash", "Hi", schema=SCHEMA))
    config = types.GenerationConfig.model_validate(body["generationConfig"])
    assert config.response_json_schema == SCHEMA
    assert config.response_mime_type == "application/json"


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_model_that_refuses_schemas_is_sent_none_and_the_answer_says_so(dialect: str) -> None:
    async with ScriptedVendor() as vendor:
        vendor.script("old", Script(["Hello"]))
        provider = vendor.provider(dialect, {"old": ModelFacts(refuses=("schema",))})
        _, finish = await answer_of(provider, ModelRequest("old", "Hi", schema=SCHEMA))
        await provider.close()
    assert "additionalProperties" not in str(vendor.requests[0].json)
    assert isinstance(finish, Finish)
    assert finish.warnings == ("schema was left out: the model does not accept it",)


SAID = (Turn("Why?", "Because."), Turn("Really?", "Yes."))


@pytest.mark.parametrize(
    ("dialect", "type_of", "field"),
    [
        ("openai-responses", openai_responses_types, "input"),
        ("openai-chat", openai_chat_types, "messages"),
        ("anthropic-messages", anthropic_types, "messages"),
    ],
)
async def test_a_conversation_is_sent_as_turns_that_alternate(
    dialect: str, type_of: Callable[[], Any], field: str
) -> None:
    body = await sent(dialect, ModelRequest(MEMBERS[dialect][1], "Go on.", conversation=SAID))
    strictly(type_of).validate_python(body)
    assert [(turn["role"], turn["content"]) for turn in body[field]] == [
        ("user", "Why?"),
        ("assistant", "Because."),
        ("user", "Really?"),
        ("assistant", "Yes."),
        ("user", "Go on."),
    ]


async def test_a_conversation_is_sent_to_gemini_with_its_own_roles() -> None:
    from google.genai import types

    body = await sent("gemini", ModelRequest("gemini-3.8-flash", "Go on.", conversation=SAID))
    contents = [types.Content.model_validate(content) for content in body["contents"]]
    assert [content.role for content in contents] == ["user", "model", "user", "model", "user"]
    assert [part.text for content in contents for part in content.parts or []] == [
        "Why?",
        "Because.",
        "Really?",
        "Yes.",
        "Go on.",
    ]


async def ask_by_sdk(dialect: str, vendor: ScriptedVendor, model: str) -> None:
    """Ask the same as `ModelRequest(model, "Hi", "Be brief", max_output_tokens=99)` through the vendor's own SDK."""
    base_url: Any = vendor.base_url(dialect)
    if dialect.startswith("openai"):
        from openai import AsyncOpenAI

        async with AsyncOpenAI(api_key="k", base_url=base_url, max_retries=0) as openai:
            if dialect == "openai-responses":
                stream: Any = await openai.responses.create(
                    model=model,
                    input=[{"role": "user", "content": "Hi"}],
                    instructions="Be brief",
                    max_output_tokens=99,
                    store=False,
                    stream=True,
                )
            else:
                stream = await openai.chat.completions.create(
                    model=model,
                    messages=[{"role": "system", "content": "Be brief"}, {"role": "user", "content": "Hi"}],
                    max_tokens=99,
                    stream=True,
                    stream_options={"include_usage": True},
                )
            async for _ in stream:
                pass
    elif dialect == "anthropic-messages":
        from anthropic import AsyncAnthropic

        async with AsyncAnthropic(api_key="k", base_url=base_url, max_retries=0) as anthropic:
            stream = await anthropic.messages.create(
                model=model,
                max_tokens=99,
                system="Be brief",
                messages=[{"role": "user", "content": "Hi"}],
                stream=True,
            )
            async for _ in stream:
                pass
    else:
        from google import genai
        from google.genai import types

        options = types.HttpOptions(base_url=base_url, api_version="v1beta")
        client = genai.Client(api_key="k", http_options=options)
        config = types.GenerateContentConfig(system_instruction="Be brief", max_output_tokens=99)
        async for _ in await client.aio.models.generate_content_stream(model=model, contents="Hi", config=config):
            pass
        await client.aio.aclose()
        client.close()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("dialect", DIALECTS)
async def test_we_send_the_same_path_and_body_as_the_vendors_own_sdk(dialect: str) -> None:
    model = "some-model"
    async with ScriptedVendor() as vendor:
        vendor.script(model, Script(["Hello"]))
        provider = vendor.provider(dialect)
        await answer_of(provider, ModelRequest(model, "Hi", "Be brief", max_output_tokens=99))
        await provider.close()
        await ask_by_sdk(dialect, vendor, model)
    ours, theirs = vendor.requests
    assert ours.path == theirs.path
    assert ours.json == comparable(theirs.json)
    for name in ("anthropic-version", "content-type"):
        assert ours.headers.get(name, "").split(";")[0] == theirs.headers.get(name, "").split(";")[0]


def comparable(body: dict[str, Any]) -> dict[str, Any]:
    """Google's SDK gives the system instruction a role, which the API ignores."""
    if "systemInstruction" in body:
        body["systemInstruction"].pop("role", None)
    return body
