"""HTTP towards the vendors: what every kind of reply and failure becomes."""

from __future__ import annotations

import asyncio
import gzip
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from aiohttp import web
from tests.providers.vendors import DIALECTS, Script, ScriptedVendor, answer_of

from trillm.providers.catalogue import Catalogue
from trillm.providers.dialects.failures import failure
from trillm.providers.provider import Finish, ModelRequest
from trillm.providers.vendor import build_vendors
from trillm.providers.wire import Secret, Wire, is_base_url
from trillm.vocabulary.errors import InvalidInput, ProviderError

ASK = ModelRequest("m", "Hi")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/{path:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}/"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def listening(raw: bytes | None) -> AsyncIterator[int]:
    """A port that answers every connection with these bytes and closes it; with None it never says a word."""
    answering: set[asyncio.Task[None] | None] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answering.add(asyncio.current_task())
        await reader.read(1 if raw is not None else -1)
        writer.write(raw or b"")
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
    await asyncio.gather(*(task for task in answering if task is not None))


async def read_all(url: str, connect_timeout: float) -> None:
    wire = Wire(connect_timeout)
    wire.retain()
    try:
        async with wire.post(url, {}, {"q": 1}) as reply:
            while await reply.read():
                pass
    finally:
        wire.release()


async def error_of(url: str, connect_timeout: float = 30.0) -> ProviderError:
    with pytest.raises(ProviderError) as raised:
        await read_all(url, connect_timeout)
    return raised.value


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("status", "kind", "retry"),
    [
        (400, "bad-request", False),
        (401, "authentication", False),
        (402, "permission", False),
        (403, "permission", False),
        (404, "model-not-found", False),
        (408, "server-error", True),
        (413, "context-length", False),
        (418, "bad-request", False),
        (422, "bad-request", False),
        (429, "rate-limited", True),
        (500, "server-error", True),
        (502, "server-error", True),
        (503, "overloaded", True),
        (529, "overloaded", True),
    ],
)
async def test_a_status_becomes_its_error(dialect: str, status: int, kind: str, retry: bool) -> None:
    async with ScriptedVendor() as vendor:
        vendor.script("m", Script(status=status, message="of the scripted kind"))
        provider = vendor.provider(dialect)
        _, error = await answer_of(provider, ASK)
        await provider.close()
    assert isinstance(error, ProviderError)
    assert (error.type, error.retry, error.http_status) == (kind, retry, status)
    assert "of the scripted kind" in error.detail


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "0.5"}, 0.5),
        ({"Retry-After": "9", "retry-after-ms": "250"}, 0.25),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-3"}, None),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": "Mon, 01 Jan 2024 00:00:00 GMT"}, 0.0),
        ({}, None),
    ],
)
async def test_retry_after_is_read_in_seconds_milliseconds_and_dates(
    headers: dict[str, str], seconds: float | None
) -> None:
    async with ScriptedVendor() as vendor:
        vendor.script("m", Script(status=429, headers=headers))
        provider = vendor.provider("openai-chat")
        _, error = await answer_of(provider, ASK)
        await provider.close()
    assert isinstance(error, ProviderError)
    assert error.retry_after == seconds


def test_retry_after_as_a_date_to_come_is_the_time_until_then() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    waited = failure({}, status=503, headers={"retry-after": soon}).retry_after
    assert waited is not None
    assert 50 < waited <= 60


def test_googles_retry_info_in_the_body_is_read() -> None:
    info = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.5s"}
    body = [{"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "details": [{"@type": "x"}, info]}}]
    assert failure(body, status=429).retry_after == 34.5


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (400, {"code": "context_length_exceeded", "message": "too long"}, "context-length"),
        (400, {"type": "invalid_request_error", "message": "prompt is too long: 9 tokens"}, "context-length"),
        (400, {"status": "INVALID_ARGUMENT", "message": "The input token count (9) exceeds"}, "context-length"),
        (400, {"message": "Your credit balance is too low"}, "permission"),
        (429, {"code": "insufficient_quota", "message": "check your plan and billing details"}, "permission"),
        (429, {"status": "RESOURCE_EXHAUSTED", "message": "check your plan and billing"}, "rate-limited"),
        (400, {"status": "INVALID_ARGUMENT", "message": "API key not valid."}, "authentication"),
        (400, {"code": "content_filter", "message": "filtered"}, "refused"),
        (400, {"code": "model_not_found"}, "model-not-found"),
        (500, "plain words", "server-error"),
        (None, {"code": 429, "message": "slow down"}, "rate-limited"),
        (None, {"code": {"odd": 1}}, "server-error"),
    ],
)
def test_the_errors_own_name_tells_more_than_a_vague_status(status: int | None, error: Any, kind: str) -> None:
    assert failure({"error": error}, status=status).type == kind


