"""The abuse cases that touch these doors, sent to a running server, byte by byte where a client would clean them.

The numbers are those of the list of hostile inputs; tests of other cases stand where the part is:
39 to 43 (content) and 46 (moderation) in tests/safety and in the page's own tests, 45 (unknown events of a vendor) in
tests/providers. To later issues belong 19 to 26 (tokens, keys, passwords, sign-in: there are no accounts yet), 29
(shares), 36 (billing webhooks), 37 (sign-up) and 38 (webhooks of users). Of 47, exports come with the accounts.
"""

from __future__ import annotations

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from tests.journeys.conftest import Server, StartServer
from tests.journeys.wire import CLOSE, HOST, JSON, ask, chunked, connect, exchange, post, question
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


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_case_01_a_number_that_is_none_is_refused(server: Server, number: str) -> None:
    answer = post(server, f'{{"query_id": "a", "response_id": "b", "rating": {number}}}', target="/api/feedback")
    assert (answer.status, answer.problem) == (400, "invalid-json")


def test_case_02_a_lone_surrogate_is_refused(server: Server) -> None:
    for text in ('{"question": "\\ud800"}', '{"question": "a", "category": "\\udfff"}'):
        assert post(server, text).problem == "invalid-json"


def test_case_03_nul_is_refused_wherever_it_stands(server: Server) -> None:
    nul = "a\\u0000b"
    assert post(server, f'{{"question": "{nul}"}}').status == 400
    assert post(server, f'{{"question": "a", "reference": "{nul}"}}').status == 400
    feedback = f'{{"query_id": "{nul}", "response_id": "{nul}", "rating": 1}}'
    assert post(server, feedback, target="/api/feedback").status == 404
    assert ask(server, "GET", "/api/query/%00").status == 404
    assert ask(server, "GET", "/api/history?search=%00").status == 400
    assert ask(server, "DELETE", "/api/query/a%00b").status == 404


@pytest.mark.timeout(20)
@pytest.mark.parametrize("depth", [1_000, 10_000, 30_000])
def test_case_04_deep_nesting_is_refused(server: Server, depth: int) -> None:
    assert post(server, '{"question": ' + "[" * depth + "]" * depth + "}").problem == "invalid-json"
    assert post(server, "[" * 2 * depth).problem == "invalid-json"


def test_case_05_numbers_are_what_they_say(server: Server) -> None:
    for rating, status in {"9" * 5000: 400, "9223372036854775808": 400, "true": 422, "1.0": 422, '"1"': 422,
                           "-0": 422, "2": 422, "null": 422}.items():  # fmt: skip
        answer = post(server, f'{{"query_id": "a", "response_id": "b", "rating": {rating}}}', target="/api/feedback")
        assert answer.status == status, rating
    assert post(server, '{"question": "a", "cache": 1}').status == 422
    assert post(server, '{"question": 1}').status == 422


def test_case_06_a_key_stands_once(server: Server) -> None:
    assert post(server, '{"question": "a", "question": "b"}').problem == "invalid-json"
    assert post(server, '{"question": "a", "\\u0071uestion": "b"}').problem == "invalid-json"


@pytest.mark.parametrize(
    "field",
    ["is_admin", "api_base", "base_url", "user_config", "metadata", "synthesize", "judge", "api_key", "__proto__"],
)
def test_case_07_an_unknown_field_is_refused_and_not_repeated(server: Server, field: str) -> None:
    before = bought(server)
    for value in (True, {"role": "admin", "base_url": "http://evil.example"}):
        answer = post(server, question(more={field: value}))
        assert (answer.status, answer.problem) == (422, "invalid-input")
        assert field.encode() not in answer.body
    assert bought(server) == before


def test_case_08_a_large_body_is_refused_before_it_is_read(server: Server) -> None:
    head = f"POST /api/query HTTP/1.1\r\n{HOST}\r\n{CLOSE}\r\n{JSON}\r\nContent-Length: 5000000\r\n\r\n"
    answer = exchange(server, head.encode())
    assert (answer.status, answer.problem) == (413, "too-large")


