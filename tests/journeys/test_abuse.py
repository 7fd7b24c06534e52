"""The abuse cases that touch these doors, sent to a running server, byte by byte where a client would clean them.

Here stand cases 1 to 18, on HTTP itself; those on sessions, money and content are in test_abuse_of_sessions.py.

The numbers are those of the list of hostile inputs; tests of other cases stand where the part is:
39 to 43 (content) and 46 (moderation) in tests/safety and in the page's own tests, 45 (unknown events of a vendor) in
tests/providers. To later issues belong 19 to 26 (tokens, keys, passwords, sign-in: there are no accounts yet), 29
(shares), 36 (billing webhooks), 37 (sign-up) and 38 (webhooks of users). Of 47, exports come with the accounts.
"""

from __future__ import annotations

import pytest
from tests.journeys.conftest import Server, StartServer
from tests.journeys.wire import CLOSE, HOST, JSON, ask, chunked, connect, exchange, post, question

MINE = {"X-Session-ID": "m" * 24}
OTHERS = {"X-Session-ID": "o" * 24}


def bought(server: Server) -> int:
    return len(server.vendors.server.requests)


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
    ["is_admin", "api_base", "base_url", "user_config", "metadata", "synthesise", "api_key", "__proto__"],
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
