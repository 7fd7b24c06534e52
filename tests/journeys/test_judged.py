"""From the question to the verdict, and from votes to another pick, with a judge that really is asked over HTTP."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.journeys.conftest import SECONDS, Server, StartServer, Trillm, Vendors, wait_until
from tests.journeys.test_crash import ended
from tests.providers.tongues import TONGUES
from tests.providers.vendors import Script
from tests.ranking.judge.scripted_judge import material, reply

from trillm.vocabulary.response import Usage

QUESTION = "Server-sent events or WebSockets for streaming text?"
PROSE = {
    "gpt-6.1-terra": (
        "Server-sent events are usually the better choice for streaming text to a browser.\n\n- They are plain HTTP, "
        "so proxies understand them.\n- The browser reconnects by itself.\n- They only go one way, which is all that "
        "text needs.\n\nPick WebSockets when the client must talk back often."
    ),
    "gemini-3.8-flash": (
        "It depends on who talks. For text that flows from the server to the client, events are simpler: one long HTTP "
        "response, reconnection and no special protocol. WebSockets pay off when both sides send at the same time, for "
        "example in a game or a shared editor."
    ),
    "claude-sonnet-5-5": (
        "Use server-sent events for one-way streams, and WebSockets for two-way conversations.\n\n1. Latency is the "
        "same for both.\n2. Events resume after a cut; with sockets you write that yourself."
    ),
}
"""Three answers, none of which stands out by its text."""
LAST = "claude-sonnet-5-5"
"""The model whose answer the shipped numbers put last."""
VOTES = 12
KEYLESS = {**dict.fromkeys(("OPENAI_API_KEY", "GEMINI_API_KEY", "ANTHROPIC_API_KEY"), ""), "TRILLM_PANEL": ""}
STREAM = {"Accept": "text/event-stream"}
SESSION = {"X-Session-ID": "a-session-nobody-can-guess"}
CATALOGUE = """
[providers.court]
label = "Court"
dialect = "openai-chat"
base_url = "{url}/v1"
key_env = []

[providers.court.models."wise"]
label = "Wise"
judges = true
prices = [{{ valid_from = 2026-01-01, input = 0.10, output = 0.50 }}]
"""


class Court:
    """A vendor of a family of its own whose only model judges, over HTTP; `hold` lets it read and say nothing."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.prefers = PROSE["gemini-3.8-flash"]
        self.status, self.says = 200, ""
        """Another status, or words in place of a verdict."""
        self._may_speak = threading.Event()
        self._may_speak.set()
        court = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
                court.calls.append(asked)
                court._may_speak.wait(SECONDS)
                with suppress(ConnectionError):  # who asked may be gone by now
                    self.send_response(court.status)
                    self.send_header("content-type", "text/event-stream" if court.status == 200 else "application/json")
                    self.end_headers()
                    self.wfile.write(court._reply(asked))

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def hold(self) -> None:
        self._may_speak.clear()

    def speak(self) -> None:
        self._may_speak.set()

    def close(self) -> None:
        self.speak()
        self._server.shutdown()
        self._server.server_close()

    def _reply(self, asked: dict[str, Any]) -> bytes:
        tongue = TONGUES["openai-chat"]
        if self.status != 200:
            return json.dumps(tongue.error(self.status, "scripted failure")).encode()
        said = self.says or self._verdict(asked["messages"][-1]["content"])
        used = Usage(1000, 100)
        return b"".join([*tongue.opening(used), tongue.piece(said), *tongue.ending("complete", said, used)])

    def _verdict(self, prompt: str) -> str:
        labels = {answer["text"]: answer["label"] for answer in material(prompt)["answers"]}
        return json.dumps(reply(list(labels.values()), labels[self.prefers], "It says when each of the two pays."))


@pytest.fixture
def court(tmp_path: Path, vendors: Vendors) -> Iterator[Court]:
    """The court sits, and the panel answers in prose that is close."""
    court = Court()
    (tmp_path / "court.toml").write_text(CATALOGUE.format(url=court.url))
    vendors.script(**{model: Script([text]) for model, text in PROSE.items()})
    yield court
    court.close()


@pytest.fixture
def settings(tmp_path: Path, court: Court) -> dict[str, str]:
    """Settings of a deployment that has a judge, and nothing left to chance."""
    return {"TRILLM_MODELS_FILE": str(tmp_path / "court.toml"), "TRILLM_AUDIT_SHARE": "0"}


