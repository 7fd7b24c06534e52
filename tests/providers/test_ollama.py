"""A running Ollama is found and asked, and nothing else on its port does harm. The server here speaks its API."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from trillm.providers.ollama import MAX_TAGS_BODY, find_ollama, ollama_url, ollama_vendor
from trillm.providers.provider import Delta, Finish, ModelRequest
from trillm.vocabulary.errors import ProviderError

PATIENCE = 10.0


def tag(name: str, family: str = "llama", **more: object) -> dict[str, Any]:
    details = {"format": "gguf", "family": family, "parameter_size": "3.2B", "quantization_level": "Q4_K_M"}
    return {"name": name, "model": name, "size": 2_019_393_189, "digest": "a80c4f17acd5", "details": details, **more}


class Ollama:
    """The two endpoints of Ollama that are used, with the answers that it gives."""

    def __init__(self) -> None:
        self.models = [tag("llama3.2:latest"), tag("hf.co/bartowski/Qwen3-4B-GGUF:Q4_K_M", "qwen3")]
        self.asked: list[dict[str, Any]] = []
        self.tags: Callable[[web.Request], Awaitable[web.StreamResponse]] = self._tags
        self.url = ""

    async def _tags(self, _: web.Request) -> web.StreamResponse:
        return web.json_response({"models": self.models})

    async def chat(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.asked.append(body)
        if body["model"] not in {model["name"] for model in self.models}:
            error = {"message": f'model "{body["model"]}" not found', "type": "api_error", "param": None, "code": None}
            return web.json_response({"error": error}, status=404)
        reply = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await reply.prepare(request)
        for choices in (
            [{"index": 0, "delta": {"role": "assistant", "content": "Par"}, "finish_reason": None}],
            [{"index": 0, "delta": {"role": "assistant", "content": "is."}, "finish_reason": None}],
            [{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": "stop"}],
        ):
            await self._send(reply, choices=choices)
        usage = {"prompt_tokens": 31, "completion_tokens": 3, "total_tokens": 34}
        await self._send(reply, choices=[], usage=usage)
        await reply.write(b"data: [DONE]\n\n")
        return reply

    async def _send(self, reply: web.StreamResponse, **fields: object) -> None:
        chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m", **fields}
        await reply.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")


@pytest.fixture
async def ollama() -> AsyncIterator[Ollama]:
    made = Ollama()

    async def tags(request: web.Request) -> web.StreamResponse:
        return await made.tags(request)

    app = web.Application()
    app.router.add_get("/api/tags", tags)
    app.router.add_post("/v1/chat/completions", made.chat)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


async def test_a_running_ollama_is_found_with_its_models(ollama: Ollama):
    models = await find_ollama(ollama.url, PATIENCE)
    assert [model.key for model in models] == [
        "ollama:llama3.2:latest",
        "ollama:hf.co/bartowski/Qwen3-4B-GGUF:Q4_K_M",
    ]
    assert all(model.local for model in models)
    assert "3.2B" in models[0].description


async def test_it_is_asked_in_its_chat_dialect_and_costs_nothing(ollama: Ollama):
    vendor = await ollama_vendor(ollama.url, 5, find_timeout=PATIENCE)
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
    assert ollama.asked[0]["messages"] == [{"role": "user", "content": "What is the capital of France?"}]
    assert ollama.asked[0]["temperature"] == 0.2


async def test_a_model_that_was_removed_meanwhile_is_a_typed_failure(ollama: Ollama):
    vendor = await ollama_vendor(ollama.url, 5, find_timeout=PATIENCE)
    assert vendor is not None
    ollama.models.clear()
    with pytest.raises(ProviderError) as caught:
        _ = [event async for event in vendor.query(ModelRequest("llama3.2:latest", "Hello?"))]
    await vendor.close()
    assert caught.value.type == "model-not-found"


async def test_models_that_answer_elsewhere_and_models_that_only_embed_are_left_out(ollama: Ollama):
    ollama.models = [
        tag("nomic-embed-text:latest", "nomic-bert"),
        tag("gpt-oss:120b-cloud", "gptoss", remote_model="gpt-oss:120b", remote_host="https://ollama.com:443"),
        tag("gemma3:270m", "gemma3"),
    ]
    assert [model.name for model in await find_ollama(ollama.url, PATIENCE)] == ["gemma3:270m"]


async def test_an_entry_that_is_no_model_does_not_hide_the_others(ollama: Ollama):
    ollama.models = [
        tag("<b>bold</b>"),
        tag("x" * 300),
        tag("evil", "line\nbreak"),
        {"name": 7},
        {},
        tag("gemma3:270m", "gemma3"),
    ]
    assert [model.name for model in await find_ollama(ollama.url, PATIENCE)] == ["gemma3:270m"]


async def test_an_ollama_without_models_is_no_provider(ollama: Ollama):
    ollama.models = []
    assert await ollama_vendor(ollama.url, 5, find_timeout=PATIENCE) is None


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
async def test_whatever_else_answers_on_that_port_is_no_ollama(ollama: Ollama, text: str, status: int):
    async def other(_: web.Request) -> web.StreamResponse:
        return web.Response(text=text, status=status, headers={"Location": "/api/tags"})

    ollama.tags = other
    assert await find_ollama(ollama.url, PATIENCE) == []


async def test_a_port_that_accepts_and_is_silent_is_given_up(ollama: Ollama):
    async def silent(_: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    ollama.tags = silent
    assert await find_ollama(ollama.url, 0.05) == []


async def test_a_server_that_cuts_the_list_is_no_ollama(ollama: Ollama):
    async def cut(request: web.Request) -> web.StreamResponse:
        reply = web.StreamResponse(headers={"Content-Length": "1000"})
        await reply.prepare(request)
        await reply.write(b'{"models": [')
        assert request.transport
        request.transport.close()
        return reply

    ollama.tags = cut
    assert await find_ollama(ollama.url, PATIENCE) == []


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
