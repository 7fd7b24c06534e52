"""How fast this machine is: what a bare aiohttp client pays for a streamed token, beside what the goals were set with.

python -m bench.yardstick PORT    # the child of `yardstick`; PORT is the mock's
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from typing import Final

import aiohttp
import orjson
import uvloop

from bench.processes import ROOT, Measured, on_core

REFERENCE_US: Final = 28.0
"""CPU microseconds a token of the same reading where the goals in microseconds and milliseconds were set: aiohttp and
orjson, 20 streams of 300 tokens at 100 a second, a TCP segment each (decision 0025)."""
STREAMS: Final = 20
TOKENS: Final = 300


def yardstick(mock: Measured, core: int) -> float:
    """Return CPU microseconds a token of the reference reading on this core, by a process of its own."""
    command = [sys.executable, "-m", "bench.yardstick", str(mock.port)]
    with on_core(core):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    return float(done.stdout)


async def _read_all(port: int) -> float:
    url = f"http://127.0.0.1:{port}/v1/chat/completions"
    body = {"model": f"gpt-mock-ttft0-tps100-n{TOKENS}", "stream": True}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def read(number: int) -> int:
            body_of_one = {**body, "messages": [{"role": "user", "content": f"yardstick {number}"}]}
            async with session.post(url, json=body_of_one) as reply:
                reply.raise_for_status()
                events = [orjson.loads(line[6:]) async for line in reply.content if line.startswith(b"data: {")]
            return sum(bool(event["choices"] and event["choices"][0]["delta"].get("content")) for event in events)

        await read(-1)
        begun = time.process_time()
        tokens = sum(await asyncio.gather(*map(read, range(STREAMS))))
        return 1e6 * (time.process_time() - begun) / tokens


if __name__ == "__main__":
    print(uvloop.run(_read_all(int(sys.argv[1]))))
