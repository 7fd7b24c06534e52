"""Structured logs on stderr."""

import asyncio
import io
import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from trillm.telemetry.logs import JsonFormatter, TerminalFormatter, bind

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


def logger_to(stream: io.StringIO, formatter: logging.Formatter) -> logging.Logger:
    logger = logging.Logger("trillm.test")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logger.addHandler(handler)
    return logger


@pytest.fixture
def log(stream: io.StringIO) -> logging.Logger:
    return logger_to(stream, JsonFormatter())


@pytest.fixture
def lines(stream: io.StringIO) -> Iterator[Lines]:
    return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]  # type: ignore[return-value]


def test_a_record_is_one_line_of_json_with_time_level_logger_and_event(log: logging.Logger, lines: Lines) -> None:
    log.warning("a vendor failed", extra={"model": "openai:a", "attempt": 2})
    (line,) = lines()
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "warning",
        "logger": "trillm.test",
        "event": "a vendor failed",
        "model": "openai:a",
        "attempt": 2,
    }


def test_bound_ids_are_in_every_line_inside_and_in_none_after(log: logging.Logger, lines: Lines) -> None:
    with bind(request_id="r1"):
        with bind(query_id="q1"):
            log.info("inside")
        log.info("between")
    log.info("after")
    ids = [(line.get("request_id"), line.get("query_id")) for line in lines()]
    assert ids == [("r1", "q1"), ("r1", None), (None, None)]


async def test_concurrent_queries_do_not_take_each_others_ids(log: logging.Logger, lines: Lines) -> None:
    async def work(name: str) -> None:
        with bind(query_id=name):
            for _ in range(3):
                await asyncio.sleep(0)
                log.info(name)

    await asyncio.gather(*(work(f"q{n}") for n in range(5)))
    assert len(lines()) == 15
    assert all(line["event"] == line["query_id"] for line in lines())


def test_an_exception_is_one_escaped_string_without_secrets(
    log: logging.Logger, lines: Lines, stream: io.StringIO
) -> None:
    try:
        raise RuntimeError("vendor said\nsk-proj-AbCd1234EfGh")
    except RuntimeError:
        log.exception("a defect")
    assert len(stream.getvalue().splitlines()) == 1
    (line,) = lines()
    assert "Traceback" in line["exception"]
    assert "RuntimeError: vendor said\\n***" in line["exception"]


def test_case_44_a_vendors_text_cannot_forge_a_line(log: logging.Logger, lines: Lines) -> None:
    log.info('cut\n{"level":"info","event":"all is well"}', extra={"reason": "a\r\nb\x1b[1m"})
    (line,) = lines()
    assert line["event"].startswith("cut\\n{")
    assert line["reason"] == "a\\r\\nb\\x1b[1m"


def test_extras_are_masked_and_their_lone_surrogates_do_not_cost_the_line(log: logging.Logger, lines: Lines) -> None:
    log.info("x", extra={"header": "Bearer abcdefghijkl", "odd": "\ud800", "thing": ValueError("v")})
    (line,) = lines()
    assert (line["header"], line["odd"], line["thing"]) == ("Bearer ***", "\\ud800", "v")


def test_arguments_that_do_not_fit_do_not_cost_the_line(log: logging.Logger, lines: Lines) -> None:
    log.error("%d of %d", "one")
    assert lines()[0]["event"] == "%d of %d"


def test_the_form_for_people_is_a_line_and_the_trace_below_it(stream: io.StringIO) -> None:
    log = logger_to(stream, TerminalFormatter())
    with bind(query_id="q1"):
        try:
            raise ValueError("\x1b[2J")
        except ValueError:
            log.exception("a defect", extra={"model": "local:a"})
    first, *trace = stream.getvalue().splitlines()
    assert first[8:] == " ERROR   a defect query_id=q1 model=local:a"
    assert trace[0] == "    Traceback (most recent call last):"
    assert trace[-1] == "    ValueError: \\x1b[2J"


CONFIGURE = """
import logging, warnings
from trillm.telemetry.logs import configure_logging
configure_logging("warning", json=True)
configure_logging("INFO", json=True)
logging.getLogger("uvicorn.error").info("a normal start")
logging.getLogger("uvicorn.error").warning("Uvicorn warns")
logging.getLogger("uvicorn.access").info("GET / 200")
logging.getLogger("x").debug("too quiet")
warnings.warn("something is old")
"""


def test_once_configured_dependencies_and_warnings_speak_the_same_form_and_each_once() -> None:
    done = subprocess.run([sys.executable, "-c", CONFIGURE], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout == ""
    events = [json.loads(line)["event"] for line in done.stderr.splitlines()]
    assert events[0] == "Uvicorn warns"
    assert "something is old" in events[1]
    assert len(events) == 2


def test_a_level_that_does_not_exist_is_refused() -> None:
    code = "from trillm.telemetry.logs import configure_logging; configure_logging('loud')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False)
    assert "ValueError: Unknown level: 'LOUD'" in done.stderr
