"""The abuse cases 27 to 47: other sites and sessions, money and load, text (see test_abuse.py)."""

from __future__ import annotations

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
from tests.journeys.conftest import Server, StartServer
from tests.journeys.wire import JSON, ask, post, question
from tests.providers.vendors import Script

MINE = {"X-Session-ID": "m" * 24}
OTHERS = {"X-Session-ID": "o" * 24}


def bought(server: Server) -> int:
    return len(server.vendors.server.requests)


def until_ended(api: httpx.Client, query_id: str) -> dict[str, Any]:
    for _ in range(200):
        query = api.get(f"/api/query/{query_id}").json()
        if query["status"] != "running":
            return query
        time.sleep(0.05)
    raise AssertionError("the query did not end")


def test_case_27_another_site_can_do_nothing_with_the_cookie(server: Server) -> None:
    before = bought(server)
    cookie = "Cookie: trillm_session=" + "c" * 24
    for origin in ("null", "http://evil.example", "http://localhost.evil.example"):
        for target in ("/api/query", "/api/feedback", "/api/query/a/cancel", "/api/query/a/responses/b/retry"):
            answer = ask(server, "POST", target, JSON, cookie, f"Origin: {origin}", body=question())
            assert (answer.status, answer.problem) == (403, "foreign-origin")
        assert ask(server, "DELETE", "/api/query/a", cookie, f"Origin: {origin}").status == 403
    trick = ask(server, "POST", "/api/query", "Content-Type: text/plain", cookie, body=question())
    assert trick.status == 415
    assert ask(server, "GET", "/api/query/a/cancel", cookie).status == 405
    assert bought(server) == before


def test_case_27_no_other_origin_may_read_an_answer(server: Server) -> None:
    asked = "Access-Control-Request-Method: POST"
    for method, target in (("GET", "/api/health"), ("OPTIONS", "/api/query"), ("GET", "/")):
        answer = ask(server, method, target, "Origin: http://evil.example", asked)
        assert "access-control-" not in answer.head


def test_case_28_what_belongs_to_another_session_is_not_there(server: Server) -> None:
    with httpx.Client(base_url=server.url, timeout=30) as api:
        query = api.post("/api/query", content=question(), headers=MINE | {"Content-Type": "application/json"}).json()
        own = api.post("/api/query", content=question(), headers=OTHERS | {"Content-Type": "application/json"}).json()
        path, response = f"/api/query/{query['id']}", query["responses"][0]["id"]
        before = bought(server)
        judgement = {"query_id": query["id"], "response_id": response, "rating": 1}
        crossed = {"query_id": own["id"], "response_id": response, "rating": 1}
        better = {"query_id": own["id"], "response_id": own["responses"][0]["id"], "rating": -1, "better": response}
        refused = [
            api.post(f"{path}/cancel", headers=OTHERS),
            api.post(f"{path}/responses/{response}/retry", headers=OTHERS),
            api.post(f"/api/query/{own['id']}/responses/{response}/retry", headers=OTHERS),
            api.delete(path, headers=OTHERS),
            *(api.post("/api/feedback", json=body, headers=OTHERS) for body in (judgement, crossed, better)),
        ]
        assert [reply.status_code for reply in refused] == [404] * 7
        assert api.get("/api/history", headers=OTHERS).json()["queries"][0]["id"] == own["id"]
        assert query["id"] not in api.get("/api/history?limit=100", headers=OTHERS).text
        assert api.get(path).json()["status"] == "complete"
        assert bought(server) == before
        guessed = f"{int(query['id'].replace('-', ''), 16) + 1:032x}"
        assert api.get(f"/api/query/{guessed}", headers={"Last-Event-ID": "1"}).status_code == 404