def test_case_08_a_body_without_a_length_is_cut_at_the_cap(server: Server) -> None:
    head = f"POST /api/query HTTP/1.1\r\n{HOST}\r\n{CLOSE}\r\n{JSON}\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = exchange(server, head.encode() + chunked([b"a" * 1024] * 65))
    assert (answer.status, answer.problem) == (413, "too-large")


def test_case_09_only_json_in_utf8_is_read(server: Server) -> None:
    body = question().encode()
    for kind in (
        "text/plain",
        "multipart/form-data; boundary=a",
        "application/json; charset=utf-16",
        "application/xml",
    ):
        answer = ask(server, "POST", "/api/query", f"Content-Type: {kind}", body=body)
        assert (answer.status, answer.problem) == (415, "unsupported-media-type"), kind
    assert ask(server, "POST", "/api/query", body=body).status == 415
    for broken in (b"\xef\xbb\xbf" + body, body.decode().encode("utf-16"), b'{"question": "\xff"}'):
        assert post(server, broken).problem == "invalid-json"


def test_case_10_no_form_is_parsed(server: Server) -> None:
    fields = b"&".join(b"question=a" for _ in range(5_000))
    answer = ask(server, "POST", "/api/query", "Content-Type: application/x-www-form-urlencoded", body=fields)
    assert answer.status == 415
    preamble = b"x" * 60_000 + b"\r\n--b\r\n" + b"A: b\r\n" * 100
    assert (
        ask(server, "POST", "/api/feedback", "Content-Type: multipart/form-data; boundary=b", body=preamble).status
        == 415
    )


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "gzip, identity"])
def test_case_11_a_compressed_body_is_refused(server: Server, encoding: str) -> None:
    answer = post(server, b"\x1f\x8b" + b"\x00" * 50, f"Content-Encoding: {encoding}")
    assert (answer.status, answer.problem) == (415, "unsupported-media-type")


def test_case_12_a_large_head_is_refused(server: Server) -> None:
    assert ask(server, "GET", "/api/health", "X: " + "a" * 70_000).status == 431
    assert ask(server, "GET", "/api/health", *(f"X-{n}: a" for n in range(500))).problem == "too-large"
    assert ask(server, "GET", "/api/health?" + "a" * 20_000).status == 414
    assert exchange(server, b"GET /api/health HTTP/1.1\r\nX: " + b"a" * 70_000).problem == "too-large"


def test_case_13_a_thousand_half_sent_heads_do_not_shut_the_door(server: Server) -> None:
    half = [connect(server, b"GET /api/health HTTP/1.1\r\nHost: loc") for _ in range(850)]
    try:
        assert ask(server, "GET", "/api/health").status == 200
        half[0].settimeout(10)
        try:
            closed = half[0].recv(1) == b""
        except ConnectionResetError:
            closed = True
        assert closed, "the one that waited longest made room"
    finally:
        for sock in half:
            sock.close()


def test_case_14_a_length_and_chunks_together_are_refused(server: Server) -> None:
    head = f"POST /api/query HTTP/1.1\r\n{HOST}\r\n{JSON}\r\n"
    smuggled = "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /api/health HTTP/1.1\r\n\r\n"
    answer = exchange(server, (head + smuggled).encode())
    assert (answer.status, answer.problem) == (400, "invalid-http")
    assert answer.body.count(b"request_id") == 1
    twice = exchange(server, (head + "Content-Length: 2\r\nContent-Length: 9\r\n\r\n{}").encode())
    assert (twice.status, twice.problem) == (400, "invalid-http")


