"""Moderation asks the vendor where it can, falls back to the rules, and never fails in silence."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from trillm.http.client import HttpClient
from trillm.safety.moderation import Mode, ModerationEndpoint, Moderator, OnFailure, Verdict
from trillm.vocabulary.errors import Flagged, Unavailable

BAD = "How do I make sarin at home?"
GOOD = "How do I make tea at home?"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Vendor:
    """A moderation endpoint on loopback whose reply is scripted; `asked` keeps what it was sent."""

    def __init__(self, client: HttpClient) -> None:
        self.client = client
        self.asked: list[tuple[str | None, dict[str, str]]] = []
        self.counted: list[str] = []
        self.reply: Handler = says({"illicit/violent": False})
        self.url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.headers.get("Authorization"), await request.json()))
        return await self.reply(request)

    def moderator(self, *, mode: Mode = "refuse", on_failure: OnFailure = "allow", timeout: float = 5.0) -> Moderator:
        endpoint = ModerationEndpoint(self.url, "test-key", timeout=timeout)
        return Moderator(
            mode=mode,
            on_failure=on_failure,
            endpoint=endpoint,
            client=self.client,
            count_failure=self.counted.append,
        )


def says(categories: dict[str, bool]) -> Handler:
    async def reply(request: web.Request) -> web.StreamResponse:
        return web.json_response({"results": [{"flagged": any(categories.values()), "categories": categories}]})

    return reply


def answers(status: int = 200, body: bytes = b"", **headers: str) -> Handler:
    async def reply(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=body, headers=headers)

    return reply


async def stall(request: web.Request) -> web.StreamResponse:
    await asyncio.sleep(5)
    return web.Response()


async def cut(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


@pytest.fixture
async def vendor() -> AsyncIterator[Vendor]:
    with closing(HttpClient(2.0)) as client:
        vendor = Vendor(client)
        app = web.Application()
        app.router.add_post("/v1/moderations", vendor.handle)
        async with TestServer(app) as server:
            vendor.url = str(server.make_url("/v1"))
            yield vendor


async def test_the_vendor_is_asked_with_the_key_and_the_question_as_data(vendor: Vendor) -> None:
    assert await vendor.moderator().check(GOOD) == Verdict(source="vendor")
    assert vendor.asked == [("Bearer test-key", {"model": "omni-moderation-latest", "input": GOOD})]


async def test_what_the_vendor_flags_in_a_category_that_counts_is_refused(vendor: Vendor) -> None:
    vendor.reply = says({"harassment": True, "illicit/violent": True})
    assert await vendor.moderator().check(GOOD) == Verdict(True, "illicit/violent", "vendor")
    with pytest.raises(Flagged) as refusal:
        await vendor.moderator().screen(GOOD)
    assert refusal.value.rule == "illicit/violent"
    assert GOOD not in refusal.value.detail


async def test_what_the_vendor_flags_in_another_category_goes_on(vendor: Vendor) -> None:
    vendor.reply = says({"self-harm": True, "violence": True})
    assert await vendor.moderator().screen(GOOD) == Verdict(source="vendor")


async def test_what_the_rules_flag_is_sent_to_nobody(vendor: Vendor) -> None:
    with pytest.raises(Flagged) as refusal:
        await vendor.moderator().screen(BAD)
    assert refusal.value.rule == "mass-harm-weapon"
    assert vendor.asked == []


async def test_without_a_vendor_the_rules_look_and_that_is_no_failure() -> None:
    assert await Moderator().screen(GOOD) == Verdict()
    assert await Moderator().check(BAD) == Verdict(True, "mass-harm-weapon")


async def test_a_marked_question_goes_on_and_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    flagged: list[str] = []
    moderator = Moderator(mode="mark", count_flagged=flagged.append)
    moderator.screen_by_rules(BAD)
    assert (await moderator.screen(BAD)).flagged
    assert flagged == ["rules"]
    assert "a question was flagged" in caplog.text
    assert "sarin" not in caplog.text


async def test_switched_off_nothing_looks_and_the_verdict_says_so(vendor: Vendor) -> None:
    assert await vendor.moderator(mode="off").screen(BAD) == Verdict(source="off")
    assert vendor.asked == []


FAILURES: dict[str, tuple[Handler, str]] = {
    "error": (answers(500), "http-500"),
    "rate limit": (answers(429), "http-429"),
    "wrong key": (answers(401), "http-401"),
    "redirect": (answers(307, Location="http://127.0.0.1:9/"), "http-307"),
    "garbage": (answers(200, b"<html>"), "malformed"),
    "no results": (answers(200, b'{"results": []}'), "malformed"),
    "another shape": (answers(200, b'{"results": [{"categories": [1]}]}'), "malformed"),
    "not an object": (answers(200, b"[]"), "malformed"),
    "without end": (answers(200, b" " * 200_000), "too-large"),
    "cut": (cut, "connection"),
}


@pytest.mark.parametrize("failure", FAILURES)
async def test_case_46_a_failure_is_logged_counted_and_in_the_verdict(
    vendor: Vendor, failure: str, caplog: pytest.LogCaptureFixture
) -> None:
    vendor.reply, reason = FAILURES[failure]
    with caplog.at_level(logging.WARNING):
        verdict = await vendor.moderator().screen(GOOD)
    assert verdict == Verdict(degraded=True)
    assert vendor.counted == [reason]
    assert "moderation could not be asked" in caplog.text


async def test_a_connection_that_is_cut_as_it_is_used_again_is_replaced(vendor: Vendor) -> None:
    whole, cuts = vendor.reply, iter([cut])

    async def once_cut(request: web.Request) -> web.StreamResponse:
        return await next(cuts, whole)(request)

    vendor.reply = once_cut
    assert await vendor.moderator().screen(GOOD) == Verdict(source="vendor")
    assert len(vendor.asked) == 2


async def test_case_46_a_vendor_that_stalls_is_not_waited_for(vendor: Vendor) -> None:
    vendor.reply = stall
    assert (await vendor.moderator(timeout=0.05).check(GOOD)).degraded
    assert vendor.counted == ["timeout"]


async def test_case_46_nobody_at_the_address_is_a_failure_too(vendor: Vendor, unused_tcp_port: int) -> None:
    vendor.url = f"http://127.0.0.1:{unused_tcp_port}/v1"
    assert (await vendor.moderator().check(GOOD)).degraded
    assert vendor.counted == ["connection"]


async def test_case_46_where_failure_refuses_the_question_waits_for_better_times(vendor: Vendor) -> None:
    vendor.reply = answers(503)
    with pytest.raises(Unavailable, match="cannot be checked"):
        await vendor.moderator(on_failure="refuse").screen(GOOD)


async def test_case_46_the_rules_still_look_while_the_vendor_is_down(vendor: Vendor) -> None:
    vendor.reply = answers(503)
    with pytest.raises(Flagged):
        await vendor.moderator().screen(BAD)


def test_an_endpoint_without_a_client_is_a_mistake_at_start() -> None:
    with pytest.raises(ValueError, match="needs an HTTP client"):
        Moderator(endpoint=ModerationEndpoint("http://x", "key"))


def test_the_key_is_not_in_an_endpoints_repr() -> None:
    assert "test-key" not in repr(ModerationEndpoint("http://x", "test-key"))
