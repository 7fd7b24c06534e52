"""What is said, as text: over HTTP, with a vendor by script."""

from __future__ import annotations

import httpx
import pytest
from tests.journeys.conftest import Server, StartServer, Vendors

AUDIO = b"\x1aE\xdf\xa3" + bytes(4000)
WEBM = {"Content-Type": "audio/webm;codecs=opus"}


def test_a_recording_comes_back_as_text_and_nothing_is_asked(server: Server, session_vendors: Vendors) -> None:
    asked = len(session_vendors.server.requests)
    reply = httpx.post(f"{server.url}/api/transcriptions?language=fr", content=AUDIO, headers=WEBM)
    assert (reply.status_code, reply.json()) == (200, {"text": "What is the capital of France?"})
    heard = session_vendors.server.heard[-1]
    assert (heard["audio"], heard["type"], heard["language"]) == (AUDIO, "audio/webm", "fr")
    assert len(session_vendors.server.requests) == asked
    assert httpx.get(f"{server.url}/api/models").json()["transcribes"] is True


@pytest.mark.parametrize(
    ("content", "headers", "query", "refusal"),
    [
        (b"", WEBM, "", (422, "invalid-input")),
        (bytes((2 << 20) + 1), WEBM, "", (413, "too-large")),
        (AUDIO, {"Content-Type": "video/webm"}, "", (415, "unsupported-media-type")),
        (AUDIO, WEBM, "?language=klingon", (422, "invalid-input")),
        (AUDIO, WEBM | {"Origin": "https://evil.example"}, "", (403, "foreign-origin")),
    ],
)
def test_what_is_no_recording_of_ours_is_sent_to_nobody(
    server: Server,
    session_vendors: Vendors,
    content: bytes,
    headers: dict[str, str],
    query: str,
    refusal: tuple[int, str],
) -> None:
    heard = len(session_vendors.server.heard)
    reply = httpx.post(f"{server.url}/api/transcriptions{query}", content=content, headers=headers)
    assert (reply.status_code, reply.json()["type"].rpartition(":")[2]) == refusal
    assert len(session_vendors.server.heard) == heard


def test_it_counts_against_the_addresses_limit_and_the_vendors_refusal_is_told(
    start_server: StartServer, vendors: Vendors
) -> None:
    vendors.server.said = ""
    server = start_server(TRILLM_LIMIT_PER_MINUTE="1")
    refused = httpx.post(f"{server.url}/api/transcriptions", content=AUDIO, headers=WEBM)
    assert (refused.status_code, refused.json()["type"]) == (502, "urn:trillm:problem:authentication")
    assert "sk-" not in refused.text
    limited = httpx.post(f"{server.url}/api/transcriptions", content=AUDIO, headers=WEBM)
    assert limited.status_code == 429
    assert int(limited.headers["Retry-After"]) > 0
    assert "minute" in limited.headers["RateLimit"]


def test_where_no_vendor_can_it_is_said_beforehand_and_when_asked(
    start_server: StartServer, vendors: Vendors, tmp_path_factory: pytest.TempPathFactory
) -> None:
    server = start_server(OPENAI_API_KEY="")
    assert httpx.get(f"{server.url}/api/models").json()["transcribes"] is False
    reply = httpx.post(f"{server.url}/api/transcriptions", content=AUDIO, headers=WEBM)
    assert (reply.status_code, reply.json()["type"]) == (503, "urn:trillm:problem:no-transcription")
