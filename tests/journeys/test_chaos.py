"""Killed at moments of chance, with vendors that fail by chance, a server keeps what it promised.

`make chaos` goes through many more lives than `make test` does; the number in a failed test's name brings it back.
"""

from __future__ import annotations

import json
import time
from random import Random

import httpx
import pytest
from tests.journeys.conftest import ANSWERS, StartServer, Vendors
from tests.journeys.test_crash import ended
from tests.providers.vendors import Script

LIVES = 4
FAULTS = (
    Script(status=429, message="slow down", headers={"Retry-After": "0"}),
    Script(status=500),
    Script(fault="html"),
    Script(fault="silence"),
    Script(["It is "], fault="cut"),
    Script(["It is "], fault="garbage"),
    Script(["It is "], fault="silent-end"),
    Script(["It is "], fault="stall"),
)
ASYNC = {"Prefer": "respond-async", "X-Session-ID": "c" * 24}
IMPATIENT = {"TRILLM_FIRST_TOKEN_TIMEOUT": "1", "TRILLM_GAP_TIMEOUT": "1", "TRILLM_JUDGE": "never"}


def moods(chance: Random, model: str) -> list[Script]:
    """How a model answers the next few times, and from then on."""
    return [*(chance.choice((ANSWERS[model], *FAULTS)) for _ in range(chance.randrange(4))), ANSWERS[model]]


def calls(vendors: Vendors, question: str, model: str) -> int:
    asked = [r for r in vendors.server.requests if model in r.path or r.json.get("model") == model]
    return sum(question in json.dumps(request.json) for request in asked)


@pytest.mark.chaos
def test_killed_again_and_again_it_loses_no_accepted_query_and_buys_no_whole_answer_twice(
    start_server: StartServer, nth: int
) -> None:
    chance, server = Random(nth), start_server(**IMPATIENT)
    vendors, accepted = server.vendors, dict[str, str]()
    whole: dict[tuple[str, str], tuple[str, int]] = {}
    """By location and model, the text of an answer that was seen complete, and how often it was bought until then."""
    for life in range(LIVES):
        vendors.script(**{model: moods(chance, model) for model in ANSWERS})
        for number in range(3):
            question = f"Question {number} of life {life}: what is the capital of France?"
            asked = {"question": question, "economy": chance.random() < 0.3}
            for _ in range(chance.choice((1, 1, 2))):  # a second one joins the first
                reply = httpx.post(f"{server.url}/api/query", json=asked, headers=ASYNC, timeout=30)
                assert reply.status_code == 202
                accepted[reply.headers["location"]] = question
        time.sleep(chance.uniform(0, 0.6))
        for location, question in accepted.items():
            for one in httpx.get(server.url + location, timeout=30).json()["responses"]:
                if one["status"] == "complete":
                    model = one["model"]
                    whole.setdefault((location, model), (one["text"], calls(vendors, question, model)))
        server.kill()
        server.start()
    for location, question in accepted.items():
        query = ended(server.url + location)
        assert query["question"] == question
        for one in query["responses"]:
            if (location, one["model"]) in whole and one["status"] == "complete":
                text, bought = whole[location, one["model"]]
                assert one["text"] == text
                assert calls(vendors, question, one["model"]) == bought, "a whole answer was bought again"
        complete = {one["model"] for one in query["responses"] if one["status"] == "complete"}
        assert complete >= {model for place, model in whole if place == location}, "a whole answer was lost"
