"""A database of the first version, with questions in it, is upgraded and loses nothing."""

from __future__ import annotations

from functools import partial

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, select, text

from trillm.history import store
from trillm.history.tables import feedback, judgements, llm_responses
from trillm.storage.database import Database
from trillm.storage.migrate import current_revision, is_current, upgrade
from trillm.storage.migrations import v0001_first_tables
from trillm.vocabulary.ids import new_id, now
from trillm.vocabulary.question import Feedback
from trillm.vocabulary.ranking import Judgement

QUERY, ONE, TWO, VOTE = (f"01a20419-2c39-7573-8d41-00000000000{n}" for n in range(1, 5))

_ROWS = """
INSERT INTO queries (id, question, session_id, created_at, status, options, fingerprint, epoch, too_close, decided_by)
VALUES ('01a20419-2c39-7573-8d41-000000000001', 'Why?', 'ada', '2026-11-22 12:00:00', 'complete',
        '{"models": ["one:m"], "reference": null, "use_cache": false}', 'f', 1, false, 'criteria');
INSERT INTO llm_responses (id, query_id, llm_provider, model, attempt, status, response_text, cached_input_tokens,
                           reasoning_tokens, cost_usd, is_best, created_at)
VALUES ('01a20419-2c39-7573-8d41-000000000002', '01a20419-2c39-7573-8d41-000000000001', 'one', 'm', 1, 'complete',
        'Because.', 0, 0, 0.5, true, '2026-11-22 12:00:00'),
       ('01a20419-2c39-7573-8d41-000000000003', '01a20419-2c39-7573-8d41-000000000001', 'two', 'm', 1, 'failed',
        '', 0, 0, NULL, false, '2026-11-22 12:00:00');
INSERT INTO feedback (id, query_id, response_id, rating, better, comment, created_at)
VALUES ('01a20419-2c39-7573-8d41-000000000004', '01a20419-2c39-7573-8d41-000000000001',
        '01a20419-2c39-7573-8d41-000000000002', -1, '01a20419-2c39-7573-8d41-000000000003', 'No.',
        '2026-11-22 12:01:00')
"""


def _make_first_version(conn: Connection) -> None:
    with Operations.context(MigrationContext.configure(conn)):
        v0001_first_tables.upgrade()
    conn.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
    conn.execute(text("INSERT INTO alembic_version VALUES ('0001')"))
    for statement in _ROWS.split(";"):
        conn.exec_driver_sql(statement)


@pytest.fixture
async def upgraded(database_url: str):
    database = await Database.open(database_url)
    await database.migrate(_make_first_version)
    assert await current_revision(database) == "0001"
    await upgrade(database)
    assert await is_current(database)
    yield database
    await database.close()


async def test_questions_answers_and_votes_of_the_first_version_are_read(upgraded: Database):
    query = await upgraded.read(partial(store.load, query_id=QUERY))
    assert query is not None
    assert (query.question.text, query.question.use_cache) == ("Why?", False)
    assert query.question.follows is None
    assert (query.question.judge, query.question.economy) == (None, None)
    assert [(r.id, r.text, r.cost_usd) for r in query.responses] == [(ONE, "Because.", 0.5), (TWO, "", None)]
    assert query.judgements == []
    (vote,) = await upgraded.read(partial(store.feedback_of, query_id=QUERY))
    assert (vote.id, vote.rating, vote.better, vote.comment, vote.blind) == (VOTE, -1, TWO, "No.", False)


async def test_what_came_with_the_second_version_can_be_kept_beside_it(upgraded: Database):
    query = await upgraded.read(partial(store.load, query_id=QUERY))
    assert query is not None
    said = Judgement(new_id(), "three", "m", "close", "consistent", now(), better=ONE)
    await upgraded.write(partial(store.save_judgement, query=query, judgement=said))
    vote = Feedback(new_id(), QUERY, ONE, 1, now(), blind=True)
    assert await upgraded.write(partial(store.save_feedback, judgement=vote)) == VOTE
    again = await upgraded.read(partial(store.load, query_id=QUERY))
    assert again is not None
    assert again.judgements == [said]
    assert [v.blind for v in await upgraded.read(partial(store.feedback_of, query_id=QUERY))] == [True]
    await upgraded.write(partial(store.delete, query_id=QUERY, session_id="ada"))
    for table in (judgements, feedback, llm_responses):
        assert await upgraded.read(lambda conn, table=table: conn.execute(select(table)).all()) == []