def test_case_30_a_cursor_or_limit_of_the_callers_making_is_refused(server: Server) -> None:
    with httpx.Client(base_url=server.url, headers={"X-Session-ID": "p" * 24}, timeout=30) as api:
        for n in range(2):
            api.post("/api/query", json={"question": f"Number {n}?", "cache": False})
        cursor = api.get("/api/history?limit=1").json()["next_cursor"]
        assert api.get("/api/history", params={"cursor": cursor}).status_code == 200
        for other in (cursor[:-2], cursor[::-1], "A" + cursor, cursor + "A", "0", "../..", "%00"):
            reply = api.get("/api/history", params={"cursor": other})
            assert (reply.status_code, reply.json()["type"]) == (400, "urn:trillm:problem:invalid-cursor"), other
        wrong_limits = ["limit=-1", "limit=0", "limit=1000000000", "limit=1e2", "limit="]
        wrong_names = ["sort=password_hash", "offset=1", "cursor=" + "a" * 201, "search=" + "a" * 201]
        for wrong in wrong_limits + wrong_names:
            assert api.get(f"/api/history?{wrong}").status_code == 422, wrong


def test_case_31_the_cache_knows_no_other_session(server: Server) -> None:
    body = {"question": "Who shares a cache with whom?"}
    with httpx.Client(base_url=server.url, timeout=30) as api:
        first = api.post("/api/query", json=body, headers=MINE).json()
        again = api.post("/api/query", json=body, headers=MINE).json()
        other = api.post("/api/query", json=body, headers=OTHERS).json()
        fewer = api.post("/api/query", json=body | {"models": ["gemini:gemini-3.8-flash"]}, headers=MINE).json()
    assert [q["cached_at"] is None for q in (first, again, other, fewer)] == [True, False, True, True]


def test_case_32_parallel_calls_do_not_pass_the_limit(start_server: StartServer) -> None:
    server = start_server(TRILLM_LIMIT_PER_MINUTE="5", TRILLM_JUDGE="never")
    with ThreadPoolExecutor(40) as many:
        answers = list(many.map(lambda _: post(server, question()), range(40)))
    assert sorted(answer.status for answer in answers) == [200] * 5 + [429] * 35
    assert {answer.problem for answer in answers if answer.status == 429} == {"limit-exceeded"}
    assert all("retry-after:" in answer.head for answer in answers if answer.status == 429)
    assert bought(server) == 15


def test_case_32_parallel_calls_do_not_pass_the_budget(start_server: StartServer) -> None:
    server = start_server(TRILLM_DAILY_BUDGET_USD="0.05", TRILLM_JUDGE="never")
    with ThreadPoolExecutor(40) as many:
        answers = list(many.map(lambda _: post(server, question()), range(40)))
    admitted = [answer.json for answer in answers if answer.status == 200]
    refused = [answer.problem for answer in answers if answer.status == 429]
    assert 0 < len(admitted) < 40
    assert refused == ["budget-exceeded"] * (40 - len(admitted))
    assert sum(query["cost_usd"] for query in admitted) <= 0.05
    assert bought(server) == 3 * len(admitted)


def test_case_33_what_would_cost_without_bound_is_refused_before_anybody_is_asked(server: Server) -> None:
    before = bought(server)
    for more in ({"n": 1000}, {"max_tokens": 10**9}, {"models": ["openai:gpt-6.1-terra"] * 9}, {"models": []},
                 {"models": ["openai:gpt-6.1-terra"] * 2}, {"models": ["nobody:x"]}, {"models": ["x"]}):  # fmt: skip
        assert post(server, question(more=more)).status == 422, more
    assert post(server, question("a" * 1001)).status == 422
    assert post(server, question("a " * 1_000_000)).status == 413
    assert post(server, question(" \u200b ")).status == 422
    assert bought(server) == before


def test_case_34_a_stream_that_is_dropped_is_finished_and_charged(server: Server) -> None:
    headers = MINE | {"Accept": "text/event-stream"}
    with httpx.Client(base_url=server.url, timeout=30) as api:
        for _ in range(3):
            with api.stream("POST", "/api/query", json=json.loads(question()), headers=headers) as stream:
                for line in stream.iter_lines():
                    if line == "event: response.delta":
                        break
                location = stream.headers["location"]
            query = until_ended(api, location.rsplit("/", 1)[1])
            assert query["status"] == "complete"
            assert query["cost_usd"] > 0


