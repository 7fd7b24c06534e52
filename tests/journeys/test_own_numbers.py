"""A session reads its own numbers, and anybody the plans, over HTTP."""

from __future__ import annotations

import httpx
from tests.journeys.conftest import QUESTION, Server, StartServer

OWNER = {"X-Session-ID": "n" * 24}


def test_a_session_sees_its_own_questions_and_votes_and_nobody_elses(start_server: StartServer) -> None:
    server = start_server()
    with httpx.Client(base_url=server.url, headers=OWNER, timeout=30) as owner:
        query = owner.post("/api/query", json={"question": QUESTION, "cache": False}).json()
        owner.post("/api/feedback", json={"query_id": query["id"], "response_id": query["best"], "rating": 1})
        mine = owner.get("/api/dashboard", params={"days": 7}).json()
        assert owner.get("/api/dashboard", params={"days": 8}).status_code == 422
    other = httpx.get(f"{server.url}/api/dashboard").json()
    assert (mine["days"], mine["questions"], other["days"], other["questions"]) == (7, 1, 30, 0)
    assert sorted(m["wins"]["count"] for m in mine["models"]) == [0, 0, 1]
    assert {m["wins"]["of"] for m in mine["models"]} == {1}
    assert mine["cost"]["known_usd"] > 0
    assert [day["questions"] for day in mine["per_day"]] == [1]
    assert (mine["votes"]["with_pick"]["count"], mine["votes"]["with_pick"]["of"]) == (1, 1)
    assert (mine["calibration"]["votes"], len(mine["calibration"]["bins"])) == (1, 1)


def test_the_plans_say_what_holds_here(server: Server) -> None:
    plans = httpx.get(f"{server.url}/api/plans").json()
    assert (plans["billing"], plans["questions_per_minute"], plans["questions_per_day"]) == ("off", None, None)
    assert [(plan["id"], plan["usd_month"]) for plan in plans["plans"]] == [
        ("free", 0.0),
        ("pro", None),
        ("enterprise", None),
    ]
    assert all(feature["id"] in plans["plans"][-1]["features"] for feature in plans["features"])
