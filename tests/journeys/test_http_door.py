"""What the HTTP door promises beside the answers: preferences, resuming, health, and headers that are true."""

from __future__ import annotations

import json
import re
import sqlite3

import httpx
import pytest
from tests.journeys.conftest import Server, StartServer
from tests.journeys.wire import ask, post, question

SESSION = {"X-Session-ID": "d" * 24}


@pytest.mark.parametrize("prefer", ["respond-async", "Respond-Async, wait=10", "handling=lenient; respond-async"])
def test_who_prefers_not_to_wait_is_told_where_to_look(server: Server, prefer: str) -> None:
    answer = post(server, question(), f"Prefer: {prefer}")
    query = answer.json
    assert answer.status == 202
    assert query["status"] == "running"
    assert f"location: /api/query/{query['id']}" in answer.head
    assert "preference-applied: respond-async" in answer.head
    assert ask(server, "GET", f"/api/query/{query['id']}").json["id"] == query["id"]


@pytest.mark.parametrize("prefer", ["", "wait=10", "handling=strict"])
def test_another_preference_is_ignored(server: Server, prefer: str) -> None:
    answer = post(server, question(), f"Prefer: {prefer}")
    assert (answer.status, answer.json["status"]) == (200, "complete")
    assert "preference-applied" not in answer.head


@pytest.mark.parametrize("last", ["garbage", "-1", "1e3", "", "9" * 17, "1 2", "٣".encode().decode("latin-1")])
def test_a_place_in_the_stream_that_is_none_is_a_bad_request(server: Server, last: str) -> None:
    query = post(server, question()).json["id"]
    answer = ask(server, "GET", f"/api/query/{query}", "Accept: text/event-stream", f"Last-Event-ID: {last}")
    assert (answer.status, answer.problem) == (400, "invalid-header")


@pytest.mark.parametrize("last", ["0", "1", "9999999999999999"])
def test_any_number_is_a_place_in_the_stream(server: Server, last: str) -> None:
    query = post(server, question()).json["id"]
    answer = ask(server, "GET", f"/api/query/{query}", "Accept: text/event-stream", f"Last-Event-ID: {last}")
    assert answer.status == 200
    ids = [int(number) for number in re.findall(rb"^id: (\d+)$", answer.body, re.MULTILINE)]
    assert all(number > int(last) for number in ids)
    assert (b"event: done" in answer.body) is (int(last) < 10**15)


def test_a_database_that_is_gone_fails_health_and_questions_and_buys_nothing(start_server: StartServer) -> None:
    server = start_server()
    assert ask(server, "GET", "/api/health").status == 200
    for file in server.data_dir.glob("trillm.db*"):
        file.unlink()
    for answer in (ask(server, "GET", "/api/health"), post(server, question())):
        assert (answer.status, answer.problem) == (503, "unavailable")
        assert str(server.data_dir).encode() not in answer.body
    assert not server.vendors.server.requests


def test_a_database_that_is_held_refuses_questions_and_buys_nothing(start_server: StartServer) -> None:
    server = start_server()
    held = sqlite3.connect(server.data_dir / "trillm.db", isolation_level=None)
    held.execute("BEGIN EXCLUSIVE")
    answer = post(server, question())
    assert (answer.status, answer.problem) == (503, "unavailable")
    assert not server.vendors.server.requests
    held.execute("ROLLBACK")
    held.close()
    assert post(server, question()).status == 200


def test_limits_are_told_with_every_answer_of_a_paid_door(start_server: StartServer) -> None:
    server = start_server(TRILLM_LIMIT_PER_MINUTE="2", TRILLM_DAILY_QUERIES="9")
    url = f"{server.url}/api/query"
    body = json.loads(question())
    with httpx.Client(headers=SESSION, timeout=30) as api:
        replies = [
            api.post(url, json=body),
            api.post(url, json=body, headers={"Accept": "text/event-stream"}),
            api.post(url, json=body),
            api.post(url, json=body | {"models": ["nobody:x"]}),
        ]
    assert [reply.status_code for reply in replies] == [200, 200, 429, 422]
    for reply, left in zip(replies, (1, 0, 0, 0), strict=True):
        assert reply.headers["ratelimit-policy"] == '"minute";q=2;w=60, "day";q=9;w=86400'
        assert reply.headers["ratelimit"].startswith(f'"minute";r={left};t=')
    assert replies[0].headers["ratelimit"].split(", ")[1].startswith('"day";r=8;t=')


def test_the_document_tells_the_headers_that_answers_carry(server: Server) -> None:
    paths = ask(server, "GET", "/api/openapi.json").json["paths"]
    asked = paths["/api/query"]["post"]["responses"]
    limits = {"RateLimit", "RateLimit-Policy", "X-Request-ID"}
    assert asked["200"]["headers"].keys() == {"Location"} | limits
    assert asked["202"]["headers"].keys() == {"Location", "Preference-Applied"} | limits
    assert asked["429"]["headers"].keys() == {"Retry-After"} | limits
    assert {"application/json", "text/event-stream"} == asked["200"]["content"].keys()
    named = {parameter["name"].lower() for parameter in paths["/api/query"]["post"]["parameters"]}
    assert named == {"idempotency-key", "prefer", "x-session-id", "trillm_session"}
    for operations in paths.values():
        for operation in operations.values():
            assert all("X-Request-ID" in response["headers"] for response in operation["responses"].values())


@pytest.mark.parametrize(
    ("accepted", "packed"), [("gzip", True), ("br, gzip;q=0.5", True), ("gzip;q=0", False), ("", False)]
)
def test_what_is_long_is_compressed_for_whoever_takes_it(server: Server, accepted: str, packed: bool) -> None:
    reply = httpx.get(f"{server.url}/api/openapi.json", headers={"Accept-Encoding": accepted})
    assert ("content-encoding" in reply.headers) is packed
    assert reply.json()["info"]["title"] == "TriLLM"
