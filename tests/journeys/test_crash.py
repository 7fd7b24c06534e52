"""A server killed at any point loses no accepted query and buys no finished answer twice."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import httpx
import pytest
from tests.journeys.conftest import ANSWERS, Server, StartServer, wait_until
from tests.providers.vendors import Script

CLAUDE = "claude-sonnet-5-5"
QUESTION = {"question": "What is the capital of France?"}
SESSION = {"X-Session-ID": "s" * 24}
EVENTS = {"Accept": "text/event-stream"}


def ended(url: str) -> dict[str, Any]:
    for _ in range(400):
        query = httpx.get(url, timeout=10).json()
        if query["status"] != "running":
            return query
        time.sleep(0.05)
    raise AssertionError("the query did not end")


@pytest.mark.parametrize("after", [0.0, 0.1, 0.3, 0.6])
def test_kill_nine_at_any_point_loses_no_accepted_query(start_server: StartServer, after: float) -> None:
    server = start_server()
    vendors = server.vendors
    # one answers at once, one in the middle, one would never end by itself before the kill
    vendors.script(
        **{
            "gpt-6.1-terra": Script(["Paris."], first_after=0.05),
            "gemini-3.8-flash": Script(["Paris."], first_after=0.25),
        }
    )
    vendors.script(**{CLAUDE: Script(["Par"], fault="stall")})
    location = httpx.post(f"{server.url}/api/query", json=QUESTION, headers={"Prefer": "respond-async"}).headers[
        "location"
    ]
    time.sleep(after)
    complete = {r["id"] for r in httpx.get(server.url + location).json()["responses"] if r["status"] == "complete"}
    server.kill()
    vendors.script(**{CLAUDE: ANSWERS[CLAUDE]})
    server.start()
    query = ended(server.url + location)
    assert query["status"] == "complete"
    kept = {r["id"]: r for r in query["responses"]}
    assert all(
        kept[response_id]["attempt"] == 1 and kept[response_id]["status"] == "complete" for response_id in complete
    )
    for response in kept.values():
        if response["status"] == "complete" and response["attempt"] == 1:
            assert vendors.calls(response["model"]) == 1, "a finished answer was bought twice"


def test_a_stopped_server_hands_its_queries_to_the_next(start_server: StartServer) -> None:
    server = start_server()
    server.vendors.script(**{CLAUDE: Script(["Par"], fault="stall")})
    location = httpx.post(f"{server.url}/api/query", json=QUESTION, headers={"Prefer": "respond-async"}).headers[
        "location"
    ]
    time.sleep(0.3)
    server.stop()
    server.vendors.script(**{CLAUDE: ANSWERS[CLAUDE]})
    server.start()
    assert ended(server.url + location)["status"] == "complete"


def test_who_waits_while_the_server_stops_learns_where_the_answers_will_be(start_server: StartServer) -> None:
    server = start_server()
    server.vendors.script(**{CLAUDE: Script(["Par"], fault="stall")})
    with ThreadPoolExecutor() as beside:
        waiting = beside.submit(httpx.post, f"{server.url}/api/query", json=QUESTION, headers=SESSION, timeout=30)
        wait_until(lambda: [r["status"] for r in asked(server).get("responses", ())].count("complete") == 2)
        query = asked(server)["id"]
        read = ""
        with httpx.stream("GET", f"{server.url}/api/query/{query}", headers=EVENTS, timeout=30) as stream:
            server.stop()
            with suppress(httpx.RemoteProtocolError):  # who reads is cut off, and may resume
                for piece in stream.iter_text():
                    read += piece
        told = waiting.result()
    assert (told.status_code, told.headers["content-type"]) == (503, "application/problem+json")
    assert told.json()["type"] == "urn:trillm:problem:unavailable"
    assert told.headers["location"] == f"/api/query/{query}"
    server.vendors.script(**{CLAUDE: ANSWERS[CLAUDE]})
    server.start()
    assert ended(f"{server.url}/api/query/{query}")["status"] == "complete"
    assert [server.vendors.calls(model) for model in ANSWERS] == [2 if model == CLAUDE else 1 for model in ANSWERS]
    assert (read.count("event: response.completed"), read.count("event: done")) == (2, 0)
    headers = EVENTS | {"Last-Event-ID": read.split("id: ")[-1].split("\n")[0]}
    assert "event: done" in httpx.get(f"{server.url}/api/query/{query}", headers=headers, timeout=20).text


def asked(server: Server) -> dict[str, Any]:
    """Return the session's query as it is kept; nothing before it is accepted."""
    queries = httpx.get(f"{server.url}/api/history", headers=SESSION).json()["queries"]
    return queries[0] if queries else {}


def test_a_reader_that_was_cut_by_the_crash_gets_the_whole_query(start_server: StartServer) -> None:
    server = start_server()
    server.vendors.script(**{CLAUDE: Script(["Par"], fault="stall")})
    location = httpx.post(f"{server.url}/api/query", json=QUESTION, headers={"Prefer": "respond-async"}).headers[
        "location"
    ]
    with httpx.stream("GET", server.url + location, headers={"Accept": "text/event-stream"}, timeout=10) as stream:
        read = next(stream.iter_text())
    last = int(read.split("id: ")[-1].split("\n")[0])
    server.kill()
    server.vendors.script(**{CLAUDE: ANSWERS[CLAUDE]})
    server.start()
    headers = {"Accept": "text/event-stream", "Last-Event-ID": str(last)}
    rest = httpx.get(server.url + location, headers=headers, timeout=20).text
    assert "event: done" in rest
    assert all(int(line[4:]) > last for line in rest.split("\n") if line.startswith("id: "))


def test_an_answered_query_reads_the_same_after_a_restart(start_server: StartServer) -> None:
    server = start_server()
    query = httpx.post(f"{server.url}/api/query", json=QUESTION, timeout=30).json()
    server.kill()
    server.start()
    path = f"{server.url}/api/query/{query['id']}"
    assert httpx.get(path).json() == query
    replay = httpx.get(path, headers={"Accept": "text/event-stream"}).text
    assert replay.count("event: response.completed") == 3
    assert replay.count("event: done") == 1