@pytest.mark.parametrize("body", [None, [], ["not", "an", "error"], "text", 7, {"error": None}])
def test_an_error_body_of_any_shape_is_borne(body: Any) -> None:
    assert failure(body, status=400).detail == "The vendor answered 400."


def test_what_a_vendor_says_is_cut_cleaned_and_shows_no_key() -> None:
    said = (
        "Incorrect \x1b[31mkey\x00 sk-proj-abc***xyz and AIzaSyA1b2c3 and Bearer abc.def for my-own-key " + "x" * 9000
    )
    detail = failure({"error": {"message": said}}, status=401, secret="my-own-key").detail
    assert len(detail) < 300
    assert detail.isprintable()
    for leak in ("sk-proj", "AIza", "abc.def", "my-own-key"):
        assert leak not in detail


async def test_an_endless_error_body_is_not_read_to_its_end() -> None:
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse(status=500)
        await response.prepare(request)
        try:
            for _ in range(1024):
                await response.write(b"x" * 65_536)
                sent += 65_536
        except ConnectionError:
            pass
        return response

    async with serving(endless) as url:
        error = await error_of(url)
    assert error.type == "server-error"
    assert sent < 32 << 20


async def test_a_body_over_its_bound_is_refused_even_when_its_events_are_small() -> None:
    async def endless(_: web.Request) -> web.StreamResponse:
        return web.Response(body=b": nothing\n" * (2 << 20), headers={"Content-Type": "text/event-stream"})

    async with serving(endless) as url:
        assert (await error_of(url)).type == "too-large"


async def test_a_compressed_answer_is_malformed_so_that_no_body_is_larger_than_it_was_sent() -> None:
    async def compressed(request: web.Request) -> web.StreamResponse:
        assert request.headers["Accept-Encoding"] == "identity"
        headers = {"Content-Type": "text/event-stream", "Content-Encoding": "gzip"}
        return web.Response(body=gzip.compress(b"data: {}\n\n"), headers=headers)

    async with serving(compressed) as url:
        assert (await error_of(url)).type == "malformed"


async def test_a_compressed_error_still_says_by_its_status_what_it_is() -> None:
    async def compressed(_: web.Request) -> web.StreamResponse:
        return web.Response(status=503, body=gzip.compress(b"{}"), headers={"Content-Encoding": "gzip"})

    async with serving(compressed) as url:
        assert (await error_of(url)).type == "overloaded"


@pytest.mark.parametrize("content_type", ["text/html", "application/json", "text/plain"])
async def test_anything_but_an_event_stream_is_malformed(content_type: str) -> None:
    async def other(_: web.Request) -> web.StreamResponse:
        return web.Response(text='{"choices": []}', content_type=content_type)

    async with serving(other) as url:
        error = await error_of(url)
    assert error.type == "malformed"
    assert content_type in error.detail


async def test_a_redirect_is_not_followed_so_that_the_key_stays_with_its_host() -> None:
    seen: list[str] = []

    async def elsewhere(request: web.Request) -> web.StreamResponse:
        seen.append(request.path)
        raise web.HTTPTemporaryRedirect("/stolen")

    async with serving(elsewhere) as url:
        error = await error_of(url)
    assert (error.type, seen) == ("malformed", ["/"])


async def test_a_refused_connection_is_a_connection_error() -> None:
    async with listening(b"") as port:
        pass
    assert (await error_of(f"http://127.0.0.1:{port}/")).type == "connection"


async def test_a_name_that_does_not_exist_is_a_connection_error() -> None:
    assert (await error_of("http://no-such-host.invalid/")).type == "connection"


async def test_a_connection_closed_without_an_answer_is_a_connection_error() -> None:
    async with listening(b"") as port:
        assert (await error_of(f"http://127.0.0.1:{port}/")).type == "connection"