@pytest.fixture
def server(start_server: StartServer, settings: dict[str, str]) -> Server:
    return start_server(**settings)


def ask(server: Server, question: str = QUESTION, **more: object) -> dict[str, Any]:
    body = {"question": question, "cache": False, **more}
    return httpx.post(f"{server.url}/api/query", json=body, headers=SESSION, timeout=SECONDS).json()


def ask_and_leave(server: Server) -> str:
    """Ask without waiting, and return where the answer will be."""
    headers = {"Prefer": "respond-async", **SESSION}
    asked = httpx.post(f"{server.url}/api/query", json={"question": QUESTION}, headers=headers)
    return server.url + asked.headers["location"]


def until_kept(location: str) -> None:
    """Follow a query until all its answers are told, which they are once they are kept."""
    with httpx.stream("GET", location, headers=STREAM, timeout=SECONDS) as stream:
        told = (line for line in stream.iter_lines() if line == "event: response.completed")
        for _ in PROSE:
            next(told)


def events(text: str) -> list[tuple[str, dict[str, Any]]]:
    blocks = [dict(line.split(": ", 1) for line in block.split("\n")) for block in text.strip().split("\n\n")]
    return [(block["event"], json.loads(block["data"])) for block in blocks]


def chosen(query: dict[str, Any]) -> str:
    """Return the model whose answer is the best."""
    return next(response["model"] for response in query["responses"] if response["is_best"])


def test_a_close_call_is_judged_and_the_verdict_is_streamed_priced_and_kept(server: Server, court: Court) -> None:
    alone = ask(server, judge="never")
    assert (chosen(alone), court.calls) == ("gpt-6.1-terra", [])
    body = {"question": QUESTION, "cache": False}
    told = events(httpx.post(f"{server.url}/api/query", json=body, headers=STREAM, timeout=SECONDS).text)
    asked, judgement = [data for kind, data in told if kind == "judge"]
    assert asked == {"status": "asked", "provider": "court", "model": "wise", "asked_because": "close"}
    assert [kind for kind, _ in told[-3:]] == ["judge", "ranking", "done"]
    ranking, query = told[-2][1], told[-1][1]
    assert (chosen(query), query["decided_by"]) == ("gemini-3.8-flash", "judge")
    assert (ranking["best"], ranking["provisional"]) == (query["best"], False)
    assert query["why"] == "The judge preferred it in both orders: It says when each of the two pays."
    assert query["judgement"] == judgement
    assert (judgement["status"], judgement["better"]) == ("consistent", query["best"])
    assert judgement["cost_usd"] == pytest.approx(2 * (1000 * 0.10 + 100 * 0.50) / 1e6)
    assert query["cost_usd"] == pytest.approx(alone["cost_usd"] + judgement["cost_usd"])
    assert [call["response_format"]["type"] for call in court.calls] == ["json_schema"] * 2
    server.kill()
    server.start()
    assert httpx.get(f"{server.url}/api/query/{query['id']}").json() == query


def test_a_server_killed_while_the_judge_reads_has_it_read_again_and_buys_no_answer_twice(
    server: Server, court: Court
) -> None:
    court.hold()
    location = ask_and_leave(server)
    wait_until(lambda: len(court.calls) == 2)
    until_kept(location)
    path = location.removeprefix(server.url)
    server.kill()
    court.speak()
    server.start()
    query = ended(server.url + path)
    assert (chosen(query), query["decided_by"]) == ("gemini-3.8-flash", "judge")
    assert (query["status"], query["judgement"]["status"]) == ("complete", "consistent")
    assert len(court.calls) == 4
    assert {model: server.vendors.calls(model) for model in PROSE} == dict.fromkeys(PROSE, 1)


def test_a_judge_that_fails_is_told_and_the_pick_stands_as_it_was(server: Server, court: Court) -> None:
    alone = ask(server, judge="never")
    for status, says, kind in ((401, "", "authentication"), (200, "Both are lovely.", "malformed")):
        court.status, court.says = status, says
        query = ask(server)
        assert (query["status"], query["decided_by"], query["why"]) == ("complete", alone["decided_by"], alone["why"])
        assert chosen(query) == chosen(alone)
        assert (query["judgement"]["status"], query["judgement"]["error"]["type"]) == ("failed", kind)


