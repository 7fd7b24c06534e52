"""Statements that run with every question, without SQLAlchemy's share of their time where that can be."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, Final, cast

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql import Executable
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from trillm.storage.types import Address, Moment

Values = Mapping[str, Any]

_ADDRESSES: Final = 1_024
"""Those who ask again soon; to normalise an address takes as long as to insert a row."""


class Prepared:
    """A statement, always given the same names.

    On SQLite its SQL and the conversions of its values are taken from SQLAlchemy once; the driver then runs it, in a
    third of the time. Elsewhere SQLAlchemy runs it.
    """

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._sql: dict[tuple[str, ...], _Sql] = {}

    def run(self, conn: Connection, values: Values) -> int:
        """Run it and return how many rows it has changed; IntegrityError as SQLAlchemy raises it."""
        if (driver := _sqlite(conn)) is None:
            return conn.execute(self._statement, dict(values)).rowcount
        sql = self._written(conn, values)
        try:
            return driver.execute(sql.text, sql.row(values)).rowcount
        except sqlite3.IntegrityError as error:
            raise IntegrityError(sql.text, None, error) from error

    def run_all(self, conn: Connection, many: Sequence[Values]) -> None:
        """Run it with each of these, of which there is at least one."""
        if (driver := _sqlite(conn)) is None:
            conn.execute(self._statement, [dict(values) for values in many])
            return
        sql = self._written(conn, many[0])
        try:
            driver.executemany(sql.text, [sql.row(values) for values in many])
        except sqlite3.IntegrityError as error:
            raise IntegrityError(sql.text, None, error) from error

    def finds(self, conn: Connection, values: Values) -> bool:
        """Whether it returns a row."""
        if (driver := _sqlite(conn)) is None:
            return conn.execute(self._statement, dict(values)).first() is not None
        sql = self._written(conn, values)
        return driver.execute(sql.text, sql.row(values)).fetchone() is not None

    def _written(self, conn: Connection, values: Values) -> _Sql:
        names = tuple(values)
        written = self._sql.get(names)
        if written is None:
            written = self._sql[names] = _Sql(conn, self._statement, names)
        return written


class _Sql:
    """A statement as SQLite's driver takes it."""

    def __init__(self, conn: Connection, statement: Executable, names: Sequence[str]) -> None:
        compiled = cast(Any, statement).compile(dialect=conn.dialect, column_keys=list(names))
        assert isinstance(compiled, SQLCompiler)  # noqa: S101 - for the type
        self.text = str(compiled)
        known = compiled.params
        self._places: list[tuple[str, Any, Callable[[Any], Any] | None]] = []
        for place in compiled.positiontup or ():
            bound = compiled.binds[place]
            if bound.required and place not in names:
                raise KeyError(place)
            self._places.append((place, known.get(place), _conversion(conn, bound.type)))

    def row(self, values: Values) -> list[Any]:
        """Return the values in the statement's order, as the driver takes them; what is not given is its own."""
        return [
            values.get(name, known) if convert is None else convert(values.get(name, known))
            for name, known, convert in self._places
        ]


def _conversion(conn: Connection, type_: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    """Return how SQLAlchemy turns a value of this type into the driver's, with its result in less time."""
    convert = type_.dialect_impl(conn.dialect).bind_processor(conn.dialect)
    if isinstance(type_, Moment):
        return partial(_moment, type_, conn.dialect)
    return lru_cache(_ADDRESSES)(convert) if isinstance(type_, Address) and convert is not None else convert


def _moment(type_: Moment, dialect: Dialect, value: datetime | None) -> str | None:
    moment = type_.process_bind_param(value, dialect)
    return None if moment is None else moment.isoformat(" ", "microseconds")


def _sqlite(conn: Connection) -> sqlite3.Connection | None:
    return cast(sqlite3.Connection, conn.connection.driver_connection) if conn.dialect.name == "sqlite" else None
