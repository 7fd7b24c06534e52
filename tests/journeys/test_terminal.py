"""Through the terminal's door: `python -m trillm ask`, piped and on a terminal of its own, with vendors by script."""

from __future__ import annotations

import json
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from tests.journeys.conftest import ANSWERS, QUESTION, SECONDS, Trillm, Vendors, wait_until
from tests.journeys.pseudo_terminal import PseudoTerminal
from tests.providers.vendors import Script

ESCAPES = Script(["Paris\x1b[2J\x1b]0;owned\x07", " \x9b31m is \u202eit", "\rgone"])


def test_the_answer_goes_to_stdout_and_the_progress_to_stderr(trillm: Trillm) -> None:
    done = trillm("ask", QUESTION)
    assert done.returncode == 0
    assert done.stdout.startswith("★ ")
    assert any("".join(script.pieces) in done.stdout for script in ANSWERS.values())
    for name in ("GPT-6.1 Terra", "Gemini 3.8 Flash", "Claude Sonnet 5.5"):
        assert f"{name}: complete in" in done.stderr
        assert name in done.stdout
    assert "likely the best" in done.stdout
    assert "\nWhy: " in done.stdout
    assert "best: " in done.stderr
    assert "\x1b" not in done.stdout + done.stderr


def test_a_runner_up_has_a_line_with_score_seconds_and_cost(trillm: Trillm) -> None:
    done = trillm("ask", QUESTION)
    (second,) = [line for line in done.stdout.splitlines() if line.startswith("2  ")]
    *_, chance, score, seconds, unit, cost = second.split()
    assert chance.endswith("%")
    assert 0 <= float(score) <= 100
    assert float(seconds) < SECONDS
    assert unit == "s"
    assert "$" in cost


def test_json_prints_the_query_object_and_nothing_else(trillm: Trillm) -> None:
    done = trillm("ask", "--json", QUESTION)
    query = json.loads(done.stdout)
    assert done.returncode == 0
    assert done.stdout.count("\n") == 1
    assert query["status"] == "complete"
    assert query["question"] == QUESTION
    assert {"id", "best", "confidence", "too_close", "decided_by", "why", "responses", "cost_usd"} <= query.keys()
    assert query["best"] in {r["id"] for r in query["responses"]}
    assert "best: " in done.stderr


def test_words_without_quotes_are_one_question(trillm: Trillm) -> None:
    assert json.loads(trillm("ask", "--json", *QUESTION.split()).stdout)["question"] == QUESTION


def test_a_dash_reads_the_question_from_stdin(trillm: Trillm) -> None:
    done = trillm("ask", "--json", "-", stdin="  Où est Paris ?\n".encode())
    assert json.loads(done.stdout)["question"] == "Où est Paris ?"


def test_one_vendor_down_is_told_and_the_others_answer(trillm: Trillm, vendors: Vendors) -> None:
    vendors.script(**{"gemini-3.8-flash": Script(status=401, message="no such key")})
    done = trillm("ask", QUESTION)
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    (at,) = [number for number, line in enumerate(lines) if "Gemini 3.8 Flash" in line]
    assert lines[at + 1].startswith("   failed: ")


def test_all_vendors_down_ends_with_one_and_each_reason(trillm: Trillm, vendors: Vendors) -> None:
    vendors.script(**{model: Script(status=401, message="no") for model in ANSWERS})
    done = trillm("ask", QUESTION)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "No model answered." in done.stderr
    assert "Traceback" not in done.stderr


def test_all_vendors_down_shows_the_earlier_answer_with_its_age(trillm: Trillm, vendors: Vendors) -> None:
    assert trillm("ask", QUESTION).returncode == 0
    vendors.script(**{model: Script(status=401, message="no") for model in ANSWERS})
    done = trillm("ask", QUESTION, TRILLM_CACHE_SECONDS="0")  # too old to be shown unasked
    assert done.returncode == 0
    assert "Answered a moment ago, shown from the history" in done.stdout
    assert trillm("ask", "--fresh", QUESTION).returncode == 1


