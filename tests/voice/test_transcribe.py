from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from tests.providers.vendors import ScriptedVendor

from trillm.http.client import HttpClient
from trillm.limits.admit import Allowance, Limits
from trillm.providers.catalogue import Catalogue, TranscriptionFacts
from trillm.vocabulary.errors import LimitExceeded, ProviderError
from trillm.voice.transcribe import Recording, Transcriber

FACTS = TranscriptionFacts(model="listens-1", usd_per_minute=0.01)
RECORDING = Recording(b"\x1aE\xdf\xa3 opus" * 500, "audio/webm", "de")


@pytest.fixture
async def vendor() -> AsyncIterator[ScriptedVendor]:
    async with ScriptedVendor() as vendor:
        yield vendor


@pytest.fixture
async def client() -> AsyncIterator[HttpClient]:
    client = HttpClient(2)
    yield client
    client.close()


def transcriber(
    base_url: str, client: HttpClient, facts: TranscriptionFacts = FACTS, **allowance: float
) -> Transcriber:
    limits = Limits(Allowance(**{"per_minute": 0, **allowance}))  # type: ignore[arg-type]
    return Transcriber(facts, base_url, "sk-test-key", client, limits)


async def test_a_recording_comes_back_as_its_words_and_costs_what_the_vendor_heard(
    vendor: ScriptedVendor, client: HttpClient
) -> None:
    asked = transcriber(vendor.base_url("openai-chat"), client)
    assert await asked.transcribe(RECORDING, "203.0.113.7") == "What is the capital of France?"
    form = vendor.heard[0]
    assert (form["model"], form["language"]) == ("listens-1", "de")
    assert (form["name"], form["type"], form["audio"]) == ("recording.webm", "audio/webm", RECORDING.audio)
    assert asked.limits.spent_today_usd == pytest.approx(0.001)
    assert asked.limits.reserved_usd == 0


async def test_it_counts_as_a_question_and_against_the_days_money(vendor: ScriptedVendor, client: HttpClient) -> None:
    few = transcriber(vendor.base_url("openai-chat"), client, per_minute=1)
    await few.transcribe(RECORDING, "203.0.113.7")
    with pytest.raises(LimitExceeded, match="At most 1 question"):
        await few.transcribe(RECORDING, "203.0.113.7")
    poor = transcriber(vendor.base_url("openai-chat"), client, daily_budget_usd=0.0001)
    with pytest.raises(LimitExceeded) as refused:
        await poor.transcribe(RECORDING, "203.0.113.7")
    assert refused.value.type == "budget-exceeded"
    assert len(vendor.heard) == 1


async def test_what_the_vendor_refuses_costs_nothing_and_tells_no_key(
    vendor: ScriptedVendor, client: HttpClient
) -> None:
    vendor.said = ""
    asked = transcriber(vendor.base_url("openai-chat"), client)
    with pytest.raises(ProviderError, match=r"answered 401: no key \[key\]") as failed:
        await asked.transcribe(RECORDING, None)
    assert (failed.value.type, failed.value.status) == ("authentication", 502)
    assert asked.limits.spent_today_usd == asked.limits.reserved_usd == 0


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ("<html>a proxy's page</html>", "malformed"),
        ("[1]", "malformed"),
        ('{"text": 7}', "malformed"),
        ('"' + "x" * 70_000 + '"', "too-large"),
    ],
)
async def test_a_reply_of_another_dialect_is_a_failure_of_the_vendors(
    client: HttpClient, reply: str, kind: str
) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=reply)

    app = web.Application()
    app.router.add_post("/audio/transcriptions", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        asked = transcriber("http://127.0.0.1:{1}".format(*runner.addresses[0]), client)
        with pytest.raises(ProviderError) as failed:
            await asked.transcribe(RECORDING, None)
        assert failed.value.type == kind
    finally:
        await runner.cleanup()


async def test_a_vendor_out_of_reach_and_an_unknown_price_are_said_to_be_so(
    vendor: ScriptedVendor, client: HttpClient
) -> None:
    with pytest.raises(ProviderError) as failed:
        await transcriber("http://127.0.0.1:9", client).transcribe(RECORDING, None)
    assert failed.value.type == "connection"
    unpriced = transcriber(vendor.base_url("openai-chat"), client, TranscriptionFacts(model="listens-2"))
    await unpriced.transcribe(RECORDING, None)
    assert unpriced.limits.spent_today_usd == Allowance().unknown_cost_usd


def test_what_a_minute_of_speech_costs_at_the_shipped_vendors_is_dated_or_not_known() -> None:
    known = [facts.transcription for facts in Catalogue.load().providers.values() if facts.transcription]
    assert known
    assert all((facts.cost(1) is None) == (facts.valid_from is None) for facts in known)
