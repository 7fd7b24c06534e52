"""A result goes out by a link and as a file, over HTTP, and comes back when its owner says so."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from tests.journeys.conftest import QUESTION, Server, wait_until

from trillm.entrypoints.page import build_page
from trillm.vocabulary.ids import timestamp

OWNER = {"X-Session-ID": "o" * 24}


def answered(server: Server) -> str:
    reply = httpx.post(f"{server.url}/api/query", json={"question": QUESTION}, headers=OWNER, timeout=30)
    return reply.json()["id"]


def test_a_stranger_reads_a_shared_result_until_it_is_revoked(server: Server) -> None:
    query_id = answered(server)
    with httpx.Client(base_url=server.url) as stranger, httpx.Client(base_url=server.url, headers=OWNER) as owner:
        made = owner.post(f"/api/query/{query_id}/shares")
        assert made.status_code == 201
        address = f"/api/shares/{made.json()['id']}"
        assert made.json()["url"] == f"/s/{made.json()['id']}"
        read = stranger.get(address)
        assert (read.status_code, read.headers["x-robots-tag"]) == (200, "noindex, nofollow")
        assert (read.headers["referrer-policy"], read.headers["cache-control"]) == ("no-referrer", "no-store")
        assert query_id not in read.text
        assert read.json()["query"]["question"] == QUESTION
        assert [s["id"] for s in owner.get(f"/api/query/{query_id}/shares").json()["shares"]] == [made.json()["id"]]
        refused = [
            stranger.delete(address),
            stranger.post(f"/api/query/{query_id}/shares"),
            owner.delete(address + "x"),
        ]
        assert [reply.status_code for reply in refused] == [404, 404, 404]
        assert owner.delete(address).status_code == 204
        assert stranger.get(address).status_code == stranger.get(f"{address}/export.md").status_code == 404


def test_a_link_ends_when_its_owner_said(server: Server) -> None:
    address = f"{server.url}/api/query/{answered(server)}/shares"
    soon = datetime.now(UTC) + timedelta(seconds=2)
    made = httpx.post(address, json={"expires_at": soon.isoformat()}, headers=OWNER).json()
    assert made["expires_at"] == timestamp(soon)
    shared = f"{server.url}/api/shares/{made['id']}"
    wait_until(lambda: httpx.get(shared).status_code == 404)
    assert datetime.now(UTC) >= soon
    never = httpx.get(f"{server.url}/api/shares/{'x' * 22}")
    gone = [httpx.get(shared), httpx.get(f"{shared}/claims"), httpx.delete(shared, headers=OWNER)]
    assert {reply.json()["detail"] for reply in gone} == {never.json()["detail"]}
    assert httpx.get(f"{server.url}/plain{made['url']}").status_code == 404
    assert httpx.get(address, headers=OWNER).json() == {"shares": []}


@pytest.mark.parametrize(
    "expires_at",
    ["2020-01-01T00:00:00Z", "2999-01-01T00:00:00", "tomorrow", "2999-01-01", "32503680000", 32503680000, True, [], ""],
)
def test_an_end_that_cannot_be_is_refused_in_words(server: Server, expires_at: object) -> None:
    address = f"{server.url}/api/query/{answered(server)}/shares"
    refused = httpx.post(address, json={"expires_at": expires_at}, headers=OWNER)
    assert (refused.status_code, refused.json()["field"]) == (422, "expires_at")
    assert httpx.get(address, headers=OWNER).json() == {"shares": []}


def test_a_result_and_what_is_shared_of_it_are_downloaded_as_markdown_and_json(server: Server) -> None:
    query_id = answered(server)
    shared = httpx.post(f"{server.url}/api/query/{query_id}/shares", headers=OWNER).json()["id"]
    for address in (f"query/{query_id}", f"shares/{shared}"):
        document = httpx.get(f"{server.url}/api/{address}/export.md")
        assert document.headers["content-type"] == "text/markdown; charset=utf-8"
        assert document.headers["content-disposition"].endswith('"trillm-what-is-the-capital-of-france.md"')
        assert "> The capital of France is **Paris**." in document.text
        file = httpx.get(f"{server.url}/api/{address}/export.json")
        assert file.headers["content-disposition"].endswith('.json"')
        assert file.json() == httpx.get(f"{server.url}/api/query/{query_id}").json() or address.startswith("shares")
        assert file.json()["id"] in (query_id, shared)


def test_a_link_that_is_sent_around_says_what_it_shows_until_it_is_revoked(server: Server) -> None:
    build_page(lambda _: None)
    query_id = answered(server)
    shared = httpx.post(f"{server.url}/api/query/{query_id}/shares", headers=OWNER).json()
    sent = httpx.get(server.url + shared["url"])
    assert f'<meta property="og:title" content="{QUESTION}">' in sent.text
    assert re.search(r'og:description" content="Best of 3, [^"]+Paris', sent.text)
    assert (sent.headers["x-robots-tag"], sent.headers["cache-control"]) == ("noindex, nofollow", "no-store")
    httpx.delete(f"{server.url}/api/shares/{shared['id']}", headers=OWNER)
    gone = httpx.get(server.url + shared["url"])
    assert (gone.status_code, QUESTION in gone.text, "noindex" in gone.text) == (404, False, True)
    assert "og:title" in httpx.get(server.url).text
    assert "/s/" in httpx.get(f"{server.url}/robots.txt").text
