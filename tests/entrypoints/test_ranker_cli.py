"""`trillm ranker`: what was learned here, told plainly; a fit on demand; numbers without anybody's words."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.ranking.learning.panels import MINUTE, NOON, keep, panel, verdict, vote

from trillm.entrypoints.cli.main import commands
from trillm.history import store
from trillm.history.listing import store as listing
from trillm.history.listing.store import Wanted
from trillm.storage.database import Database
from trillm.storage.migrate import prepare

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def invoke(*arguments: str, **environment: str) -> Result:
        environment = {"TRILLM_DATA_DIR": str(tmp_path), **environment}
        return CliRunner().invoke(commands, ("ranker", *arguments), env=environment, prog_name="trillm")

    return invoke


def said(tmp_path: Path, number: int, *, better: int = 1, judged: bool = False) -> None:
    """Keep so many questions on which a person named the better answer, and a last one with a thumb and a judge."""

    async def write() -> None:
        database = await Database.open(f"sqlite:///{tmp_path / 'trillm.db'}")
        await prepare(database)
        for minutes in range(number):
            query = panel()
            named = vote(query, 0, -1, better=better, created_at=NOON + minutes * MINUTE, blind=minutes == 0)
            await keep(database, query, named)
        if judged:
            query = panel("What is 12.5 % of 480? Compute it.", ("It is 60.", "It is 58.", "It is 62."), category=None)
            await keep(database, query, verdict(query, 0), verdict(query, None), vote(query, 0, 1))
        await database.close()

    asyncio.run(write())


def test_with_nothing_learned_it_says_so_plainly(run: Run) -> None:
    for command in ("show", "fit"):
        done = run(command)
        assert (done.exit_code, done.stderr) == (0, "")
        assert done.stdout.startswith("Nothing was learned yet: nobody has voted on an answer here")
    shown = json.loads(run("show", "--json").stdout)
    assert (shown["priors"], shown["since_fit"], shown["learned"]) == ([], 0, {"winners": 0, "thumbs": 0, "nones": 0})


def test_what_judges_could_not_decide_is_told_though_nothing_was_learned_of_it(run: Run, tmp_path: Path) -> None:
    async def write() -> None:
        database = await Database.open(f"sqlite:///{tmp_path / 'trillm.db'}")
        await prepare(database)
        query = panel()
        await keep(database, query, verdict(query, None))
        await database.close()

    asyncio.run(write())
    assert "Judges said nothing to learn from: 1 undecided and 0 failed." in run("show").stdout


def test_what_was_learned_is_shown_by_model_and_category(run: Run, tmp_path: Path) -> None:
    said(tmp_path, 6, judged=True)
    done = run("show")
    lines = done.stdout.splitlines()
    assert (done.exit_code, done.stderr) == (0, "")
    assert lines[0] == (
        "Said here: 6 votes name the better answer, 1 is a thumb (1 given blind);"
        " 1 judge's verdict, besides 1 undecided and 0 failed."
    )
    assert lines[1] == (
        "Learned from: 7 labels name the better answer, 1 is a thumb. Not fitted yet: learned one by one."
    )
    table = lines[3:7]
    assert table[0].split() == ["model", "mathematics", "advice"]
    assert [row.split()[0] for row in table[1:]] == ["vendor:a", "vendor:b", "vendor:c"]
    assert table[1].split()[2] == "(2)"
    assert -0.5 < float(table[1].split()[1]) < 0
    cells = table[2].split()
    assert cells[-1] == "(6)"
    assert float(cells[-2]) > 0.2


def test_the_object_says_the_same(run: Run, tmp_path: Path) -> None:
    said(tmp_path, 6, judged=True)
    run("fit")
    said(tmp_path, 1)
    shown = json.loads(run("show", "--json").stdout)
    assert shown["labels"] == {"better": 7, "thumbs": 1, "blind": 2, "verdicts": 1, "undecided": 1, "failed": 0}
    assert shown["fit"]["labels"] == 8
    assert shown["learned"]["thumbs"] == 1
    b = next(p for p in shown["priors"] if (p["model"], p["category"]) == ("vendor:b", "advice"))
    assert b["logits"] > 0.2
    assert shown["trust"]["labels"] == 1
    assert 0.8 < shown["trust"]["factor"] < 1.2
    assert "(told by 1 label given blind)." in run("show").stdout


def test_how_often_any_answer_is_right_is_shown_where_somebody_said_that_none_is(run: Run, tmp_path: Path) -> None:
    async def write() -> None:
        database = await Database.open(f"sqlite:///{tmp_path / 'trillm.db'}")
        await prepare(database)
        for _ in range(3):
            query = panel("How much is 6 * 7?", [f"Final answer: {n}" for n in (42, 41, 40)], category="mathematics")
            await keep(database, query, *(vote(query, place, -1, blind=True) for place in range(3)))
        await database.close()

    asyncio.run(write())
    fitted = run("fit").stdout
    assert "0 are thumbs, 3 say that none is right." in fitted
    shown = json.loads(run("show", "--json").stdout)
    assert shown["learned"] == {"winners": 0, "thumbs": 0, "nones": 3}
    over_all, level = shown["level"]
    assert [(one["category"], one["labels"]) for one in shown["level"]] == [(None, 3), ("mathematics", 3)]
    assert level["logits"] < over_all["logits"] < -0.3
    told = f"in logits (labels): over all {over_all['logits']:+.2f} (3), mathematics {level['logits']:+.2f} (3)."
    assert told in run("show").stdout
    assert told in fitted
    (came_true,) = shown["came_true"]
    assert (came_true["ground"], came_true["labels"]) == ("divided", 3)
    assert came_true["is_called"] < came_true["called"]
    told = f"What would be called 30% is called {came_true['is_called']:.0%} where no result has most votes (labels: 3)"
    assert told in run("show").stdout


def test_a_fit_tells_its_progress_and_what_changed(run: Run, tmp_path: Path) -> None:
    said(tmp_path, 6)
    done = run("fit")
    assert done.exit_code == 0
    assert "0 of 6 questions read" in done.stderr
    assert done.stdout.startswith("Fitted to 6 votes and verdicts: 6 labels name the better answer, 0 are thumbs.")
    assert "Fitted 20" in run("show").stdout


def test_a_fit_that_follows_a_deletion_tells_how_priors_moved_back(run: Run, tmp_path: Path) -> None:
    said(tmp_path, 8)
    run("fit")
    again = run("fit")
    assert "No prior moved by 0.05 or more." in again.stdout

    async def delete() -> None:
        database = await Database.open(f"sqlite:///{tmp_path / 'trillm.db'}")
        page = partial(listing.page, session_id="ada", wanted=Wanted(), before=None, limit=99)
        for query in (await database.read(page))[1:]:
            await database.write(partial(store.delete, query_id=query.id, session_id="ada"))
        await database.close()

    asyncio.run(delete())
    moved = next(line for line in run("fit").stdout.splitlines() if line.startswith("vendor:b"))
    before, _, after = moved.split()[2:]
    assert float(before) > float(after) >= 0


def test_the_numbers_are_exported_without_a_word_of_anybody(run: Run, tmp_path: Path) -> None:
    said(tmp_path, 6, judged=True)
    file = tmp_path / "numbers.json"
    written = run("export", str(file))
    printed = run("export")
    assert (written.exit_code, written.stdout) == (0, "")
    one, other = json.loads(file.read_text()), json.loads(printed.stdout)
    assert one["exported_at"] <= other.pop("exported_at")
    del one["exported_at"]
    assert one == other
    assert [name for name, *_ in one["numbers"]["beliefs"] if name] == sorted(["vendor:a", "vendor:b", "vendor:c"] * 3)
    words = {word for text in (panel().question.text, panel().responses[0].text) for word in text.lower().split()}
    assert not words & set(file.read_text().lower().replace('"', " ").split()) - {"a", "be", "of"}


def test_a_file_that_cannot_be_written_is_told_with_a_way_out(run: Run, tmp_path: Path) -> None:
    done = run("export", str(tmp_path / "nowhere" / "numbers.json"))
    assert done.exit_code == 2
    assert "cannot be written to: No such file or directory. Name another file" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("command", ["show", "fit", "export"])
def test_a_database_out_of_reach_ends_with_one(run: Run, command: str) -> None:
    done = run(command, TRILLM_DATABASE_URL="postgresql://127.0.0.1:9/x")
    assert done.exit_code == 1
    assert done.stderr.startswith("trillm: The service is not available. ")


@pytest.mark.parametrize("command", ["show", "fit", "export"])
def test_a_setting_that_cannot_be_used_ends_with_two(run: Run, command: str) -> None:
    done = run(command, TRILLM_PROT="1")
    assert done.exit_code == 2
    assert done.stderr.startswith("trillm: TRILLM_PROT is not a setting.")
