"""Through the HTTP door of a running server: ask, stream, resume, stop, retry, judge, look back, delete."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.journeys.conftest import ANSWERS, PANEL, Server, StartServer
from tests.providers.vendors import Script

SESSION = {"X-Session-ID": "s" * 24}
QUESTION = {"question": "What is the capital of France?", "cache": False}


@pytest.fixture
def api(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, headers=SESSION, timeout=30) as client:
        yield client


def blocks(body: str) -> list[tuple[int, str, dict[str, Any]]]:
    found = re.findall(r"id: (\d+)\nevent: ([a-z.]+)\ndata: (.*)\n\n", body)
    return [(int(number), name, json.loads(data)) for number, name, data in found]


def wait_until_done(api: httpx.Client, location: str) -> dict[str, Any]:
    for _ in range(200):
        query = api.get(location).json()
        if query["status"] != "running":
            return query
        time.sleep(0.05)
    raise AssertionError("the query did not end")


def test_json_waits_for_the_best_answer_of_the_panel(api: httpx.Client) -> None:
    reply = api.post("/api/query", json=QUESTION)
    query = reply.json()
    assert reply.status_code == 200
    assert query["status"] == "complete"
    assert [f"{r['provider']}:{r['model']}" for r in query["responses"]] == list(PANEL)
    for response in query["responses"]:
        assert response["text"] == "".join(ANSWERS[response["model"]].pieces)
    best = next(r for r in query["responses"] if r["is_best"])
    assert query["best"] == best["id"]
    assert (best["rank"], query["why"] != "") == (1, True)
    assert query["cost_usd"] == pytest.approx(sum(r["cost_usd"] for r in query["responses"]))
    assert reply.headers["location"] == f"/api/query/{query['id']}"
    assert reply.headers["x-request-id"]


def test_the_stream_ends_with_the_query_object(api: httpx.Client) -> None:
    reply = api.post("/api/query", json=QUESTION, headers={"Accept": "text/event-stream"})
    events = blocks(reply.text)
    assert reply.headers["content-type"].startswith("text/event-stream")
    assert [events[0][1], events[-1][1]] == ["query", "done"]
    assert events[-1][2] == api.get(reply.headers["location"]).json()
    texts: dict[str, str] = {}
    for _, name, data in events:
        if name == "response.delta":
            texts[data["response_id"]] = texts.get(data["response_id"], "") + data["text"]
    assert texts == {r["id"]: r["text"] for r in events[-1][2]["responses"]}


def test_a_stream_cut_ten_times_reads_the_same_bytes(api: httpx.Client) -> None:
    accepted = api.post("/api/query", json=QUESTION, headers={"Prefer": "respond-async"})
    assert accepted.status_code == 202
    location = accepted.headers["location"]
    pieces, last = "", 0
    for _ in range(40):
        headers = {"Accept": "text/event-stream", "Last-Event-ID": str(last), "Accept-Encoding": "identity"}
        got = ""
        with api.stream("GET", location, headers=headers) as stream:
            for chunk in stream.iter_text():
                got += chunk
                if got.count("\n\n") >= 3:
                    break
        whole = got[: got.rfind("\n\n") + 2]
        pieces += whole
        if whole:
            last = blocks(whole)[-1][0]
        if "event: done" in whole:
            break
    uncut = api.get(location, headers={"Accept": "text/event-stream"}).text
    assert pieces == uncut


def test_answers_to_browsers_are_compressed(api: httpx.Client) -> None:
    for accept in ("application/json", "text/event-stream"):
        headers = {"Accept": accept, "Accept-Encoding": "gzip"}
        reply = api.post("/api/query", json=QUESTION, headers=headers)
        assert reply.headers["content-encoding"] == "gzip"
        assert "Paris" in reply.text


def test_a_failed_vendor_is_shown_and_can_be_retried(start_server: StartServer) -> None:
    server = start_server()
    server.vendors.script(**{"gemini-3.8-flash": [Script(status=401), ANSWERS["gemini-3.8-flash"]]})
    with httpx.Client(base_url=server.url, headers=SESSION, timeout=30) as api:
        query = api.post("/api/query", json=QUESTION).json()
        failed = next(r for r in query["responses"] if r["provider"] == "gemini")
        assert (query["status"], failed["status"], failed["error"]["type"]) == ("partial", "failed", "authentication")
        retried = api.post(f"/api/query/{query['id']}/responses/{failed['id']}/retry")
        assert retried.status_code == 202
        done = wait_until_done(api, retried.headers["location"])
        assert done["status"] == "complete"
        assert [r["attempt"] for r in done["responses"] if r["provider"] == "gemini"] == [1, 2]


def test_all_vendors_down_is_a_problem_that_names_each(start_server: StartServer) -> None:
    server = start_server()
    server.vendors.script(**dict.fromkeys(ANSWERS, Script(status=401)))
    reply = httpx.post(f"{server.url}/api/query", json=QUESTION, timeout=30)
    problem = reply.json()
    assert reply.status_code == 502
    assert reply.headers["content-type"] == "application/problem+json"
    assert problem["type"] == "urn:trillm:problem:no-answer"
    assert all(member in problem["detail"] for member in PANEL)
    assert problem["query"]["status"] == "failed"


def test_a_running_query_is_stopped_and_keeps_what_arrived(start_server: StartServer) -> None:
    server = start_server()
    server.vendors.script(**{"claude-sonnet-5-5": Script(["Some words ", "more"], fault="stall")})
    with httpx.Client(base_url=server.url, headers=SESSION, timeout=30) as api:
        location = api.post("/api/query", json=QUESTION, headers={"Prefer": "respond-async"}).headers["location"]
        while "Some words more" not in json.dumps(api.get(location).json()):
            time.sleep(0.05)
        query = api.post(f"{location}/cancel").json()
        cut = next(r for r in query["responses"] if r["provider"] == "anthropic")
        assert (query["status"], cut["status"], cut["text"]) == ("partial", "cancelled", "Some words more")


def test_history_lists_this_session_only_and_pages_through_it(api: httpx.Client) -> None:
    mine = {"X-Session-ID": "h" * 24}
    ids = [
        api.post("/api/query", json=QUESTION | {"question": f"Number {n}?"}, headers=mine).json()["id"]
        for n in range(3)
    ]
    first = api.get("/api/history", params={"limit": 2}, headers=mine).json()
    rest = api.get("/api/history", params={"limit": 2, "cursor": first["next_cursor"]}, headers=mine).json()
    assert [q["id"] for q in first["queries"] + rest["queries"]] == ids[::-1]
    found = api.get("/api/history", params={"search": "number 1"}, headers=mine).json()["queries"]
    assert [q["id"] for q in found] == [ids[1]]
    assert api.get("/api/history", headers={"X-Session-ID": "x" * 24}).json()["queries"] == []


def test_a_browser_gets_a_session_cookie_that_scripts_cannot_read(server: Server) -> None:
    with httpx.Client(base_url=server.url, timeout=30) as browser:
        reply = browser.post("/api/query", json=QUESTION)
        assert re.search(r"trillm_session=\S{22,}; HttpOnly; .*SameSite=lax", reply.headers["set-cookie"])
        assert len(browser.get("/api/history").json()["queries"]) == 1
        assert "set-cookie" not in browser.get("/api/history").headers


def test_feedback_is_kept_and_counted(start_server: StartServer) -> None:
    with httpx.Client(base_url=start_server().url, timeout=30) as api:
        query = api.post("/api/query", json=QUESTION).json()
        one, other = query["responses"][0]["id"], query["responses"][1]["id"]
        judgement = {"query_id": query["id"], "response_id": one, "rating": -1, "better": other}
        reply = api.post("/api/feedback", json=judgement)
        assert (reply.status_code, reply.json()["better"]) == (201, other)
        stats = api.get("/api/stats").json()
    assert stats["queries"] >= 1
    assert sum(model["thumbs_down"] for model in stats["models"]) >= 1


def test_a_deleted_query_is_not_found_by_anybody(api: httpx.Client) -> None:
    query = api.post("/api/query", json=QUESTION).json()
    path = f"/api/query/{query['id']}"
    assert api.delete(path, headers={"X-Session-ID": "x" * 24}).status_code == 404
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404
    assert api.get(path, headers={"Accept": "text/event-stream"}).status_code == 404


def test_the_same_idempotency_key_buys_once(api: httpx.Client, server: Server) -> None:
    before = server.vendors.calls("gpt-6.1-terra")
    headers = {"Idempotency-Key": "a-key-of-this-test"}
    ids = {api.post("/api/query", json=QUESTION, headers=headers).json()["id"] for _ in range(3)}
    assert len(ids) == 1
    assert server.vendors.calls("gpt-6.1-terra") == before + 1
    other = api.post("/api/query", json=QUESTION | {"question": "Other?"}, headers=headers)
    assert (other.status_code, other.json()["type"]) == (422, "urn:trillm:problem:key-reused")


def test_models_say_what_can_answer_and_what_it_costs(api: httpx.Client) -> None:
    models = api.get("/api/models").json()
    assert models["panel"] == list(PANEL)
    assert models["local_only"] is False
    for model in models["models"]:
        assert (model["input_usd"] is None) == (model["price_date"] is None) or model["local"]


def test_health_names_vendors_and_metrics_count(api: httpx.Client) -> None:
    health = api.get("/api/health")
    assert (health.status_code, health.json()["status"]) == (200, "ok")
    assert {"openai", "anthropic", "gemini", "local"} <= {v["provider"] for v in health.json()["vendors"]}
    api.post("/api/query", json=QUESTION)
    assert 'trillm_queries_total{status="complete"}' in api.get("/metrics").text


def test_the_limit_answers_429_with_the_time_to_wait(start_server: StartServer) -> None:
    server = start_server(TRILLM_LIMIT_PER_MINUTE="2")
    replies = [httpx.post(f"{server.url}/api/query", json=QUESTION, timeout=30) for _ in range(3)]
    assert [r.status_code for r in replies] == [200, 200, 429]
    assert 1 <= int(replies[2].headers["retry-after"]) <= 60
    assert replies[0].headers["ratelimit-policy"] == '"minute";q=2;w=60'
    assert '"minute";r=0' in replies[2].headers["ratelimit"]
    assert replies[2].json()["type"] == "urn:trillm:problem:limit-exceeded"