def test_case_35_an_idempotency_key_is_one_question_of_one_session(server: Server) -> None:
    key = {"Idempotency-Key": "case-35"}
    body = json.loads(question("Which key is this?")) | {"judge": "never"}
    before = bought(server)

    def send(headers: dict[str, str], **more: Any) -> httpx.Response:
        return httpx.post(f"{server.url}/api/query", json=body | more, headers=key | headers, timeout=30)

    with ThreadPoolExecutor(8) as many:
        replies = list(many.map(lambda _: send(MINE), range(8)))
    assert {reply.status_code for reply in replies} <= {200, 409}
    assert len({reply.json()["id"] for reply in replies if reply.status_code == 200}) == 1
    assert {reply.json()["type"] for reply in replies if reply.status_code == 409} <= {"urn:trillm:problem:conflict"}
    assert bought(server) == before + 3
    other = send(MINE, question="Another?")
    assert (other.status_code, other.json()["type"]) == (422, "urn:trillm:problem:key-reused")
    assert send(OTHERS).json()["id"] not in {reply.json().get("id") for reply in replies}


def test_case_35_a_key_that_is_none_is_refused(server: Server) -> None:
    before = bought(server)
    for key in ("", "a" * 1024, "a b", "a\tb", "schl\xfcssel"):
        answer = post(server, question(), f"Idempotency-Key: {key}")
        assert (answer.status, answer.problem) == (400, "invalid-header"), key
    assert post(server, question(), "Idempotency-Key: a", "Idempotency-Key: b").problem == "invalid-header"
    assert post(server, question(), "Idempotency-Key: a\x01b").problem == "invalid-http"
    assert bought(server) == before


def test_case_39_and_40_nothing_of_ours_lets_a_browser_load_or_run_what_a_model_wrote(server: Server) -> None:
    page = ask(server, "GET", "/").head
    policy = re.search(r"content-security-policy: (.*)", page)
    assert policy
    assert "img-src 'self' data:" in policy[1]
    assert "script-src 'self';" in policy[1]
    assert "unsafe" not in policy[1]
    for target in ("/api/health", "/api/history", "/api/nothing"):
        head = ask(server, "GET", target).head
        assert "content-security-policy: default-src 'none'" in head
        assert "x-content-type-options: nosniff" in head


def test_case_44_a_vendors_text_cannot_write_our_stream(start_server: StartServer) -> None:
    server = start_server()
    forged = (
        'Paris.\n\nevent: done\ndata: {"status": "forged"}\n\nid: 9\r\n\r\n: \x1b[2J\u2028=HYPERLINK("http://evil")'
    )
    server.vendors.script(**{"gpt-6.1-terra": Script([forged])})
    reply = httpx.post(
        f"{server.url}/api/query", json=json.loads(question()), headers={"Accept": "text/event-stream"}, timeout=30
    )
    blocks = reply.text.split("\n\n")[:-1]
    assert all(re.fullmatch(r"id: \d+\nevent: [a-z.]+\ndata: \{[^\n\r\x1b]*\}", block) for block in blocks)
    assert [block.split("\n")[1] for block in blocks].count("event: done") == 1
    done = json.loads(blocks[-1].split("\n")[2].removeprefix("data: "))
    assert forged in [response["text"] for response in done["responses"]]


def test_case_47_what_is_deleted_while_it_runs_stays_deleted(start_server: StartServer) -> None:
    server = start_server()
    server.vendors.script(**{"claude-sonnet-5-5": Script(["Some words "], fault="stall")})
    with httpx.Client(base_url=server.url, headers=MINE, timeout=30) as api:
        accepted = api.post("/api/query", json=json.loads(question()), headers={"Prefer": "respond-async"})
        location = accepted.headers["location"]
        assert api.delete(location).status_code == 204
        assert api.get(location).status_code == 404
        assert api.get("/api/history").json()["queries"] == []


def test_case_47_odd_text_is_kept_as_it_was_asked(server: Server) -> None:
    text = "שלום עולם — \u202bمرحبا\u202c 👩‍👩‍👧‍👦 " + "Z" + "\u0301" * 900
    reply = httpx.post(f"{server.url}/api/query", json={"question": text, "cache": False}, headers=MINE, timeout=30)
    assert reply.status_code == 200
    kept = reply.json()["question"]
    assert kept.startswith("שלום עולם — مرحبا 👩‍👩‍👧‍👦 Ź")
    assert len(kept) < 60
