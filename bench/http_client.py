"""What reading vendors' streams costs: our client and aiohttp (HTTP/1.1) beside pyreqwest (HTTP/1.1 and HTTP/2).

One Node process serves the same paced event stream over both protocols; each client runs in a process of its own and
parses every event as the product does. Printed: CPU microseconds a chunk and a request, peak memory.

    .venv/bin/python -m bench.http_client
"""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import uvloop

from trillm.http.client import HttpClient
from trillm.providers.dialects.event_stream import EventStream
from trillm.providers.dialects.openai_chat import OpenAIChat

STREAMS = (3, 20)
TOKENS = 200
TOKENS_PER_SECOND = 100
SHORT_REQUESTS = 400
AT_ONCE = 20
ROUNDS = 3

SERVER = """
const http = require('http'), http2 = require('http2');
const event = JSON.stringify({choices: [{index: 0, delta: {content: 'token '}, finish_reason: null}]});
const chunk = `data: ${event}\\n\\n`;
function answer(request, response) {
  request.resume();
  const [tokens, rate] = request.url.split('/').slice(1).map(Number);
  response.writeHead(200, {'content-type': 'text/event-stream'});
  let sent = 0;
  const next = () => {
    if (sent++ === tokens) return response.end('data: [DONE]\\n\\n');
    response.write(chunk);
    setTimeout(next, 2 * Math.random() * 1000 / rate);  // vendors' streams do not tick together
  };
  tokens ? next() : response.end('data: [DONE]\\n\\n');
}
const one = http.createServer(answer).listen(0, '127.0.0.1', () => {
  const two = http2.createServer(answer).listen(0, '127.0.0.1', () => {
    console.log(JSON.stringify([one.address().port, two.address().port]));
  });
});
"""

Ask = Callable[[str], Awaitable[None]]


async def read_events(read: Callable[[], Awaitable[Any]]) -> None:
    """Read a stream to its end as the product does."""
    events, reader = EventStream(), OpenAIChat().reader()
    while chunk := await read():
        reader.read(events.feed(bytes(chunk)))


async def with_ours(root: str, measure: Callable[[Ask], Awaitable[None]]) -> None:
    """Measure the product's own client."""
    client = HttpClient(10.0)

    async def ask(path: str) -> None:
        async with client.request("POST", root + path, {}, b"{}") as reply:
            await read_events(reply.read)

    await measure(ask)
    client.close()


async def with_aiohttp(root: str, measure: Callable[[Ask], Awaitable[None]]) -> None:
    """Measure one shared aiohttp session."""
    import aiohttp

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def ask(path: str) -> None:
            async with session.post(root + path, data=b"{}") as response:
                await read_events(response.content.readany)

        await measure(ask)


async def with_pyreqwest(root: str, measure: Callable[[Ask], Awaitable[None]], *, http2: bool) -> None:
    """Measure one shared pyreqwest client."""
    from pyreqwest.client import ClientBuilder

    builder = ClientBuilder().read_timeout(timedelta(seconds=60))
    builder = builder.http2_prior_knowledge() if http2 else builder.http1_only()
    async with builder.build() as client:

        async def ask(path: str) -> None:
            async with client.post(root + path).body_bytes(b"{}").build_streamed() as response:
                await read_events(response.body_reader.read_chunk)

        await measure(ask)


async def measure(ask: Ask) -> None:
    """Print, as JSON, CPU microseconds a token at each number of streams and a short request, and peak memory in MB."""
    await asyncio.gather(*(ask("/0/1000") for _ in range(AT_ONCE)))
    figures: dict[str, float] = {}
    for streams in STREAMS:
        started = time.process_time()
        await asyncio.gather(*(ask(f"/{TOKENS}/{TOKENS_PER_SECOND}") for _ in range(streams)))
        figures[f"us_per_token_at_{streams}"] = (time.process_time() - started) / (streams * TOKENS) * 1e6
    started = time.process_time()
    for _ in range(SHORT_REQUESTS // AT_ONCE):
        await asyncio.gather(*(ask("/0/1000") for _ in range(AT_ONCE)))
    figures["us_per_request"] = (time.process_time() - started) / SHORT_REQUESTS * 1e6
    figures["mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(figures))


def run_client(name: str, port: str) -> None:
    """Run one client in this process."""
    root = f"http://127.0.0.1:{port}"
    if name == "ours":
        uvloop.run(with_ours(root, measure))
    elif name == "aiohttp":
        uvloop.run(with_aiohttp(root, measure))
    else:
        uvloop.run(with_pyreqwest(root, measure, http2=name.endswith("h2")))


@contextmanager
def server() -> Iterator[tuple[int, int]]:
    """Serve the mock; yield its ports for HTTP/1.1 and for HTTP/2."""
    process = subprocess.Popen(["node", "-e", SERVER], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        one, two = json.loads(process.stdout.readline())
        yield one, two
    finally:
        process.terminate()
        process.communicate(timeout=10)


def main() -> None:
    """Interleave the clients' rounds and print each one's median."""
    subjects = {"ours": 0, "aiohttp": 0, "pyreqwest-h1": 0, "pyreqwest-h2": 1}
    found: dict[str, list[dict[str, float]]] = {name: [] for name in subjects}
    with server() as ports:
        for _ in range(ROUNDS):
            for name, which in subjects.items():
                command = [sys.executable, "-m", "bench.http_client", name, str(ports[which])]
                done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
                found[name].append(json.loads(done.stdout))
    for name, rounds in found.items():
        medians = {key: sorted(r[key] for r in rounds)[len(rounds) // 2] for key in rounds[0]}
        print(f"{name:14}", "  ".join(f"{key} {value:.1f}" for key, value in medians.items()))


if __name__ == "__main__":
    run_client(*sys.argv[1:]) if len(sys.argv) > 1 else main()
