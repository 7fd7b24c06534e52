"""Structured logs on stderr, through the standard library: whatever a dependency logs comes out in the same form.

Messages are constant sentences; what varies goes into `extra`. A question's or an answer's text is never logged.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

import orjson

from trillm.telemetry.redact import for_log, without_secrets

_query_id: ContextVar[str | None] = ContextVar("query_id", default=None)
_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
_BOUND = (("query_id", _query_id), ("request_id", _request_id))

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "color_message", "taskName"}


@contextmanager
def bind(*, query_id: str | None = None, request_id: str | None = None) -> Generator[None]:
    """Name the query or the request in every line that is logged inside, also by tasks that are started inside."""
    tokens = [
        (variable, variable.set(value))
        for variable, value in ((_query_id, query_id), (_request_id, request_id))
        if value is not None
    ]
    try:
        yield
    finally:
        for variable, token in reversed(tokens):
            variable.reset(token)


def bound_request_id() -> str | None:
    """Return the request that this runs in or was started by, if any."""
    return _request_id.get()


def configure_logging(level: str = "INFO", *, json: bool = True) -> None:
    """Write everything of this level and above to stderr: a JSON object a line, or a line for people.

    May be called again. Raises ValueError for a level that does not exist.
    """
    handler = _StderrHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if json else TerminalFormatter())
    root = logging.getLogger()
    root.setLevel(level.upper())
    for earlier in [h for h in root.handlers if isinstance(h, _StderrHandler)]:
        root.removeHandler(earlier)
    root.addHandler(handler)
    logging.captureWarnings(True)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = name != "uvicorn.access"  # our gate counts and times requests itself
    for name in ("uvicorn.error", "alembic"):  # what they tell of a normal start and end, the server tells in one line
        logging.getLogger(name).setLevel(logging.WARNING)


class JsonFormatter(logging.Formatter):
    """One JSON object a record: time (RFC 3339, UTC), level, logger, event, the bound ids, extras, exception."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")[:-6] + "Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _safe(_message(record)),
        }
        line |= {name: value for name, variable in _BOUND if (value := variable.get()) is not None}
        line |= {name: _plain(value) for name, value in record.__dict__.items() if name not in _STANDARD}
        if exception := _exception(self, record):
            line["exception"] = for_log(exception)
        return orjson.dumps(line).decode()


class TerminalFormatter(logging.Formatter):
    """A line for people; a trace follows on lines of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        moment = datetime.fromtimestamp(record.created, UTC).astimezone().strftime("%H:%M:%S")
        line = f"{moment} {record.levelname:<7} {_safe(_message(record))}"
        named = [(name, variable.get()) for name, variable in _BOUND]
        named += [(name, _plain(value)) for name, value in record.__dict__.items() if name not in _STANDARD]
        line += "".join(f" {name}={value}" for name, value in named if value is not None)
        if exception := _exception(self, record):
            line += "".join(f"\n    {part}" for part in map(for_log, exception.splitlines()))
        return line


class _StderrHandler(logging.StreamHandler):  # type: ignore[type-arg]
    """Marks our handler, so that configuring again replaces it and leaves those of others alone."""


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):  # arguments that do not fit must not cost the line that reports a failure
        return str(record.msg)


def _exception(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    parts = [formatter.formatException(record.exc_info)] if record.exc_info and record.exc_info[0] else []
    if record.stack_info:
        parts.append(formatter.formatStack(record.stack_info))
    return without_secrets("\n".join(parts))


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, bool | int | float) else _safe(str(value))


def _safe(text: str) -> str:
    return for_log(without_secrets(text))