def test_a_question_answered_within_the_hour_is_not_asked_again_unless_fresh(trillm: Trillm, vendors: Vendors) -> None:
    first = json.loads(trillm("ask", "--json", QUESTION).stdout)
    again = trillm("ask", QUESTION)
    assert vendors.calls("gpt-6.1-terra") == 1
    assert "shown from the history; --fresh asks again" in again.stdout
    assert "\nWhy: " + first["why"] in again.stdout
    assert "--fresh" not in trillm("ask", "--fresh", QUESTION).stdout
    assert vendors.calls("gpt-6.1-terra") == 2


def test_a_follow_up_continues_an_answer_or_the_best_of_a_query(trillm: Trillm, vendors: Vendors) -> None:
    first = json.loads(trillm("ask", "--json", QUESTION).stdout)
    other = next(r for r in first["responses"] if not r["is_best"])
    for followed, expected in ((first["id"], first["best"]), (other["id"], other["id"])):
        query = json.loads(trillm("ask", "--json", "--follow", followed, "Shorten it.").stdout)
        assert query["follows"] == {"query_id": first["id"], "response_id": expected}
    unknown = trillm("ask", "--follow", "no-such-id", "Shorten it.")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "no such answer" in unknown.stderr
    assert vendors.calls("gpt-6.1-terra") == 3


def test_what_arrived_is_shown_even_when_it_cannot_be_recorded(
    environment: dict[str, str], trillm: Trillm, vendors: Vendors
) -> None:
    assert trillm("db", "upgrade").returncode == 0
    vendors.script(**{model: Script(["It is ", "Paris."], between=1.0) for model in ANSWERS})
    command = [sys.executable, "-m", "trillm", "ask", QUESTION]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as asking:
        wait_until(lambda: vendors.calls("gpt-6.1-terra") > 0 or asking.poll() is not None)
        with closing(sqlite3.connect(Path(environment["TRILLM_DATA_DIR"]) / "trillm.db")) as database:
            database.execute("ALTER TABLE llm_responses RENAME TO elsewhere")
        out, err = (stream.decode() for stream in asking.communicate(timeout=SECONDS))
    assert asking.returncode == (0 if "likely the best" in out else 1), out + err
    assert "It is Paris." in out
    assert "This query could not be recorded" in err
    assert "Traceback" not in err


