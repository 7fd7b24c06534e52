"""The OpenAPI document is true: whatever a caller makes of it, every answer is one that it names."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import positive_data_acceptance
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.result import Ok
from schemathesis.schemas import BaseSchema
from tests.journeys.conftest import Server

from trillm.voice.transcribe import KINDS

EXAMPLES = 25
SESSION = {"X-Session-ID": "o" * 24}
BRIEF = settings(
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


@pytest.fixture(scope="module")
def document(server: Server) -> BaseSchema:
    schemathesis.serializer.alias(list(KINDS), "application/octet-stream")
    return schemathesis.openapi.from_url(f"{server.url}/api/openapi.json")


def real_ids(url: str) -> dict[str, str]:
    """Ask and share, for ids that no generator would guess."""
    query = httpx.post(f"{url}/api/query", json={"question": "Why?"}, headers=SESSION, timeout=30).json()
    share = httpx.post(f"{url}/api/query/{query['id']}/shares", headers=SESSION).json()
    return {"query_id": query["id"], "response_id": query["responses"][0]["id"], "share_id": share["id"]}


kept_ids = cache(lambda url, label: real_ids(url))


def make_real(case: Case, url: str) -> None:
    """Point the case at something that exists: of its operation's own, for what one does may be in another's way."""
    path, body = case.path_parameters, case.body
    if path or case.path == "/api/feedback":
        case.headers.update(SESSION)
        ids = real_ids(url) if case.method == "DELETE" else kept_ids(url, case.operation.label)
        path.update({name: ids[name] for name in path})
        if isinstance(body, dict) and case.path == "/api/feedback":
            body.update({name: ids[name] for name in ("query_id", "response_id")})
    if isinstance(body, dict):
        for name in ("better", "models", "follows", "synthesizer", "model"):
            body.pop(name, None)
    case.query.pop("cursor", None)


@pytest.mark.fuzz
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["valid", "invalid"])
def test_every_answer_is_documented(document: BaseSchema, server: Server, mode: GenerationMode, scale: int) -> None:
    seen: dict[str, set[int]] = defaultdict(set)
    for result in document.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        bounded = operation.body or any(p.location is not ParameterLocation.PATH for p in operation.iter_parameters())
        if mode is GenerationMode.NEGATIVE and not bounded:
            continue  # nothing can be wrong about it: any word may stand where an id stands

        @settings(BRIEF, max_examples=EXAMPLES * scale)
        @given(case=operation.as_strategy(generation_mode=mode), real=st.booleans())
        def every_answer_is_documented(case: Case, real: bool) -> None:
            if real and mode is GenerationMode.POSITIVE:
                make_real(case, server.url)
            # a schema cannot say which models there are, or that a question of spaces is none
            reply = case.call_and_validate(timeout=30, excluded_checks=[positive_data_acceptance])
            seen[case.operation.label].add(reply.status_code)

        every_answer_is_documented()
    assert len(seen) >= 8, dict(seen)
    if mode is GenerationMode.POSITIVE:
        assert not [label for label, statuses in seen.items() if min(statuses) >= 300], dict(seen)
