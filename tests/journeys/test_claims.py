"""What the answers of a real question agree on and contest, as the HTTP door tells it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.journeys.conftest import Server, Vendors
from tests.providers.vendors import Script

QUESTION = {"question": "How tall is the Eiffel Tower, and when was it finished?", "cache": False, "judge": "never"}
SAID = {
    "gpt-6.1-terra": Script(["The Eiffel Tower is **330 metres** tall. ", "It was finished in 1889."]),
    "gemini-3.8-flash": Script(["- The Eiffel Tower is 312 metres tall.\n", "- It was finished in 1889."]),
    "claude-sonnet-5-5": Script(["The Eiffel Tower is 330 m tall. Gustave Eiffel's firm built it."]),
}


@pytest.fixture(scope="module")
def own_vendors() -> Iterator[Vendors]:
    vendors = Vendors()
    yield vendors
    vendors.close()


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory, own_vendors: Vendors) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("claims"), own_vendors)
    yield server
    server.stop()


@pytest.fixture
def api(own_vendors: Vendors, own_server: Server) -> Iterator[httpx.Client]:
    own_vendors.script(**SAID)
    with httpx.Client(base_url=own_server.url, headers={"X-Session-ID": "s" * 24}, timeout=30) as client:
        yield client


def claims_of(api: httpx.Client, query: dict[str, Any]) -> dict[str, Any]:
    reply = api.get(f"/api/query/{query['id']}/claims")
    assert reply.status_code == 200
    return reply.json()


def test_a_finished_question_has_a_map_whose_passages_stand_in_the_answers(api: httpx.Client) -> None:
    query = api.post("/api/query", json=QUESTION).json()
    found = claims_of(api, query)
    texts = {response["id"]: response["text"] for response in query["responses"]}
    models = {response["id"]: response["model"] for response in query["responses"]}
    assert found["compared"] == list(texts)
    height, year, *alone = found["claims"]
    assert (height["agreement"], height["differs_in"]) == ("contested", "number")
    assert [[models[p["response_id"]] for p in side["passages"]] for side in height["sides"]] == [
        ["gpt-6.1-terra", "claude-sonnet-5-5"],
        ["gemini-3.8-flash"],
    ]
    assert (year["agreement"], len(year["sides"][0]["passages"])) == ("most", 2)
    assert [claim["agreement"] for claim in alone] == ["one"]
    passages = [p for claim in found["claims"] for side in claim["sides"] for p in side["passages"]]
    assert [texts[p["response_id"]][p["start"] : p["end"]] for p in passages] == [
        "The Eiffel Tower is **330 metres** tall.",
        "The Eiffel Tower is 330 m tall.",
        "The Eiffel Tower is 312 metres tall.",
        "It was finished in 1889.",
        "It was finished in 1889.",
        "Gustave Eiffel's firm built it.",
    ]
    assert claims_of(api, query) == found


def test_what_is_shared_has_the_same_map_with_ids_that_hold_within_it_until_it_is_revoked(api: httpx.Client) -> None:
    query = api.post("/api/query", json=QUESTION).json()
    own = claims_of(api, query)
    made = api.post(f"/api/query/{query['id']}/shares").json()
    address = f"/api/shares/{made['id']}"
    shared = api.get(f"{address}/claims")
    assert shared.json()["compared"] == ["r1", "r2", "r3"]
    named = dict(zip(own["compared"], shared.json()["compared"], strict=True))
    for claim in own["claims"]:
        for side in claim["sides"]:
            side["passages"] = [
                passage | {"response_id": named[passage["response_id"]]} for passage in side["passages"]
            ]
    assert (shared.json()["claims"], shared.headers["x-robots-tag"]) == (own["claims"], "noindex, nofollow")
    api.delete(address)
    assert api.get(f"{address}/claims").status_code == 404


def test_what_did_not_complete_is_not_compared(own_vendors: Vendors, api: httpx.Client) -> None:
    own_vendors.script(**{"gemini-3.8-flash": Script(["Half an ans"], status=400)})
    query = api.post("/api/query", json=QUESTION).json()
    failed = next(r["id"] for r in query["responses"] if r["status"] != "complete")
    found = claims_of(api, query)
    assert failed not in found["compared"]
    assert len(found["compared"]) == 2
    assert [claim["agreement"] for claim in found["claims"]] == ["all", "one", "one"]


def test_nothing_is_compared_while_models_answer_or_one_alone_has_answered(
    own_vendors: Vendors, api: httpx.Client
) -> None:
    own_vendors.script(**{"gemini-3.8-flash": Script(["It is ", "tall."], between=2.0)})
    running = api.post("/api/query", json=QUESTION, headers={"Prefer": "respond-async"}).json()
    assert claims_of(api, running) == {"compared": [], "claims": []}
    lone = api.post("/api/query", json=QUESTION | {"models": ["openai:gpt-6.1-terra"]}).json()
    assert claims_of(api, lone) == {"compared": [], "claims": []}


def test_an_id_that_nobody_has_is_not_found(api: httpx.Client) -> None:
    reply = api.get("/api/query/019ab000-0000-7000-8000-00000000dead/claims")
    assert (reply.status_code, reply.json()["type"]) == (404, "urn:trillm:problem:not-found")
