"""Commands: what is wrong is a sentence and an exit code, and what is shown fits its window."""

from __future__ import annotations

import io
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len
from rich.console import Console

from trillm.entrypoints.cli.aligned import aligned
from trillm.entrypoints.cli.ask import user_name
from trillm.entrypoints.cli.columns import Columns
from trillm.entrypoints.cli.main import commands
from trillm.entrypoints.cli.outcome import MOST_MARKED_UP, ago, money, show_no_answer, show_outcome, show_unranked
from trillm.vocabulary.event import Event, EventType
from trillm.vocabulary.ids import now
from trillm.vocabulary.question import Caller, Query, Question
from trillm.vocabulary.ranking import Ranking
from trillm.vocabulary.response import Failure, Response, ResponseStatus, Scores


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(commands, arguments, env=environment, prog_name="trillm")


@pytest.mark.parametrize(
    ("stdin", "sentence"),
    [
        (b"", "The question is empty."),
        (b" \n\t ", "The question is empty."),
        (b"a" * 1001, "at most 1,000 characters"),
        (b"a" * 100_000, "at most 1,000 characters"),
        (b"\xff\xfe", "stdin is not UTF-8 text"),
        (b"a\0b", "NUL"),
    ],
    ids=["nothing", "blank", "long", "very long", "not UTF-8", "NUL"],
)
def test_a_question_that_cannot_be_sent_ends_with_two(stdin: bytes, sentence: str) -> None:
    done = CliRunner().invoke(commands, ["ask", "-"], input=stdin)
    assert done.exit_code == 2
    assert sentence in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask",),
        ("ask", "--judge", "sometimes", "x"),
        ("ask", "--synthesise", "x"),
        ("nothing",),
        ("serve", "--port", "x"),
    ],
)
def test_bad_usage_ends_with_two_and_says_what_there_is(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert "Usage: trillm" in done.stderr


@pytest.mark.parametrize("command", [("ask", "x"), ("serve",), ("models",), ("doctor",), ("db", "upgrade")])
def test_a_setting_that_cannot_be_used_ends_every_command_with_two(command: tuple[str, ...]) -> None:
    done = run(*command, TRILLM_PROT="1")
    assert done.exit_code == 2
    assert done.stderr.startswith("trillm: TRILLM_PROT is not a setting.")


@pytest.mark.parametrize("command", [("ask", "x"), ("models",), ("models", "install"), ("doctor",), ("db", "upgrade")])
def test_a_data_directory_that_cannot_be_written_to_ends_with_two(command: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run(*command, TRILLM_DATA_DIR=str(tmp_path / "file" / "data"), OLLAMA_HOST="127.0.0.1:9")
    assert done.exit_code == 2
    assert "cannot be written to: Not a directory" in done.stderr


def test_a_database_out_of_reach_ends_with_one(tmp_path: Path) -> None:
    done = run("db", "upgrade", TRILLM_DATA_DIR=str(tmp_path), TRILLM_DATABASE_URL="postgresql://127.0.0.1:9/x")
    assert done.exit_code == 1
    assert done.stderr.startswith("trillm: The service is not available. ")


def test_the_database_is_upgraded_once(tmp_path: Path) -> None:
    assert "from empty" in run("db", "upgrade", TRILLM_DATA_DIR=str(tmp_path)).stdout
    assert "as before" in run("db", "upgrade", TRILLM_DATA_DIR=str(tmp_path)).stdout


def test_a_sentence_about_a_setting_is_inert_on_a_terminal() -> None:
    strange = {"TRILLM_\x1b[2J": "1"}
    assert "\x1b" not in run("ask", "x", **strange).stderr


def test_help_needs_none_of_the_rooms() -> None:
    probe = (
        "import sys, contextlib\nfrom trillm.entrypoints.cli.main import main\n"
        "with contextlib.suppress(SystemExit): main(['ask', '--help'])\n"
        "print({'pydantic', 'httptools', 'sqlalchemy', 'fastapi', 'rich'} & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, timeout=60, check=True)
    assert "Usage:" in done.stdout
    assert done.stderr == "set()\n"


def test_asking_does_not_load_the_http_door() -> None:
    probe = "import sys, trillm.entrypoints.cli.ask\nprint({'fastapi', 'uvicorn', 'alembic'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "set()\n"


def test_somebody_without_a_name_on_this_machine_asks_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 3_999_999_999)  # nobody has this one
    assert user_name() == "3999999999"


def test_lines_are_aligned_by_what_a_character_takes_on_the_screen() -> None:
    assert aligned([("a", "1"), ("日本", "22")], elastic=0, right={1}) == ["a      1", "日本  22"]


@pytest.mark.parametrize("width", [20, 30])
def test_lines_fit_a_window_by_cutting_one_column(width: int) -> None:
    rows = [("1", "a name that is much too long", "$1"), ("2", "日本語日本語日本語日本語", "$22")]
    lines = aligned(rows, elastic=1, right={2}, width=width)
    assert all(cell_len(line) == width for line in lines)
    assert all("…" in line for line in lines)
    assert lines[0].endswith(" $1")


@pytest.mark.parametrize(("usd", "text"), [(None, "unknown"), (0.0, "$0"), (0.00001, "<$0.0001"), (0.01234, "$0.0123")])
def test_an_unknown_cost_is_unknown_and_a_small_one_is_not_nothing(usd: float | None, text: str) -> None:
    assert money(usd) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(5, "a moment ago"), (60, "1 minute ago"), (7300, "2 hours ago"), (90000, "1 day ago")]
)
def test_an_age_is_told_in_a_few_words(seconds: int, text: str) -> None:
    assert ago(now() - timedelta(seconds=seconds)) == text


