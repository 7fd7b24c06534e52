"""The HTTP client against raw servers: how replies end, what ends them early, and when a connection is used again."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest
import trustme

from trillm.http import client as client_module
from trillm.http.client import HttpClient, HttpFailure, split_url

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"


class Server:
    """Answers each request on a connection with the next of the given pieces, one connection after the other."""

    def __init__(self, *replies: list[bytes], close: bool = False) -> None:
        self.replies = list(replies)
        self.close = close
        self.heads: list[bytes] = []
        self.connections = 0
        self.url = ""

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while self.replies:
                head = await reader.readuntil(b"\r\n\r\n")
                self.heads.append(head)
                for piece in self.replies.pop(0):
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(0.005)
                if self.close:
                    break
            if not self.close:
                await reader.read()


@asynccontextmanager
async def serving(talk: Talk, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    talking: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talking.add(task)
        try:
            await talk(reader, writer)
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    for task in talking:
        task.cancel()
    await asyncio.gather(*talking, return_exceptions=True)


@pytest.fixture
async def client() -> AsyncIterator[HttpClient]:
    client = HttpClient(2.0, {"User-Agent": "test"})
    yield client
    client.close()


async def get(client: HttpClient, url: str) -> bytes:
    async with client.request("GET", url, {}) as reply:
        return await reply.read_at_most(1 << 20)


async def failure_of(client: HttpClient, url: str) -> str:
    with pytest.raises(HttpFailure) as raised:
        await get(client, url)
    return raised.value.kind


@pytest.fixture
def authority(monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """An authority that the client trusts."""
    authority, context = trustme.CA(), ssl.create_default_context()
    authority.configure_trust(context)
    monkeypatch.setattr(client_module, "_tls", lambda: context)
    return authority


async def over_tls(client: HttpClient, certificate: trustme.LeafCert, talk: Talk) -> str | bytes:
    """Return the body, or the kind of failure, of a request to a server with this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    async with serving(talk, context) as url:
        try:
            return await get(client, url.replace("http:", "https:"))
        except HttpFailure as failure:
            return failure.kind
        finally:
            client.close()


async def test_a_trusted_server_is_spoken_to_in_tls(client: HttpClient, authority: trustme.CA) -> None:
    server = Server([HEAD + b"Content-Length: 4\r\n\r\n", b"text"])
    assert await over_tls(client, authority.issue_cert("127.0.0.1"), server.talk) == b"text"
    assert server.heads[0].startswith(b"GET / HTTP/1.1\r\n")


@pytest.mark.parametrize("why", ["another authority", "another host"])
async def test_a_server_that_cannot_be_trusted_is_told_nothing(
    client: HttpClient, authority: trustme.CA, why: str
) -> None:
    signed_by = trustme.CA() if why == "another authority" else authority
    certificate = signed_by.issue_cert("127.0.0.1" if why == "another authority" else "vendor.example")
    server = Server([HEAD + b"Content-Length: 0\r\n\r\n"])
    assert await over_tls(client, certificate, server.talk) == "tls"
    assert server.heads == []