def test_without_keys_and_model_it_says_what_to_do(trillm: Trillm) -> None:
    nothing = dict.fromkeys(("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "TRILLM_PANEL"), "")
    done = trillm("ask", QUESTION, **nothing, OLLAMA_HOST="127.0.0.1:9")
    assert done.returncode == 1
    assert "OPENAI_API_KEY" in done.stderr
    assert "trillm models install" in done.stderr
    assert len(done.stderr.splitlines()) == 3


def test_who_has_a_key_for_models_that_are_not_listed_is_told_to_name_one(trillm: Trillm) -> None:
    nothing = dict.fromkeys(("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "TRILLM_PANEL"), "")
    done = trillm("ask", QUESTION, **nothing, OPENROUTER_API_KEY="sk-or-test", OLLAMA_HOST="127.0.0.1:9")
    assert done.returncode == 1
    assert "--models openrouter:MODEL" in done.stderr
    assert "No vendor's key is set" not in done.stderr


def test_a_question_that_cannot_be_sent_ends_with_two(trillm: Trillm) -> None:
    done = trillm("ask", "-", stdin=b"a" * 1001)
    assert done.returncode == 2
    assert done.stderr == "trillm: question: at most 1,000 characters.\n"
    assert done.stdout == ""


def test_a_vendors_escape_sequences_are_inert_in_pipe_and_json(trillm: Trillm, vendors: Vendors) -> None:
    vendors.script(**dict.fromkeys(ANSWERS, ESCAPES))
    shown = trillm("ask", "--fresh", QUESTION)
    printed = trillm("ask", "--fresh", "--json", QUESTION)
    for text in (shown.stdout, shown.stderr, printed.stdout, printed.stderr):
        assert not set(text) & set("\x1b\x07\x9b\u202e\r")
    assert "\x9b31m" in json.loads(printed.stdout)["responses"][0]["text"]


def test_a_terminal_shows_the_answers_side_by_side_and_then_the_best(
    environment: dict[str, str], vendors: Vendors
) -> None:
    with PseudoTerminal([sys.executable, "-m", "trillm", "ask", QUESTION], environment) as terminal:
        seen = terminal.read_until_end()
    assert terminal.returncode == 0
    row = next(line for line in seen.splitlines() if "GPT-6.1 Terra" in line and "╭" in line)
    assert "Gemini 3.8 Flash" in row
    assert "Claude Sonnet 5.5" in row
    assert "best so far" in seen
    assert "likely the best" in seen
    assert seen.rindex("\x1b[?25h") > seen.rindex("\x1b[?25l"), "the cursor is to be seen again"


def test_a_narrow_terminal_shows_the_answers_below_each_other(environment: dict[str, str], vendors: Vendors) -> None:
    with PseudoTerminal([sys.executable, "-m", "trillm", "ask", QUESTION], environment, columns=50) as terminal:
        seen = terminal.read_until_end()
    assert terminal.returncode == 0
    assert not [line for line in seen.splitlines() if "GPT-6.1" in line and "Gemini" in line and "╭" in line]
    assert "likely the best" in seen


def test_no_color_shows_no_colour(environment: dict[str, str], vendors: Vendors) -> None:
    command = [sys.executable, "-m", "trillm", "ask", QUESTION]
    with PseudoTerminal(command, environment | {"NO_COLOR": "1"}) as terminal:
        seen = terminal.read_until_end()
    assert "\x1b[32m" not in seen
    assert "\x1b[1;32m" not in seen
    assert "likely the best" in seen


def test_a_dumb_terminal_gets_lines(environment: dict[str, str], vendors: Vendors) -> None:
    command = [sys.executable, "-m", "trillm", "ask", QUESTION]
    with PseudoTerminal(command, environment | {"TERM": "dumb"}) as terminal:
        seen = terminal.read_until_end()
    assert "\x1b" not in seen
    assert "Gemini 3.8 Flash: complete in" in seen


def test_a_vendors_escape_sequences_are_inert_on_a_terminal(environment: dict[str, str], vendors: Vendors) -> None:
    vendors.script(**dict.fromkeys(ANSWERS, ESCAPES))
    with PseudoTerminal([sys.executable, "-m", "trillm", "ask", QUESTION], environment) as terminal:
        seen = terminal.read_until_end()
    assert "\x1b[2J" not in seen
    assert "\x1b]0" not in seen
    assert not set(seen) & set("\x07\x9b\u202e")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_told_to_stop_ends_with_zero(
    environment: dict[str, str], vendors: Vendors, how: signal.Signals
) -> None:
    log, process = started_server(environment)
    process.send_signal(how)
    _, rest = process.communicate(timeout=SECONDS)
    assert process.returncode == 0
    assert "Traceback" not in log + rest


def test_a_server_without_its_local_model_says_so_and_goes_on(environment: dict[str, str]) -> None:
    log, process = started_server(environment | {"TRILLM_PANEL": "local:smollm2-135m-brief"})
    while "trillm models install" not in log:
        assert process.stderr is not None
        line = process.stderr.readline()
        assert line, log
        log += line
    assert process.poll() is None
    process.terminate()
    process.communicate(timeout=SECONDS)
    assert process.returncode == 0


def test_a_port_in_use_is_said_before_anything_is_touched(trillm: Trillm, environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = trillm("serve", "--port", str(port))
    assert done.returncode == 2
    assert f"Cannot listen on 127.0.0.1, port {port}: Address already in use" in done.stderr
    assert "--port" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not Path(environment["TRILLM_DATA_DIR"]).exists()


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_an_address_that_is_not_here_is_said(trillm: Trillm, host: str) -> None:
    done = trillm("serve", "--port", "0", "--host", host)
    assert done.returncode == 2
    assert f"Cannot listen on {host}" in done.stderr
    assert "Traceback" not in done.stderr


def test_models_fit_on_eighty_columns_with_a_line_each(environment: dict[str, str]) -> None:
    with PseudoTerminal([sys.executable, "-m", "trillm", "models"], environment, columns=80) as terminal:
        seen = terminal.read_until_end()
    lines = [line for line in terminal.plain(seen).splitlines() if "smollm2" in line or "claude-" in line]
    assert len(lines) >= 5
    assert all(len(line) <= 80 for line in lines)
    assert any(line.startswith("★  anthropic:claude-sonnet-5-5 ") and "Claude Sonnet 5.5" in line for line in lines)


def test_models_are_not_cut_in_a_pipe_and_name_what_each_vendor_lacks(trillm: Trillm) -> None:
    done = trillm("models", OPENAI_API_KEY="")
    assert "SmolLM2 135M, brief voice (tiny, often wrong)" in done.stdout
    assert done.stdout.count("OPENAI_API_KEY") == 1
    assert "Anthropic · ready" in done.stdout


def test_models_as_json_are_the_object_of_the_api(trillm: Trillm) -> None:
    found = json.loads(trillm("models", "--json").stdout)
    assert found["local_only"] is False
    assert len(found["panel"]) == 3


def test_a_reader_that_leaves_early_is_no_failure(environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "trillm", "models"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as listing:
        assert listing.stdout is not None
        assert listing.stderr is not None
        listing.stdout.close()
        assert listing.stderr.read() == b""
        assert listing.wait(SECONDS) == 0


def test_doctor_tries_each_model_only_when_told_to(trillm: Trillm, vendors: Vendors) -> None:
    vendors.script(**{"gemini-3.8-flash": Script(status=401, message="no such key")})
    offline = trillm("doctor")
    assert offline.returncode == 0
    assert not vendors.server.requests
    online = trillm("doctor", "--online")
    assert online.returncode == 0
    assert "✓ panel: openai:gpt-6.1-terra · answers" in online.stdout
    assert "✗ panel: gemini:gemini-3.8-flash · " in online.stdout
    assert all(vendors.calls(model) == 1 for model in ANSWERS)


def test_doctor_ends_with_one_when_nothing_could_answer(trillm: Trillm) -> None:
    done = trillm("doctor", TRILLM_PANEL="local:smollm2-135m-brief")
    assert done.returncode == 1
    assert "✗ local: The local model is not installed: trillm models install" in done.stdout
    assert "Nothing can answer" in done.stdout


def test_doctor_names_a_database_that_cannot_be_used(trillm: Trillm) -> None:
    done = trillm("doctor", TRILLM_DATABASE_URL="postgresql://nobody@127.0.0.1:9/none")
    assert done.returncode == 1
    assert "✗ database: The database is" in done.stdout
    assert done.stderr == ""


def test_doctor_online_ends_with_one_when_no_vendor_is_reached(trillm: Trillm) -> None:
    nowhere = {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "TRILLM_PANEL": "openai:gpt-6.1-terra"}
    done = trillm("doctor", "--online", **nowhere)
    assert done.returncode == 1
    assert "✗ panel: openai:gpt-6.1-terra" in done.stdout
    assert "No model of the panel answered; each line above says why." in done.stdout


def test_moderation_that_cannot_be_asked_is_told_on_the_terminal_too(trillm: Trillm) -> None:
    done = trillm("ask", QUESTION, TRILLM_MODERATION="refuse")
    assert done.returncode == 0
    assert "moderation could not be asked; only the rules have looked" in done.stderr


def started_server(environment: dict[str, str]) -> tuple[str, subprocess.Popen[str]]:
    """Start a server on a free port and return what it logged until it listens."""
    command = [sys.executable, "-m", "trillm", "serve", "--port", "0"]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    log = ""
    while "listens on" not in log:
        line = process.stderr.readline()
        assert line, log
        log += line
    return log, process
