"""Many at once, some of whom leave in the middle: each question is answered, each answer bought once, nothing stays.

`make load` asks many more questions than `make test` does.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from itertools import count

import httpx
import psutil
import pytest
from tests.journeys.conftest import Server, StartServer, wait_until
from tests.providers.vendors import Script

ASKERS = 30
QUESTIONS = 120
SHORT = {
    "gpt-6.1-terra": Script(["It is ", "Paris."], between=0.02),
    "gemini-3.8-flash": Script(["Paris, ", "as ever."], between=0.03),
    "claude-sonnet-5-5": Script(["Paris ", "is the capital."], between=0.01),
}


async def ask(client: httpx.AsyncClient, number: int) -> None:
    """Ask one question: to wait for it, to follow it, or to follow it and leave with the first words."""
    question = {"question": f"Question <{number}>: what is the capital of France?"}
    if number % 3 == 0:
        reply = await client.post("/api/query", json=question)
        assert reply.json()["status"] == "complete", reply.text
        return
    async with client.stream("POST", "/api/query", json=question, headers={"Accept": "text/event-stream"}) as events:
        read = ""
        async for piece in events.aiter_text():
            read += piece
            if number % 3 == 2 and "response.delta" in read:
                return
    assert read.count("event: response.completed") == 3, read
    assert '"status":"complete"' in read.rpartition("event: done")[2]


async def ask_all(server: Server, questions: int) -> None:
    numbers = count()

    async def asker(client: httpx.AsyncClient) -> None:
        while (number := next(numbers)) < questions:
            await ask(client, number)

    async with httpx.AsyncClient(base_url=server.url, timeout=120, limits=httpx.Limits()) as client:
        await asyncio.gather(*(asker(client) for _ in range(ASKERS)))


def gauge(server: Server, name: str) -> float:
    lines = httpx.get(f"{server.url}/metrics").text.splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith(f"{name} "))


@pytest.mark.load
def test_many_at_once_are_each_answered_and_bought_once_and_leave_nothing_behind(
    start_server: StartServer, scale: int
) -> None:
    server = start_server(TRILLM_JUDGE="never")
    server.vendors.script(**SHORT)
    process, questions = psutil.Process(server.process.pid), QUESTIONS * scale
    threads = process.num_threads()
    asyncio.run(ask_all(server, questions))
    wait_until(lambda: gauge(server, "trillm_queries_running") == 0)
    asked = Counter(str(request.json).partition("<")[2].partition(">")[0] for request in server.vendors.server.requests)
    assert asked == {str(number): 3 for number in range(questions)}
    # connections to vendors, kept for the next question: as many as were ever needed at once, since for who has left
    # the models answer on while the next question is asked
    idle = 2 * 3 * ASKERS
    wait_until(lambda: len(process.net_connections()) <= 1 + idle)
    assert process.num_threads() <= threads + 4  # the pool of the framework's, of which none waits for a question
    assert process.children() == []
    assert not [line for line in server.log if '"level":"error"' in line]