ENDS = {
    "by its length": [HEAD + b"Content-Length: 4\r\n\r\n", b"te", b"xt"],
    "by a last chunk": [HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nte\r\n", b"2\r\nxt\r\n0\r\nTrailer: x\r\n\r\n"],
    "byte by byte": [bytes([byte]) for byte in HEAD + b"Content-Length: 4\r\n\r\ntext"],
    "after a word to wait": [b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n", HEAD + b"Content-Length: 4\r\n\r\ntext"],
}


@pytest.mark.parametrize("end", ENDS)
async def test_a_body_ends_where_its_head_says_and_the_connection_is_used_again(client: HttpClient, end: str) -> None:
    server = Server(ENDS[end], ENDS[end])
    async with serving(server.talk) as url:
        assert [await get(client, url), await get(client, url)] == [b"text", b"text"]
        client.close()
    assert server.connections == 1


async def test_a_body_without_a_length_ends_with_its_connection(client: HttpClient) -> None:
    server = Server([HEAD + b"\r\n", b"te", b"xt"], close=True)
    async with serving(server.talk) as url:
        assert await get(client, url) == b"text"


@pytest.mark.parametrize(
    ("pieces", "kind"),
    [
        ([HEAD + b"Content-Length: 9\r\n\r\n", b"te"], "cut"),
        ([HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nte"], "cut"),
        ([HEAD[:20]], "cut"),
        ([b""], "cut"),
        ([HEAD + b"Transfer-Encoding: chunked\r\n\r\nno number\r\n"], "not-http"),
        ([b"SSH-2.0-x\r\n"], "not-http"),
        ([HEAD + b"X: " + b"y" * (80 << 10), b"y" * 10], "not-http"),
        ([HEAD + b"Content-Encoding: br\r\nContent-Length: 1\r\n\r\nx"], "encoding"),
        ([b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"], "not-http"),
    ],
)
async def test_a_reply_that_is_not_whole_is_a_typed_failure(client: HttpClient, pieces: list[bytes], kind: str) -> None:
    server = Server(pieces, close=True)
    async with serving(server.talk) as url:
        assert await failure_of(client, url) == kind


async def test_what_came_whole_before_a_reply_breaks_is_read_first(client: HttpClient) -> None:
    server = Server([HEAD + b"Transfer-Encoding: chunked\r\n\r\n4\r\ntext\r\nno number\r\n"])
    async with serving(server.talk) as url, client.request("GET", url, {}) as reply:
        assert await reply.read() == b"text"
        with pytest.raises(HttpFailure, match="not HTTP"):
            await reply.read()


async def test_a_head_that_came_whole_is_told_though_its_body_is_broken(client: HttpClient) -> None:
    broken = b"HTTP/1.1 429 Slow down\r\nRetry-After: 7 \r\nTransfer-Encoding: chunked\r\n\r\nno number\r\n"
    server = Server([broken], close=True)
    async with serving(server.talk) as url, client.request("GET", url, {}) as reply:
        assert (reply.status, reply.headers["retry-after"]) == (429, "7")


async def test_a_body_without_a_length_that_is_torn_is_cut(client: HttpClient) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HEAD + b"\r\ntext")
        await writer.drain()
        await asyncio.sleep(0.05)
        tearing = struct.pack("ii", 1, 0)  # linger for no time: a reset in the place of an end
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, tearing)
        writer.transport.abort()

    async with serving(talk) as url:
        assert await failure_of(client, url) == "cut"


@pytest.mark.parametrize(
    "end", [b"1\r\n!\r\n0\r\n\r\n", b""], ids=["the end of its chunks", "the end of its connection"]
)
@pytest.mark.parametrize("late", [True, False], ids=["while it waits", "before it asks"])
async def test_who_does_not_read_is_told_when_the_rest_is_there(client: HttpClient, end: bytes, late: bool) -> None:
    go = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nHi\r\n")
        await go.wait()
        if end:
            writer.write(end)
            await reader.read()

    async with serving(talk) as url, client.request("GET", url, {}) as reply:
        assert await reply.read() == b"Hi"
        told = asyncio.Event()
        if late:
            reply.when_whole(told.set)
            await asyncio.sleep(0.02)
            assert not told.is_set()
        go.set()
        if not late:
            await asyncio.sleep(0.05)
            reply.when_whole(told.set)
            assert told.is_set()
        await asyncio.wait_for(told.wait(), 5)
        if end:
            assert await reply.read_at_most(10) == b"!"
        else:
            with pytest.raises(HttpFailure, match="cut"):
                await reply.read()


async def test_a_closed_client_keeps_no_connection(client: HttpClient) -> None:
    ended = asyncio.Event()
    async with serving(replying(HEAD + b"Content-Length: 4\r\n\r\ntext", ended)) as url:
        async with client.request("GET", url, {}) as reply:
            client.close()
            assert await reply.read() == b"text"
        await asyncio.wait_for(ended.wait(), 5)


@pytest.mark.parametrize(
    "reply",
    [
        HEAD + b"Connection: close\r\nContent-Length: 1\r\n\r\nx",
        HEAD + b"Content-Length: 1\r\n\r\nxHTTP/1.1 200 OK\r\n",
        (HEAD + b"Content-Length: 1\r\n\r\nx") * 2,
    ],
    ids=["that is told to close", "that begins a second reply", "that replies twice"],
)
async def test_a_connection_is_not_used_again(client: HttpClient, reply: bytes) -> None:
    server = Server([reply], [reply])
    async with serving(server.talk) as url:
        assert [await get(client, url), await get(client, url)] == [b"x", b"x"]
        client.close()
    assert server.connections == 2


async def test_a_connection_that_was_closed_or_spoke_while_idle_is_not_used_again(client: HttpClient) -> None:
    once = HEAD + b"Content-Length: 1\r\n\r\nx"
    for end in ([once, b"unasked"], [once]):
        server = Server(end, [once], close=len(end) == 1)
        async with serving(server.talk) as url:
            async with client.request("GET", url, {}) as reply:
                assert await reply.read() == b"x"
                assert await reply.read() == b""
            await asyncio.sleep(0.05)
            assert await get(client, url) == b"x"
            client.close()
        assert server.connections == 2


async def test_connections_that_end_while_idle_are_forgotten(client: HttpClient) -> None:
    once = HEAD + b"Content-Length: 1\r\n\r\nx"
    server = Server(*([once] for _ in range(5)), close=True)
    async with serving(server.talk) as url:
        await asyncio.gather(*(get(client, url) for _ in range(5)))
        await asyncio.sleep(0.05)
    assert server.connections == 5
    assert not any(client._idle.values())


def replying(reply: bytes, ended: asyncio.Event) -> Talk:
    """Reply once, and tell when the client has closed the connection."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(reply)
        with suppress(ConnectionError):
            await reader.read()
        ended.set()

    return talk


async def test_an_idle_connection_is_closed_after_its_time(monkeypatch: pytest.MonkeyPatch, client: HttpClient) -> None:
    monkeypatch.setattr(client_module, "IDLE_SECONDS", 0.01)
    ended = asyncio.Event()
    async with serving(replying(HEAD + b"Content-Length: 1\r\n\r\nx", ended)) as url:
        await get(client, url)
        await asyncio.wait_for(ended.wait(), 5)


async def test_leaving_before_the_end_closes_the_connection(client: HttpClient) -> None:
    ended = asyncio.Event()
    async with serving(replying(HEAD + b"Content-Length: 9\r\n\r\nx", ended)) as url:
        async with client.request("GET", url, {}) as reply:
            assert await reply.read() == b"x"
        await asyncio.wait_for(ended.wait(), 5)


async def test_a_sender_waits_for_a_reader_that_is_behind(client: HttpClient) -> None:
    size, sent = 64 << 20, 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HEAD + b"Content-Length: %d\r\n\r\n" % size)
        with suppress(ConnectionError):
            for _ in range(size >> 16):
                writer.write(b"x" * 65_536)
                await writer.drain()
                sent += 65_536

    async with serving(talk) as url, client.request("GET", url, {}) as reply:
        await asyncio.sleep(0.3)
        assert sent < size
        read = 0
        while chunk := await reply.read():
            read += len(chunk)
    assert read == size


async def test_the_request_says_what_it_was_given_and_no_more(client: HttpClient) -> None:
    server = Server([HEAD + b"Content-Length: 0\r\n\r\n"])
    async with serving(server.talk) as url:
        async with client.request("POST", url + "/a%20b?c=d", {"X-Key": "secret"}, b"{}") as reply:
            assert reply.status == 200
        client.close()
    assert server.heads == [
        b"POST /a%20b?c=d HTTP/1.1\r\nHost: "
        + url.removeprefix("http://").encode()
        + b"\r\nAccept-Encoding: identity\r\n"
        b"User-Agent: test\r\nX-Key: secret\r\nContent-Length: 2\r\n\r\n"
    ]


@pytest.mark.parametrize("value", ["a\r\nX-Other: b", "ü", "\0"])
async def test_a_header_that_would_be_two_or_none_is_not_sent(client: HttpClient, value: str) -> None:
    with pytest.raises(HttpFailure, match="X-Key") as raised:
        async with client.request("GET", "http://127.0.0.1:9/", {"X-Key": value}):
            pass
    assert raised.value.kind == "unsendable"


@pytest.mark.parametrize(
    "url", ["ftp://host/", "http:///path", "http://u:p@host/", "http://host:99999/", "http://host/a b", "http://[::1/"]
)
async def test_an_address_that_is_none_is_not_asked(client: HttpClient, url: str) -> None:
    assert await failure_of(client, url) == "unsendable"


def test_an_address_is_split_into_where_to_connect_and_what_to_say() -> None:
    address, host, target = split_url("https://[2001:db8::1]:8443/v1?x=1#part")
    assert (address.host, address.port, address.tls) == ("2001:db8::1", 8443, True)
    assert (host, target) == ("[2001:db8::1]:8443", "/v1?x=1")
    assert split_url("http://bücher.example")[1:] == ("xn--bcher-kva.example", "/")


async def test_nobody_at_the_address_and_no_such_name_are_told_apart(client: HttpClient) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refused
        assert await failure_of(client, f"http://127.0.0.1:{taken.getsockname()[1]}/") == "unreachable"
    assert await failure_of(client, "http://no-such-host.invalid/") == "name"
