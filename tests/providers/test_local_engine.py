"""The engine's process and its pipe: what happens when either end misbehaves."""

from __future__ import annotations

import asyncio
import io
import json
import os
import subprocess
import sys
from contextlib import aclosing
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests.providers.local_model import local_data_dir

from trillm.providers.local.engine import SLOTS, WAITING, Engine
from trillm.providers.local.install import model_path
from trillm.providers.local.process import MAX_LINE, EngineProcess, Message
from trillm.vocabulary.errors import ProviderError

LOAD = 60.0


def command() -> tuple[str, ...]:
    model = model_path(local_data_dir())
    assert model
    return (sys.executable, "-P", "-m", "trillm.providers.local.engine", str(model))


def script(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def body(limit: int, **more: object) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": "Tell me a story."}], "max_tokens": limit, **more}


async def failure(engine: EngineProcess) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        async for _ in engine.ask(body(1)):
            pass
    return caught.value


async def test_closing_a_stream_frees_its_slot_and_its_place_in_the_queue():
    engine = await EngineProcess.spawn(command(), LOAD)
    try:
        # Left alone, these would keep all slots busy for minutes.
        streams = [engine.ask(body(1900, ignore_eos=True)) for _ in range(2 * SLOTS)]
        readers = [asyncio.ensure_future(anext(stream)) for stream in streams]
        done, waiting = await asyncio.wait(readers, return_when=asyncio.FIRST_COMPLETED)
        assert done
        for reader in waiting:
            reader.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        for stream in streams:
            await stream.aclose()
        async with asyncio.timeout(60):
            messages = [message async for message in engine.ask(body(2))]
        assert messages[-1]["finish"] == "length"
    finally:
        await engine.close()


async def test_beyond_its_bound_it_is_overloaded_and_what_it_took_is_answered():
    engine = await EngineProcess.spawn(command(), LOAD)

    async def last() -> Message:
        return [message async for message in engine.ask(body(1))][-1]

    try:
        ends = await asyncio.gather(*(last() for _ in range(WAITING + 20)))
    finally:
        await engine.close()
    refused = [end for end in ends if end.get("error") == "overloaded"]
    assert refused
    assert len([end for end in ends if "finish" in end]) == WAITING + 20 - len(refused) >= WAITING


def test_it_ends_when_its_stdin_ends_even_while_it_answers():
    with subprocess.Popen(command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as engine:
        assert engine.stdin
        assert engine.stdout
        assert json.loads(engine.stdout.readline()) == {"ready": True}
        engine.stdin.write(json.dumps({"id": 1, **body(1900, ignore_eos=True)}).encode() + b"\n")
        engine.stdin.flush()
        assert json.loads(engine.stdout.readline())["id"] == 1
        engine.stdin.close()
        assert engine.wait(20) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells of a parent's death on Linux only")
def test_it_dies_with_its_parent_even_while_somebody_holds_its_stdin_open():
    held, ours = os.pipe()
    code = "import subprocess, sys; p = subprocess.Popen(sys.argv[1:], stdin=0); print(p.pid, flush=True); p.wait()"
    with subprocess.Popen([*script(code), *command()], stdin=held, stdout=subprocess.PIPE) as parent:
        os.close(held)
        assert parent.stdout
        child = psutil.Process(int(parent.stdout.readline()))
        assert json.loads(parent.stdout.readline()) == {"ready": True}
        parent.kill()
    try:
        child.wait(20)
    except psutil.TimeoutExpired:
        assert child.status() == psutil.STATUS_ZOMBIE  # nobody here reaps orphans
    finally:
        os.close(ours)


def test_what_libraries_print_stays_out_of_the_protocol(tmp_path: Path):
    (tmp_path / "xllamacpp.py").write_text(
        "import os\nos.write(1, b'llama says hello')\nraise ImportError('no engine')"
    )
    done = subprocess.run(
        [sys.executable, "-m", "trillm.providers.local.engine", "none.gguf"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        input=b"",
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert json.loads(done.stdout) == {"failed": "ImportError: no engine"}
    assert b"llama says hello" in done.stderr
    assert done.returncode == 1


def test_it_listens_on_no_port():
    with subprocess.Popen(command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as engine:
        assert engine.stdout
        assert json.loads(engine.stdout.readline()) == {"ready": True}
        assert [c for c in psutil.Process(engine.pid).net_connections("inet") if c.status == psutil.CONN_LISTEN] == []
        engine.communicate(b"")


def test_a_defect_while_it_answers_ends_that_answer_only():
    class Broken:
        def handle_chat_completions(self, body: dict[str, Any], callback: Any, /) -> None:
            if body["max_tokens"] == 1:
                raise KeyError("usage")
            callback({"choices": [{"finish_reason": "stop", "delta": {"content": "fine"}}]})

    read, write = os.pipe()
    lines = io.BytesIO(b"".join(json.dumps({"id": n, **body(n)}).encode() + b"\n" for n in (1, 2)))
    with os.fdopen(read, "rb") as answers, os.fdopen(write, "wb") as out:
        Engine(Broken(), out).serve(iter(lines.readline, b""))
        messages = [json.loads(answers.readline()) for _ in range(4)]
    assert {"ready": True} in messages
    assert {"id": 1, "error": "internal", "detail": "KeyError: 'usage'"} in messages
    assert {"id": 2, "text": "fine"} in messages
    assert {"id": 2, "finish": "stop"} in messages


@pytest.mark.parametrize(
    ("code", "type_", "detail"),
    [
        ("print('Welcome to Python!')", "malformed", "its protocol"),
        ("", "server-error", "its process ended"),
        ('print(\'{"failed": "RuntimeError: no model"}\')', "server-error", "no model"),
        (f"print('x' * {MAX_LINE + 1})", "malformed", "its protocol"),
    ],
)
async def test_an_engine_that_starts_wrong_is_a_typed_failure(code: str, type_: str, detail: str):
    with pytest.raises(ProviderError, match=detail) as caught:
        await EngineProcess.spawn(script(code), LOAD)
    assert caught.value.type == type_


async def test_an_engine_that_never_gets_ready_is_ended():
    with pytest.raises(ProviderError, match="not loaded in"):
        await EngineProcess.spawn(script("import time; time.sleep(600)"), 0.2)
    assert not [child for child in psutil.Process().children() if "time.sleep(600)" in " ".join(child.cmdline())]


async def test_an_engine_that_is_not_there_is_a_typed_failure(tmp_path: Path):
    with pytest.raises(ProviderError, match="cannot be started"):
        await EngineProcess.spawn((str(tmp_path / "python"),), LOAD)


@pytest.mark.parametrize("line", ["'garbage'", "'[]'", "'{}'", f"'x' * {MAX_LINE + 1}"])
async def test_an_engine_that_loses_its_protocol_is_ended_and_its_streams_fail(line: str):
    code = f"import time; print('{{\"ready\": true}}', flush=True); input(); print({line}, flush=True); time.sleep(600)"
    engine = await EngineProcess.spawn(script(code), LOAD)
    assert (await failure(engine)).type == "connection"
    assert not engine.alive
    assert (await failure(engine)).type == "connection"
    await engine.close()


async def test_an_engine_that_does_not_end_is_killed():
    code = "import time; print('{\"ready\": true}', flush=True); time.sleep(600)"
    engine = await EngineProcess.spawn(script(code), LOAD)
    await engine.close()
    assert not psutil.pid_exists(engine.pid)


async def test_a_stream_may_be_closed_after_the_engine_died():
    code = (
        'import time; print(\'{"ready": true}\', flush=True); input(); print(\'{"id": 1, "text": "a"}\', flush=True); '
        "input()"
    )
    engine = await EngineProcess.spawn(script(code), LOAD)
    async with aclosing(engine.ask(body(1))) as stream:
        assert (await anext(stream))["text"] == "a"
        await engine.close()
    assert not engine.alive