@pytest.mark.parametrize("host", ["evil.example", "a/health?", "", "localhost.evil.example", "localhost@evil.example"])
def test_case_15_an_unknown_host_is_refused(server: Server, host: str) -> None:
    answer = ask(server, "GET", "/api/health", host=f"Host: {host}")
    assert (answer.status, answer.problem) == (400, "unknown-host")
    assert b"evil" not in answer.body


def test_case_15_no_host_and_two_hosts_are_refused(server: Server) -> None:
    assert ask(server, "GET", "/api/health", host=None).problem == "unknown-host"
    assert ask(server, "GET", "/api/health", "Host: evil.example").problem == "invalid-header"


@pytest.mark.parametrize(
    "path",
    [
        "/api/nothing",
        "/api",
        "/api/",
        "//api/health",
        "/API/health",
        "/x/../api/health",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/../../etc/passwd",
        "/api/health/",
        "/api/health;x",
        "/api/health.",
        "/api/./health",
        "/api/query/..%2f..%2fetc",
        "/api/query/",
        "/pub/../admin",
        "//admin",
        "/admin;x",
        "/.git/config",
        "/.env",
        "/assets/..%5c..%5cmain.py",
        "/v1/models",
        "/metrics/",
        "/a%00b",
        "/openapi.json",
        "/api/query/" + "a" * 4000,
    ],
)
def test_case_16_odd_paths_lead_nowhere(server: Server, path: str) -> None:
    answer = ask(server, "GET", path)
    assert (answer.status, answer.problem) == (404, "not-found")


def test_case_17_forged_addresses_are_one_caller(start_server: StartServer) -> None:
    server = start_server(TRILLM_LIMIT_PER_MINUTE="2")
    statuses = [post(server, question(), f"X-Forwarded-For: 203.0.113.{n}").status for n in range(5)]
    assert statuses == [200, 200, 429, 429, 429]


def test_case_17_a_trusted_proxy_tells_callers_apart_by_network(start_server: StartServer) -> None:
    server = start_server(TRILLM_LIMIT_PER_MINUTE="1", TRILLM_TRUSTED_PROXIES="127.0.0.1")
    told = ["203.0.113.1", "203.0.113.2", "2001:db8::1", "2001:db8::2", "6.6.6.6, 203.0.113.1"]
    statuses = [post(server, question(), f"X-Forwarded-For: {address}").status for address in told]
    assert statuses == [200, 200, 200, 429, 429]


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "PUT", "PATCH", "GET", "PROPFIND"])
def test_case_18_other_methods_on_paid_routes_cost_nothing(server: Server, method: str) -> None:
    before = bought(server)
    answer = ask(server, method, "/api/query", JSON, body=question() if method != "TRACE" else b"")
    assert answer.status == 405
    assert "allow: post" in answer.head
    assert bought(server) == before
    if method != "HEAD":
        assert answer.problem == "method-not-allowed"


def test_case_18_ranges_are_ignored(server: Server) -> None:
    ranges = "Range: bytes=" + ",".join(f"{n}-{n}" for n in range(3_000))
    for path in ("/api/health", "/api/openapi.json", "/"):
        answer = ask(server, "GET", path, ranges)
        assert answer.status == ask(server, "GET", path).status != 206


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
        better = {"query_id": own["id"], "response_id": own["responses"][0]["id"], "rating": 1, "better": response}
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
    server = start_server(TRILLM_LIMIT_PER_MINUTE="5")
    with ThreadPoolExecutor(40) as many:
        answers = list(many.map(lambda _: post(server, question()), range(40)))
    assert sorted(answer.status for answer in answers) == [200] * 5 + [429] * 35
    assert {answer.problem for answer in answers if answer.status == 429} == {"limit-exceeded"}
    assert all("retry-after:" in answer.head for answer in answers if answer.status == 429)
    assert bought(server) == 15


def test_case_32_parallel_calls_do_not_pass_the_budget(start_server: StartServer) -> None:
    server = start_server(TRILLM_DAILY_BUDGET_USD="0.05")
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
    body = json.loads(question("Which key is this?"))
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
