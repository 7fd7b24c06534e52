"""A running Ollama is found and asked, and nothing else on its port does harm."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from tests.providers.scripted_ollama import ScriptedOllama, tag
from tests.providers.vendors import Script

from trillm.providers.ollama import MAX_TAGS_BODY, find_ollama, ollama_url, ollama_vendor
from trillm.providers.provider import Delta, Finish, ModelRequest
from trillm.vocabulary.errors import ProviderError
from trillm.vocabulary.response import Usage

PATIENCE = 10.0


@pytest.fixture
async def ollama() -> AsyncIterator[ScriptedOllama]:
    async with ScriptedOllama() as made:
        made.script("llama3.2:latest", Script(["Par", "is."], usage=Usage(31, 3)))
        made.models.append(tag("hf.co/bartowski/Qwen3-4B-GGUF:Q4_K_M", "qwen3"))
        yield made


async def test_a_running_ollama_is_found_with_its_models(ollama: ScriptedOllama):
    models = await find_ollama(ollama.root, PATIENCE)
    assert [model.key for model in models] == [
        "ollama:llama3.2:latest",
        "ollama:hf.co/bartowski/Qwen3-4B-GGUF:Q4_K_M",
    ]
    assert all(model.local for model in models)
    assert "3.2B" in models[0].description


async def test_it_is_asked_in_its_chat_dialect_and_costs_nothing(ollama: ScriptedOllama):
    vendor = await ollama_vendor(ollama.root, 5, find_timeout=PATIENCE)
    assert vendor is not None
    assert vendor.name == "ollama"
    assert vendor.is_available().ready
    assert [model.name for model in vendor.models()] == [model["name"] for model in ollama.models]
    assert all(model.local for model in vendor.models())
    request = ModelRequest("llama3.2:latest", "What is the capital of France?", options={"temperature": 0.2})
    events = [event async for event in vendor.query(request)]
    await vendor.close()
    assert "".join(event.text for event in events if isinstance(event, Delta)) == "Paris."
    assert isinstance(events[-1], Finish)
    assert events[-1].reason == "complete"
    assert events[-1].cost_usd == 0.0
    assert (events[-1].usage.input_tokens, events[-1].usage.output_tokens) == (31, 3)
    asked = ollama.requests[0].json
    assert asked["messages"] == [{"role": "user", "content": "What is the capital of France?"}]
    assert asked["temperature"] == 0.2


async def test_a_model_that_was_removed_meanwhile_is_a_typed_failure(ollama: ScriptedOllama):
    vendor = await ollama_vendor(ollama.root, 5, find_timeout=PATIENCE)
    assert vendor is not None
    ollama.models.clear()
    with pytest.raises(ProviderError) as caught:
        _ = [event async for event in vendor.query(ModelRequest("llama3.2:latest", "Hello?"))]
    await vendor.close()
    assert caught.value.type == "model-not-found"


async def test_models_that_answer_elsewhere_and_models_that_only_embed_are_left_out(ollama: ScriptedOllama):
    ollama.models = [
        tag("nomic-embed-text:latest", "nomic-bert"),
        tag("gpt-oss:120b-cloud", "gptoss", remote_model="gpt-oss:120b", remote_host="https://ollama.com:443"),
        tag("gemma3:270m", "gemma3"),
    ]
    assert [model.name for model in await find_ollama(ollama.root, PATIENCE)] == ["gemma3:270m"]


async def test_a_model_that_is_not_on_this_machine_may_cost_what_nobody_knows(ollama: ScriptedOllama):
    vendor = await ollama_vendor(ollama.root, 5, find_timeout=PATIENCE)
    assert vendor is not None
    ollama.script("gpt-oss:120b-cloud", Script(["Paris."]))
    *_, finish = [event async for event in vendor.query(ModelRequest("gpt-oss:120b-cloud", "Capital?"))]
    await vendor.close()
    assert isinstance(finish, Finish)
    assert finish.cost_usd is None
    assert vendor.estimate_cost("gpt-oss:120b-cloud", 100, 100) is None
    assert vendor.estimate_cost("llama3.2:latest", 100, 100) == 0.0


async def test_an_entry_that_is_no_model_does_not_hide_the_others(ollama: ScriptedOllama):
    ollama.models = [
        tag("<b>bold</b>"),
        tag("x" * 300),
        tag("evil", "line\nbreak"),
        {"name": 7},
        {},
        tag("gemma3:270m", "gemma3"),
    ]
    assert [model.name for model in await find_ollama(ollama.root, PATIENCE)] == ["gemma3:270m"]


async def test_an_ollama_without_models_is_no_provider(ollama: ScriptedOllama):
    ollama.models = []
    assert await ollama_vendor(ollama.root, 5, find_timeout=PATIENCE) is None


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("<html>It works!</html>", 200),
        ("[]", 200),
        ('{"models": "none"}', 200),
        ('{"models": [', 200),
        ("no", 500),
        ("", 302),
        ('{"models": [' + " " * MAX_TAGS_BODY + "]}", 200),
    ],
)
async def test_whatever_else_answers_on_that_port_is_no_ollama(ollama: ScriptedOllama, text: str, status: int):
    async def other(_: web.Request) -> web.StreamResponse:
        return web.Response(text=text, status=status, headers={"Location": "/api/tags"})

    ollama.tags = other
    assert await find_ollama(ollama.root, PATIENCE) == []


async def test_a_port_that_accepts_and_is_silent_is_given_up(ollama: ScriptedOllama):
    async def silent(_: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    ollama.tags = silent
    assert await find_ollama(ollama.root, 0.05) == []


async def test_a_server_that_cuts_the_list_is_no_ollama(ollama: ScriptedOllama):
    async def cut(request: web.Request) -> web.StreamResponse:
        reply = web.StreamResponse(headers={"Content-Length": "1000"})
        await reply.prepare(request)
        await reply.write(b'{"models": [')
        assert request.transport
        request.transport.close()
        return reply

    ollama.tags = cut
    assert await find_ollama(ollama.root, PATIENCE) == []


async def test_without_ollama_nothing_is_found(unused_tcp_port: int):
    assert await ollama_vendor(f"http://127.0.0.1:{unused_tcp_port}", 5, find_timeout=PATIENCE) is None


@pytest.mark.parametrize("url", ["http://", "not a url", "ftp://127.0.0.1:1"])
async def test_an_address_that_is_none_finds_nothing(url: str):
    assert await find_ollama(url, PATIENCE) == []


@pytest.mark.parametrize(
    ("host", "url"),
    [
        (None, "http://127.0.0.1:11434"),
        ("", "http://127.0.0.1:11434"),
        ("0.0.0.0", "http://127.0.0.1:11434"),  # noqa: S104
        ("0.0.0.0:8080", "http://127.0.0.1:8080"),
        (":8080", "http://127.0.0.1:8080"),
        ("gpu-box", "http://gpu-box:11434"),
        (' "gpu-box:8080" ', "http://gpu-box:8080"),
        ("http://gpu-box", "http://gpu-box:80"),
        ("https://gpu-box", "https://gpu-box:443"),
        ("https://gpu-box:8443/ollama/", "https://gpu-box:8443/ollama"),
        ("[::]:8080", "http://[::1]:8080"),
        ("[::1]", "http://[::1]:11434"),
        ("gpu-box:notaport", "http://gpu-box:11434"),
        ("[::1", "http://127.0.0.1:11434"),
        ("gpu-box:99999", "http://gpu-box:11434"),
    ],
)
def test_ollama_host_means_what_it_means_to_ollama(host: str | None, url: str):
    assert ollama_url(host) == url
