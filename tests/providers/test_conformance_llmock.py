"""The dialects against llmock (PyPI), a server that others wrote after the vendors' own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from llmock.scenarios import Fail, Reply, StreamFault
from llmock.testing import LLMockServer
from tests.providers.vendors import DIALECTS, answer_of

from trillm.providers.catalogue import ProviderFacts
from trillm.providers.provider import Delta, Finish, ModelRequest
from trillm.providers.vendor import Vendor
from trillm.providers.wire import Wire
from trillm.vocabulary.errors import ProviderError

PATHS = {"openai-responses": "/v1", "openai-chat": "/v1", "anthropic-messages": "/anthropic", "gemini": "/gemini"}
MODELS = {"anthropic-messages": "claude-sonnet-5-5", "gemini": "gemini-3.8-flash"}
SAID = "The capital of France is Paris, and that of Spain is Madrid."


@pytest.fixture(scope="module")
def server() -> Iterator[LLMockServer]:
    with LLMockServer() as running:
        yield running


@pytest.fixture(params=DIALECTS)
async def vendor(server: LLMockServer, request: pytest.FixtureRequest) -> AsyncIterator[Vendor]:
    server.state.scenarios.clear()
    facts = ProviderFacts(dialect=request.param, base_url=server.url + PATHS[request.param])
    made = Vendor(request.param, facts, Wire(2.0), key="sk-test")
    yield made
    await made.close()


def ask(vendor: Vendor) -> ModelRequest:
    return ModelRequest(MODELS.get(vendor.name, "gpt-4o"), "Which capitals?", system="Be brief")


async def test_a_scripted_answer_arrives_whole_with_its_usage(server: LLMockServer, vendor: Vendor) -> None:
    server.state.scenarios.add(Reply(SAID))
    text, finish = await answer_of(vendor, ask(vendor))
    assert text == SAID
    assert isinstance(finish, Finish)
    assert finish.reason == "complete"
    assert finish.usage.input_tokens
    assert finish.usage.output_tokens
    assert finish.warnings == ()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "bad-request"),
        (401, "authentication"),
        (404, "model-not-found"),
        (500, "server-error"),
        (503, "overloaded"),
        (529, "overloaded"),
    ],
)
async def test_a_failure_is_typed(server: LLMockServer, vendor: Vendor, status: int, kind: str) -> None:
    server.state.scenarios.add(Fail(status))
    _, error = await answer_of(vendor, ask(vendor))
    assert isinstance(error, ProviderError)
    assert (error.type, error.http_status) == (kind, status)


async def test_a_rate_limit_says_when_to_come_back(server: LLMockServer, vendor: Vendor) -> None:
    server.state.scenarios.add(Fail(429, retry_after=2))
    _, error = await answer_of(vendor, ask(vendor))
    assert isinstance(error, ProviderError)
    assert (error.type, error.retry_after) == ("rate-limited", 2.0)


async def test_a_dropped_connection_is_an_error_that_keeps_the_text(server: LLMockServer, vendor: Vendor) -> None:
    server.state.scenarios.add(Reply(SAID), StreamFault("disconnect", after_chunks=8))
    text, error = await answer_of(vendor, ask(vendor))
    assert isinstance(error, ProviderError)
    assert error.type == "connection"
    assert text
    assert SAID.startswith(text)


async def test_a_stream_that_ends_early_is_truncated(server: LLMockServer, vendor: Vendor) -> None:
    server.state.scenarios.add(Reply(SAID), StreamFault("truncate", after_chunks=8))
    text, finish = await answer_of(vendor, ask(vendor))
    assert isinstance(finish, Finish)
    assert finish.reason == "truncated"
    assert SAID.startswith(text)


async def test_a_corrupted_chunk_is_malformed(server: LLMockServer, vendor: Vendor) -> None:
    server.state.scenarios.add(Reply(SAID), StreamFault("malformed", after_chunks=8))
    text, error = await answer_of(vendor, ask(vendor))
    assert isinstance(error, ProviderError)
    assert error.type == "malformed"
    assert SAID.startswith(text)


async def test_closing_a_stalled_stream_lets_the_next_question_through(server: LLMockServer, vendor: Vendor) -> None:
    server.state.scenarios.add(Reply(SAID), StreamFault("stall", after_chunks=8, stall_seconds=30))
    stream = vendor.query(ask(vendor))
    assert isinstance(await anext(stream), Delta)
    await stream.aclose()
    server.state.scenarios.clear()
    server.state.scenarios.add(Reply(SAID))
    text, _ = await answer_of(vendor, ask(vendor))
    assert text == SAID