def test_stopping_while_the_judge_reads_keeps_the_answers_and_their_pick(server: Server, court: Court) -> None:
    court.hold()
    location = ask_and_leave(server)
    wait_until(lambda: len(court.calls) == 2)
    httpx.post(f"{location}/cancel", headers=SESSION)
    query = ended(location)
    assert (query["status"], chosen(query)) == ("complete", "gpt-6.1-terra")
    assert query["judgement"]["error"]["type"] == "cancelled"
    assert query["judgement"]["cost_usd"] is None


def test_the_terminal_tells_that_a_judge_compares_and_what_it_said(
    trillm: Trillm, settings: dict[str, str], court: Court
) -> None:
    done = trillm("ask", QUESTION, **settings)
    assert done.returncode == 0
    assert done.stderr.index("Wise compares the answers") < done.stderr.index("Wise preferred one in both orders")
    assert done.stderr.rstrip().endswith("best: Gemini 3.8 Flash")
    assert done.stdout.startswith("★ Gemini 3.8 Flash")
    assert "Why: The judge preferred it in both orders: It says when each of the two pays." in done.stdout
    assert len(court.calls) == 2


def test_ctrl_c_while_the_judge_reads_shows_the_pick_without_it(
    environment: dict[str, str], settings: dict[str, str], court: Court
) -> None:
    court.hold()
    command = [sys.executable, "-m", "trillm", "ask", QUESTION]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=environment | settings, **pipes) as asking:
        wait_until(lambda: len(court.calls) == 2 or asking.poll() is not None)
        asking.send_signal(signal.SIGINT)
        out, err = asking.communicate(timeout=SECONDS)
    assert asking.returncode == 0, err
    assert out.startswith("★ GPT-6.1 Terra")
    assert "\nWise could not judge: " in out


def test_the_doctor_names_who_would_judge_or_why_nobody_would(trillm: Trillm, settings: dict[str, str]) -> None:
    assert "✓ judge: court:wise\n" in trillm("doctor", **settings).stdout
    assert "✓ judge: anthropic:claude-haiku-5-5, of a family that is in the panel\n" in trillm("doctor").stdout
    named = trillm("doctor", TRILLM_JUDGE_MODEL="xai:grok-4.5").stdout
    assert "✗ judge: xai:grok-4.5 · set XAI_API_KEY to ask xai\n" in named
    unknown = trillm("doctor", TRILLM_JUDGE_MODEL="anthropic:claude-mystery").stdout
    assert "✗ judge: anthropic:claude-mystery · not in the catalogue: where anthropic has no such model" in unknown
    assert "· judge: none, as TRILLM_JUDGE says" in trillm("doctor", TRILLM_JUDGE="never").stdout
    assert "· judge: none, no model that may judge has a key\n" in trillm("doctor", **KEYLESS).stdout


def test_a_judge_that_is_always_wanted_and_never_there_is_told(trillm: Trillm) -> None:
    nobody = "Nobody will judge: no model that may judge has a key."
    assert nobody in trillm("ask", "--judge", "always", QUESTION, **KEYLESS).stderr
    assert nobody not in trillm("ask", QUESTION, **KEYLESS).stderr


def test_votes_change_a_later_pick_and_the_terminal_says_what_was_learned(
    server: Server, trillm: Trillm, settings: dict[str, str]
) -> None:
    assert "Nothing was learned yet" in trillm("ranker", "show", **settings).stdout
    for number in range(VOTES):
        query = ask(server, f"Guitar or piano first? Case {number}.", category="advice", judge="never")
        if not number:
            assert chosen(query) != LAST
        better = next(response["id"] for response in query["responses"] if response["model"] == LAST)
        vote = {"query_id": query["id"], "response_id": better, "rating": 1, "better": better, "blind": True}
        assert httpx.post(f"{server.url}/api/feedback", json=vote, headers=SESSION).status_code == 201
    later = ask(server, "Cello or flute first?", category="advice", judge="never")
    assert chosen(later) == LAST
    assert later["why"].startswith("Its model has been the more reliable here on advice")
    shown = trillm("ranker", "show", **settings).stdout
    assert f"{VOTES} votes name the better answer, 0 are thumbs ({VOTES} given blind)" in shown
    (line,) = [line.split() for line in shown.splitlines() if line.startswith(f"anthropic:{LAST}")]
    assert float(line[1]) > 0.5
    assert line[2] == f"({VOTES})"
    server.kill()
    server.start()
    again = ask(server, "Cello or flute first?", category="advice", judge="never")
    assert (chosen(again), again["confidence"]) == (LAST, later["confidence"])