def answered() -> Query:
    """A query with one answer picked, one cut short and one refused."""
    best = Response("1", "a", "m", status=ResponseStatus.COMPLETE, text="**Yes** \x1b[2J", rank=1, is_best=True)
    best.scores, best.probability, best.cost_usd = Scores(90, 80, 70, 60, 80.5), 0.61, 0.002
    short = Response("2", "b", "m", status=ResponseStatus.TRUNCATED, text="No", rank=2, probability=0.2)
    refused = Response("3", "c", "m", status=ResponseStatus.FAILED, error=Failure("authentication", "No such key."))
    query = Query("q", Question("Is it?"), Caller("me"), now(), responses=[refused, short, best])
    query.ranking = Ranking(("1", "2"), {"1": 0.61, "2": 0.2}, "1", 0.61, True, "criteria", "It \x1b[1mis.")
    return query


def shown(query: Query, width: int | None = None) -> str:
    out = Console(file=io.StringIO(), force_terminal=width is not None, width=width or 80, no_color=True)
    show_outcome(out, query, lambda key: f"Model {key}")
    return out.file.getvalue()  # type: ignore[attr-defined]


def test_the_outcome_names_the_best_how_sure_that_is_and_why() -> None:
    text = shown(answered())
    assert text.startswith("★ Model a:m · 61% likely the best · too close to call\n\n**Yes** ")
    assert "\nWhy: It " in text
    assert "\x1b" not in text


def test_the_outcome_tells_how_each_answer_ended_best_first() -> None:
    lines = [line for line in shown(answered()).splitlines() if "Model" in line or line.startswith("   ")][1:]
    assert [line[:1] for line in lines if "Model" in line] == ["★", "2", "-"]
    assert lines[-1] == "   failed: No such key."
    assert "   truncated" in lines


def test_what_was_not_asked_has_no_cost_and_what_may_be_billed_has_an_unknown_one() -> None:
    query = answered()
    query.responses[0].error = Failure("not-configured", "set X_API_KEY")
    query.responses[1].status = ResponseStatus.TIMEOUT
    lines = [line.split() for line in shown(query).splitlines() if "Model" in line][1:]
    assert [line[-1] for line in lines] == ["$0.0020", "unknown", "c:m"]


def test_an_answer_beyond_all_length_is_shown_without_reading_its_markup() -> None:
    query = answered()
    query.responses[2].text = "[" * MOST_MARKED_UP + "**the end**"
    assert "**the end**" in shown(query, width=80)
    query.responses[2].text = "**the end**"
    assert "**" not in shown(query, width=80)


def test_of_a_line_without_end_its_end_is_drawn() -> None:
    out = Console(file=io.StringIO(), force_terminal=True, width=80, height=20, no_color=True)
    with Columns(out, lambda key: key) as columns:
        started = {"id": "1", "provider": "a", "model": "m"}
        columns.show([Event(1, EventType.RESPONSE_STARTED, orjson.dumps(started))])
        said = {"response_id": "1", "text": "word " * 200_000 + "the end"}
        columns.show([Event(2, EventType.RESPONSE_DELTA, orjson.dumps(said))])
    assert "the end" in out.file.getvalue()  # type: ignore[attr-defined]


def test_the_outcome_fits_a_narrow_window() -> None:
    text = shown(answered(), width=40)
    plain = [line for line in text.splitlines() if "Model" in line]
    assert all(cell_len(line) <= 48 for line in plain)
    assert "\x1b[2J" not in text


def test_what_arrived_is_shown_under_its_name_when_it_could_not_be_ranked() -> None:
    query = answered()
    query.ranking = None
    out = Console(file=io.StringIO(), width=200)
    show_unranked(out, query, lambda key: f"Model {key}")
    show_no_answer(out, query, str)
    assert out.file.getvalue() == "Model b:m\nNo\nModel a:m\n**Yes** \u241b[2J\n"  # type: ignore[attr-defined]


def test_no_answer_names_each_reason_once() -> None:
    query = answered()
    for response in query.responses:
        response.text, response.error = "", Failure("authentication", "No such key.")
        response.status, response.is_best = ResponseStatus.FAILED, False
    out = Console(file=io.StringIO(), width=200)
    show_unranked(out, query, str)
    show_no_answer(out, query, str)
    assert out.file.getvalue() == "No model answered.\n  failed: No such key.\n"  # type: ignore[attr-defined]
    query.responses[0].error = Failure("overloaded", "Too busy.")
    show_no_answer(out, query, str)
    assert "  c:m: failed: Too busy.\n  b:m, a:m: failed: No such key.\n" in out.file.getvalue()  # type: ignore[attr-defined]
