"""What history promises, on every database."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from trillm.history import store
from trillm.storage.database import Database
from trillm.vocabulary.errors import Conflict, Fenced, NotFound
from trillm.vocabulary.ids import new_id
from trillm.vocabulary.question import Caller, Feedback, Query, QueryStatus, Question
from trillm.vocabulary.ranking import Ranking
from trillm.vocabulary.response import Failure, Response, ResponseStatus, Scores, Usage

NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def a_query(text: str = "Why is the sky blue?", *, session: str = "ada", at: datetime = NOON, **more: object) -> Query:
    responses = [Response(new_id(), provider, "m:1") for provider in ("one", "two", "three")]
    query = Query(new_id(), Question(text), Caller(session), at, responses=responses, fingerprint="f")
    for name, value in more.items():
        setattr(query, name, value)
    return query


def answer(query: Query, *, best: int = 0) -> Query:
    """Let every response complete and the one at `best` win."""
    for n, response in enumerate(query.responses):
        response.status = ResponseStatus.COMPLETE
        response.text = f" Answer {n}\n"
        response.usage = Usage(11, 22, 3, 4)
        response.cost_usd = 0.000123
        response.first_token_ms, response.response_time_ms = 12.34, 567.89
    ids = [response.id for response in query.responses]
    order = (ids[best], *(i for i in ids if i != ids[best]))
    query.ranking = Ranking(
        order=order,
        probabilities={order[0]: 0.5, order[1]: 0.3, order[2]: 0.15},
        best=order[0],
        confidence=0.5,
        too_close=True,
        decided_by="criteria",
        why="It is complete. Ü",
        scores={order[0]: Scores(91.5, 80.0, 70.1, 60.0, 81.3)},
    )
    query.status, query.elapsed_ms, query.event_id = QueryStatus.COMPLETE, 890.5, 2_000_000_007
    return query


def as_kept(query: Query) -> Query:
    """What the query looks like once it is finished: the places of the ranking are with the responses too."""
    ranking = query.ranking
    assert ranking is not None
    for response in query.responses:
        response.rank = ranking.order.index(response.id) + 1
        response.probability = ranking.probabilities.get(response.id)
        response.scores = ranking.scores.get(response.id)
        response.is_best = response.id == ranking.best
    query.owner = query.lease_until = None
    return query


async def accept(database: Database, query: Query) -> Query:
    await database.write(partial(store.accept, query=query))
    return query


async def complete(database: Database, query: Query) -> Query:
    """Accept, answer and finish the query as the story does."""
    await accept(database, query)
    answer(query)
    for response in query.responses:
        await database.write(partial(store.save_response, query=query, response=response))
    await database.write(partial(store.finish, query=query))
    return query


async def load(database: Database, query_id: str) -> Query:
    loaded = await database.read(partial(store.load, query_id=query_id))
    assert loaded is not None
    return loaded


async def test_an_accepted_query_is_read_back_as_it_was(database: Database):
    question = Question("¿Qué? 🦊", ("openai:gpt:5",), "code", "the truth", use_cache=False)
    query = a_query(owner="host:1", lease_until=NOON + MINUTE, idempotency_key="k", request_hash="h", cached_at=NOON)
    query.question, query.caller = question, Caller("ada", "2001:db8::1")
    await accept(database, query)
    assert await load(database, query.id) == query


async def test_a_finished_query_is_read_back_whole(database: Database):
    query = await complete(database, a_query(owner="host:1", lease_until=NOON))
    assert await load(database, query.id) == as_kept(query)


async def test_the_object_of_the_contract_is_the_same_before_and_after_keeping(database: Database):
    query = await complete(database, a_query())
    assert (await load(database, query.id)).as_object() == as_kept(query).as_object()


async def test_a_query_copied_from_the_cache_is_kept_with_its_answers_at_once(database: Database):
    query = answer(a_query(cached_at=NOON - MINUTE))
    await accept(database, query)
    assert await load(database, query.id) == as_kept(query)


@pytest.mark.parametrize(
    "query_id",
    ["", "nonsense", "'; DROP TABLE queries", "{}", "\x00", "0" * 36, "01a20419-2c39-7573-8d41-1d2cb5c7bb6e"],
)
async def test_an_id_that_names_nothing_loads_nothing(database: Database, query_id: str):
    assert await database.read(partial(store.load, query_id=query_id)) is None


async def test_an_id_in_capitals_is_the_same_id(database: Database):
    query = await accept(database, a_query())
    assert (await load(database, query.id.upper())).id == query.id


async def test_a_failure_keeps_its_type_its_sentence_and_when_to_try_again(database: Database):
    query = await accept(database, a_query())
    failed = query.responses[1]
    failed.status, failed.error = ResponseStatus.TIMEOUT, Failure("gap-timeout", "Nothing came for 20 s.", NOON)
    await database.write(partial(store.save_response, query=query, response=failed))
    assert (await load(database, query.id)).responses[1] == failed


async def test_a_further_attempt_is_kept_after_the_others(database: Database):
    query = await accept(database, a_query())
    again = Response(new_id(), "one", "m:1", attempt=2)
    query.responses.append(again)
    await database.write(partial(store.save_response, query=query, response=again))
    assert [(r.provider, r.attempt) for r in (await load(database, query.id)).responses] == [
        ("one", 1),
        ("two", 1),
        ("three", 1),
        ("one", 2),
    ]


async def test_text_that_no_database_can_keep_is_kept_with_a_replacement(database: Database):
    query = a_query("nul \x00 here, lone \ud800 there")
    query.question = Question(query.question.text, reference="a\x00\udfff", category="c\x00", models=("m\x00",))
    query.responses[0].text = "ok \x00\udcff ü"
    query.responses[0].error = Failure("internal", "\x00")
    await accept(database, query)
    kept = await load(database, query.id)
    assert kept.question == Question(
        "nul \ufffd here, lone \ufffd there", ("m\ufffd",), "c\ufffd", reference="a\ufffd\ufffd"
    )
    assert kept.responses[0].text == "ok \ufffd\ufffd ü"
    assert await database.read(partial(store.find_idempotent, session_id="\x00", key="\ud800")) is None


async def test_an_address_that_is_none_is_not_kept(database: Database):
    query = a_query()
    query.caller = Caller("ada", "testclient")
    await accept(database, query)
    assert (await load(database, query.id)).caller == Caller("ada", None)


async def test_a_moment_in_another_zone_comes_back_in_utc(database: Database):
    from datetime import timezone

    query = await accept(database, a_query(at=NOON.astimezone(timezone(timedelta(hours=5)))))
    kept = (await load(database, query.id)).created_at
    assert (kept, kept.tzinfo) == (NOON, UTC)


async def test_a_cost_of_nothing_is_told_from_a_cost_that_is_not_known(database: Database):
    query = a_query()
    query.responses[0].cost_usd = 0.0
    await accept(database, query)
    assert [r.cost_usd for r in (await load(database, query.id)).responses] == [0.0, None, None]


async def test_an_id_or_idempotency_key_is_accepted_once(database: Database):
    query = await accept(database, a_query(idempotency_key="k"))
    for again in (query, a_query(idempotency_key="k")):
        with pytest.raises(Conflict):
            await accept(database, again)
    await accept(database, a_query(session="bob", idempotency_key="k"))
    await accept(database, a_query())
    await accept(database, a_query())


async def test_of_two_with_one_idempotency_key_at_once_one_is_accepted(database: Database):
    both = [a_query(idempotency_key="k") for _ in range(2)]
    results = await asyncio.gather(*(accept(database, query) for query in both), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "Query"]


async def test_an_idempotency_key_finds_its_own_sessions_query(database: Database):
    query = await accept(database, a_query(idempotency_key="k"))
    found = await database.read(partial(store.find_idempotent, session_id="ada", key="k"))
    assert found is not None
    assert found.id == query.id
    assert await database.read(partial(store.find_idempotent, session_id="bob", key="k")) is None


async def test_the_newest_answer_to_the_same_question_is_found(database: Database):
    await complete(database, a_query(at=NOON - 9 * MINUTE))
    newest = await complete(database, a_query(at=NOON - 5 * MINUTE))
    await complete(database, a_query(at=NOON, fingerprint="other"))
    await accept(database, a_query(at=NOON))
    find = partial(store.find_answered, fingerprint="f")
    for since in (None, NOON - 5 * MINUTE):
        found = await database.read(partial(find, since=since))
        assert found is not None
        assert found == as_kept(newest)
    assert await database.read(partial(find, since=NOON - 4 * MINUTE)) is None


async def test_a_copy_is_as_old_as_its_origin_and_stands_in_for_it_when_it_is_gone(database: Database):
    origin = await complete(database, a_query(at=NOON - 9 * MINUTE))
    copy = await accept(database, answer(a_query(at=NOON, cached_at=origin.created_at)))
    find = partial(store.find_answered, fingerprint="f")
    assert (await database.read(partial(find, since=None))).id == origin.id  # type: ignore[union-attr]
    await database.write(partial(store.delete, query_id=origin.id, session_id="ada"))
    assert (await database.read(partial(find, since=None))).id == copy.id  # type: ignore[union-attr]
    assert await database.read(partial(find, since=NOON - MINUTE)) is None


async def test_a_failed_query_answers_nobody(database: Database):
    query = await accept(database, a_query())
    query.status = QueryStatus.FAILED
    await database.write(partial(store.finish, query=query))
    assert await database.read(partial(store.find_answered, fingerprint="f", since=None)) is None


async def test_only_its_session_deletes_a_query_and_all_of_it_goes(database: Database):
    query = await complete(database, a_query())
    judgement = Feedback(new_id(), query.id, query.responses[0].id, 1, NOON, better=query.responses[1].id)
    await database.write(partial(store.save_feedback, judgement=judgement))
    for query_id, session in ((query.id, "bob"), ("nonsense", "ada")):
        assert not await database.write(partial(store.delete, query_id=query_id, session_id=session))
    assert await database.write(partial(store.delete, query_id=query.id, session_id="ada"))
    assert await database.read(partial(store.load, query_id=query.id)) is None
    assert await database.read(partial(store.feedback_of, query_id=query.id)) == []


async def test_nothing_more_is_written_to_a_deleted_query(database: Database):
    query = await accept(database, a_query(owner="host:1"))
    await database.write(partial(store.delete, query_id=query.id, session_id="ada"))
    with pytest.raises(Fenced):
        await database.write(partial(store.save_response, query=query, response=query.responses[0]))
    with pytest.raises(Fenced):
        await database.write(partial(store.finish, query=query))
    renewed = await database.write(partial(store.renew, owner="host:1", query_ids=[query.id], lease_until=NOON))
    assert renewed == set()


def claim(query: Query, owner: str, **more: str):
    return partial(store.claim, query_id=query.id, owner=owner, lease_until=datetime.now(UTC) + MINUTE, **more)


async def test_a_claimed_query_fences_its_former_holder(database: Database):
    query = await accept(database, a_query(owner="old", lease_until=NOON - MINUTE))
    claimed = await database.write(claim(query, "new"))
    assert claimed is not None
    assert (claimed.epoch, claimed.owner, claimed.question) == (2, "new", query.question)
    query.responses[0].text = "too late"
    for write in (partial(store.save_response, response=query.responses[0]), store.finish):
        with pytest.raises(Fenced):
            await database.write(partial(write, query=query))
    fresh = Response(new_id(), "one", "m:1", attempt=2)
    with pytest.raises(Fenced):
        await database.write(partial(store.save_response, query=query, response=fresh))
    assert await load(database, query.id) == claimed
    await database.write(partial(store.save_response, query=claimed, response=fresh))


async def test_of_many_that_claim_at_once_one_gets_the_query(database: Database):
    query = await accept(database, a_query(owner="old", lease_until=NOON - MINUTE))
    claims = await asyncio.gather(*(database.write(claim(query, f"new {n}")) for n in range(5)))
    assert len([claimed for claimed in claims if claimed is not None]) == 1
    assert (await load(database, query.id)).epoch == 2


async def test_a_query_that_is_held_is_claimed_only_from_a_holder_known_to_be_dead(database: Database):
    query = await accept(database, a_query(owner="old", lease_until=datetime.now(UTC) + MINUTE))
    assert await database.write(claim(query, "new")) is None
    assert await database.write(claim(query, "new", held_by="other")) is None
    assert await database.write(claim(query, "new", held_by="old")) is not None
    assert await database.write(claim(query, "newer", held_by="old")) is None


async def test_an_ended_query_is_not_claimed_but_can_be_opened_again(database: Database):
    query = await complete(database, a_query())
    assert await database.write(claim(query, "new")) is None
    reopen = partial(store.reopen, query_id=query.id, owner="new", lease_until=NOON)
    opened = await database.write(reopen)
    assert opened is not None
    assert (opened.status, opened.epoch, opened.owner) == (QueryStatus.RUNNING, 2, "new")
    assert opened.ranking == query.ranking
    assert await database.write(reopen) is None
    assert await database.write(partial(store.reopen, query_id="nonsense", owner="new", lease_until=NOON)) is None


async def test_what_runs_and_what_can_be_claimed_is_listed(database: Database):
    over = await accept(database, a_query(owner="over", lease_until=NOON - MINUTE))
    held = await accept(database, a_query(owner="held", lease_until=NOON + MINUTE))
    nobodys = await accept(database, a_query())
    await complete(database, a_query())
    assert await database.read(store.running) == [(over.id, "over"), (held.id, "held"), (nobodys.id, None)]
    assert await database.read(partial(store.claimable, moment=NOON)) == [(over.id, "over"), (nobodys.id, None)]


async def test_renewing_tells_what_is_still_held(database: Database):
    queries = [await accept(database, a_query(owner="me", lease_until=NOON - MINUTE)) for _ in range(4)]
    mine, lost, ended, given_up = queries
    await database.write(partial(store.finish, query=answer(ended)))
    await database.write(claim(lost, "other"))
    renew = partial(store.renew, query_ids=[mine.id, lost.id, ended.id], lease_until=NOON + MINUTE)
    assert await database.write(partial(renew, owner="me")) == {mine.id}
    assert [(await load(database, q.id)).lease_until for q in (mine, given_up)] == [NOON + MINUTE, NOON - MINUTE]


async def test_what_is_released_can_be_claimed_at_once(database: Database):
    query = await accept(database, a_query(owner="me", lease_until=datetime.now(UTC) + MINUTE))
    await database.write(partial(store.release, owner="me"))
    assert (query.id, "me") in await database.read(partial(store.claimable, moment=NOON))


async def test_an_owner_that_lost_its_query_clears_nothing_of_the_new_ones(database: Database):
    query = await accept(database, a_query(owner="old", lease_until=NOON - MINUTE))
    await database.write(claim(query, "new"))
    with pytest.raises(Fenced):
        await database.write(partial(store.finish, query=answer(query)))
    kept = await load(database, query.id)
    assert (kept.owner, kept.status) == ("new", QueryStatus.RUNNING)


async def test_a_changed_mind_replaces_the_vote(database: Database):
    query = await complete(database, a_query())
    ids = [response.id for response in query.responses]
    up = Feedback(new_id(), query.id, ids[0], 1, NOON)
    down = Feedback(new_id(), query.id, ids[0], -1, NOON + MINUTE, better=ids[1], comment="Wrong.\x00")
    kept = [await database.write(partial(store.save_feedback, judgement=one)) for one in (up, down)]
    assert kept == [up.id, up.id]
    expected = Feedback(up.id, query.id, ids[0], -1, NOON + MINUTE, ids[1], "Wrong.\ufffd")
    assert await database.read(partial(store.feedback_of, query_id=query.id)) == [expected]


async def test_two_votes_at_once_are_one_vote(database: Database):
    query = await complete(database, a_query())
    votes = [Feedback(new_id(), query.id, query.responses[0].id, 1, NOON) for _ in range(4)]
    kept = await asyncio.gather(*(database.write(partial(store.save_feedback, judgement=vote)) for vote in votes))
    assert len(set(kept)) == 1
    assert len(await database.read(partial(store.feedback_of, query_id=query.id))) == 1


async def test_feedback_is_for_responses_of_the_query_only(database: Database):
    query, other = await complete(database, a_query()), await complete(database, a_query())
    mine, theirs = query.responses[0].id, other.responses[0].id
    for query_id, response_id, better in (
        (query.id, theirs, None),
        (query.id, mine, theirs),
        (query.id, "nonsense", None),
        ("nonsense", mine, None),
        (query.id, mine, "nonsense"),
    ):
        judgement = Feedback(new_id(), query_id, response_id, 1, NOON, better=better)
        with pytest.raises(NotFound):
            await database.write(partial(store.save_feedback, judgement=judgement))
