"""The dialects against @copilotkit/aimock (npm), a server that others wrote after the vendors' own."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from tests.providers.vendors import DIALECTS, answer_of

from trillm.entrypoints.page import CLIENTS, find_node
from trillm.providers.catalogue import ProviderFacts
from trillm.providers.provider import Finish, ModelRequest
from trillm.providers.vendor import Vendor
from trillm.providers.wire import Wire
from trillm.vocabulary.errors import ProviderError

AIMOCK = CLIENTS / "node_modules" / "@copilotkit" / "aimock" / "dist" / "cli.js"
SAID = "The capital of France is Paris, and that of Spain is Madrid."
MODELS = {"anthropic-messages": "claude-sonnet-5-5", "gemini": "gemini-3.8-flash"}


def error(status: int, **response: Any) -> dict[str, Any]:
    return {"response": {"error": {"message": "scripted", "type": "scripted"}, "status": status, **response}}


FIXTURES: dict[str, dict[str, Any]] = {
    "whole": {"response": {"content": SAID, "usage": {"input_tokens": 11, "output_tokens": 22}}},
    "limit": {"response": {"content": SAID, "finishReason": "length"}},
    "filter": {"response": {"content": SAID, "finishReason": "content_filter"}},
    "throttle": error(429, retryAfter=3),
    "failure": error(500),
    "overload": error(529),
    "truncate": {"response": {"content": SAID}, "truncateAfterChunks": 8, "chunkSize": 3},
    "cut": {"response": {"content": SAID}, "disconnectAfterMs": 60, "chunkSize": 3, "latency": 10},
    "stall": {"response": {"content": SAID}, "chunkSize": 10, "latency": 20_000},
    "malformed": {"response": {"content": SAID}, "chaos": {"malformedRate": 1.0}},
}


@pytest.fixture(scope="session")
def command() -> list[str]:
    """The command that starts aimock: `clients/package-lock.json` pins it, with the other tools of Node."""
    if not AIMOCK.is_file():
        pytest.fail(
            "aimock is not installed. `make web-test` installs it with the page's tools; `make test` does so too."
        )
    return [str(find_node().binary), str(AIMOCK)]


@pytest.fixture(scope="module")
def root(command: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run aimock on a free port."""
    path = tmp_path_factory.mktemp("aimock") / "fixtures.json"
    rules = [{"match": {"userMessage": word}, **fixture} for word, fixture in FIXTURES.items()]
    path.write_text(json.dumps({"fixtures": rules}))
    process = subprocess.Popen(
        [*command, "-p", "0", "-f", str(path), "--log-level", "info"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert process.stdout is not None
    try:
        yield next(
            "http://" + line.split("http://", 1)[1].split()[0] for line in process.stdout if "http://127.0.0.1" in line
        )
    finally:
        process.terminate()
        process.communicate(timeout=10)


@pytest.fixture(params=DIALECTS)
async def vendor(root: str, request: pytest.FixtureRequest) -> AsyncIterator[Vendor]:
    base_url = root + ("/v1" if request.param.startswith("openai") else "")
    made = Vendor(request.param, ProviderFacts(dialect=request.param, base_url=base_url), Wire(2.0), key="sk-test")
    yield made
    await made.close()


def ask(vendor: Vendor, word: str) -> ModelRequest:
    return ModelRequest(MODELS.get(vendor.name, "gpt-4o"), f"Please: {word}")


async def test_an_answer_arrives_whole_with_its_usage(vendor: Vendor) -> None:
    text, finish = await answer_of(vendor, ask(vendor, "whole"))
    assert text == SAID
    assert isinstance(finish, Finish)
    assert (finish.reason, finish.warnings) == ("complete", ())
    assert finish.usage.output_tokens is not None


async def test_an_answer_at_the_token_limit_is_truncated(vendor: Vendor) -> None:
    text, finish = await answer_of(vendor, ask(vendor, "limit"))
    assert text == SAID
    assert isinstance(finish, Finish)
    assert finish.reason == "truncated"


@pytest.mark.parametrize(
    ("word", "kind"), [("throttle", "rate-limited"), ("failure", "server-error"), ("overload", "overloaded")]
)
async def test_a_failure_is_typed(vendor: Vendor, word: str, kind: str) -> None:
    _, failure = await answer_of(vendor, ask(vendor, word))
    assert isinstance(failure, ProviderError)
    assert (failure.type, failure.retry) == (kind, True)
    assert failure.retry_after == (3.0 if kind == "rate-limited" else None)


async def test_a_stream_broken_off_after_some_chunks_is_never_complete(vendor: Vendor) -> None:
    text, end = await answer_of(vendor, ask(vendor, "truncate"))
    assert SAID.startswith(text)
    assert text != SAID
    assert end.type == "connection" if isinstance(end, ProviderError) else end.reason == "truncated"


async def test_a_connection_cut_in_the_middle_is_an_error_that_keeps_the_text(vendor: Vendor) -> None:
    text, failure = await answer_of(vendor, ask(vendor, "cut"))
    assert isinstance(failure, ProviderError)
    assert failure.type == "connection"
    assert SAID.startswith(text)


async def test_a_malformed_reply_is_a_typed_error(vendor: Vendor) -> None:
    _, failure = await answer_of(vendor, ask(vendor, "malformed"))
    assert isinstance(failure, ProviderError)
    assert failure.type == "malformed"


async def test_a_filtered_answer_is_not_complete(vendor: Vendor) -> None:
    text, end = await answer_of(vendor, ask(vendor, "filter"))
    assert text == SAID
    if vendor.name == "anthropic-messages":
        return  # Anthropic has no such stop reason
    assert isinstance(end, ProviderError) or end.reason == "refused"


async def test_closing_a_stalled_stream_lets_the_next_question_through(vendor: Vendor) -> None:
    stream = vendor.query(ask(vendor, "stall"))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(read_to_the_end(stream), 0.3)
    await stream.aclose()
    text, _ = await answer_of(vendor, ask(vendor, "whole"))
    assert text == SAID


async def read_to_the_end(stream: AsyncIterator[object]) -> None:
    async for _ in stream:
        pass