async def test_tls_towards_a_server_without_tls_is_a_connection_error() -> None:
    async with listening(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        assert (await error_of(f"https://127.0.0.1:{port}/")).type == "connection"


async def test_a_reply_that_is_not_http_is_malformed() -> None:
    async with listening(b"SSH-2.0-OpenSSH_9.2\r\n") as port:
        assert (await error_of(f"http://127.0.0.1:{port}/")).type == "malformed"


async def test_a_host_that_never_completes_the_connection_is_a_connect_timeout() -> None:
    async with listening(None) as port:  # so the TLS handshake is never answered
        error = await error_of(f"https://127.0.0.1:{port}/", connect_timeout=0.1)
    assert (error.type, error.retry) == ("connect-timeout", True)


async def test_what_cannot_be_written_as_json_is_a_bad_request_and_is_not_sent() -> None:
    async with ScriptedVendor() as vendor:
        provider = vendor.provider("openai-chat")
        _, error = await answer_of(provider, ModelRequest("m", "half a pair: \ud83d"))
        await provider.close()
        assert vendor.requests == []
    assert isinstance(error, ProviderError)
    assert error.type == "bad-request"


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_the_next_question_uses_the_same_connection(dialect: str) -> None:
    ports: set[int] = set()

    async with ScriptedVendor() as vendor:
        vendor.script("m", Script(["Hello"]))
        vendor.on_connection = ports.add
        provider = vendor.provider(dialect)
        for _ in range(5):
            text, _ = await answer_of(provider, ASK)
            assert text == "Hello"
        await provider.close()
    assert len(ports) == 1


async def test_the_vendors_share_a_session_until_the_last_of_them_closes() -> None:
    async with ScriptedVendor() as vendor:
        vendor.script("m", Script(["Hello"]))
        urls = {"openai": vendor.base_url("openai-responses"), "gemini": vendor.root}
        keys = dict.fromkeys(urls, "key")
        vendors = {v.name: v for v in build_vendors(Catalogue.load(), keys, urls, connect_timeout=1)}
        await answer_of(vendors["openai"], ASK)
        await vendors["openai"].close()
        await vendors["openai"].close()
        text, _ = await answer_of(vendors["gemini"], ASK)
        assert text == "Hello"
        _, error = await answer_of(vendors["openai"], ASK)
        assert isinstance(error, ProviderError)
        for each in vendors.values():
            await each.close()


def test_a_vendor_without_its_key_says_which_variable_to_set() -> None:
    vendors = {v.name: v for v in build_vendors(Catalogue.load(), {"anthropic": " \n"}, {}, connect_timeout=1)}
    assert vendors["gemini"].is_available().reason == "set GEMINI_API_KEY or GOOGLE_API_KEY to ask gemini"
    assert not vendors["anthropic"].is_available().ready


@pytest.mark.parametrize("key", ["two\nlines", "caf\u00e9", "a\x00b"])
async def test_a_key_that_no_header_can_carry_makes_the_vendor_unavailable(key: str) -> None:
    vendors = {v.name: v for v in build_vendors(Catalogue.load(), {"openai": key}, {}, connect_timeout=1)}
    _, error = await answer_of(vendors["openai"], ASK)
    assert isinstance(error, ProviderError)
    assert error.type == "not-configured"
    assert key not in error.detail


@pytest.mark.parametrize(
    "url", ["", "api.openai.com/v1", "ftp://a/v1", "http://", "https://a/v1?x=1", "https://u:p@a/v1", "http://a:99999"]
)
def test_a_base_url_that_is_none_is_refused_with_its_variable(url: str) -> None:
    assert not is_base_url(url)
    with pytest.raises(InvalidInput, match=r"^OPENAI_BASE_URL: the base URL of openai"):
        build_vendors(Catalogue.load(), {}, {"openai": url}, connect_timeout=1)


async def test_a_key_is_in_no_repr_and_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with ScriptedVendor() as vendor:
        vendor.script("m", Script(["Hello"]), Script(status=401, message="wrong key: sk-test-key"))
        provider = vendor.provider("openai-chat")
        _, finish = await answer_of(provider, ASK)
        _, error = await answer_of(provider, ASK)
        await provider.close()
    assert isinstance(finish, Finish)
    assert isinstance(error, ProviderError)
    shown = repr(Secret("sk-test-key")) + str(Secret("sk-test-key")) + repr(vars(provider)) + error.detail + caplog.text
    assert "sk-test-key" not in shown
