"""Bring a database to the schema of this version. Alembic is imported only when there is something to do."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from trillm.storage.database import Database
from trillm.storage.migrations import HEAD
from trillm.vocabulary.errors import Unavailable

_MIGRATIONS = Path(__file__).parent / "migrations"


async def prepare(database: Database) -> None:
    """Make ready to serve: SQLite is upgraded; a shared PostgreSQL is the operator's to upgrade, else Unavailable."""
    if await is_current(database):
        return
    if database.dialect != "sqlite":
        raise Unavailable("The database's schema is not of this version. Run `trillm db upgrade`, then start again.")
    await upgrade(database)


async def current_revision(database: Database) -> str | None:
    """Return the revision that the database is at; None when it is empty."""
    return await database.read(_revision)


async def is_current(database: Database) -> bool:
    """Whether the database's schema is the one that this version works with."""
    return await current_revision(database) == HEAD


async def upgrade(database: Database) -> None:
    """Run the missing migrations, in one transaction. Of several processes that upgrade at once, one does."""
    await database.migrate(_upgrade)


def _revision(conn: Connection) -> str | None:
    if not inspect(conn).has_table("alembic_version"):
        return None
    return conn.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(conn: Connection) -> None:
    current = _revision(conn)
    if current == HEAD:
        return
    from alembic.operations import Operations  # noqa: PLC0415  (0.1 s that most starts need not spend)
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    script = ScriptDirectory(str(_MIGRATIONS), version_locations=[str(_MIGRATIONS)])
    if current is not None and current not in {known.revision for known in script.walk_revisions()}:
        raise Unavailable("The database was made by a newer version of TriLLM; this one would damage it.")
    context = MigrationContext.configure(conn)
    missing = list(script.iterate_revisions("head", current or "base"))
    with Operations.context(context):
        for step in reversed(missing):
            step.module.upgrade()
    context.stamp(script, "head")
