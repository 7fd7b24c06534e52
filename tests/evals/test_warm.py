import json
import random
from pathlib import Path
from typing import Any

import pytest

from trillm.ranking.learned.label import Label

SUM = "How much is 6 * {n}?"


def row(n: int, *finals: str) -> dict[str, Any]:
    """The first model is right where the other two share a wrong belief."""
    answers = [
        {"model": f"m{k}", "provider": "p", "text": f"Final answer: {f}", "score": float(k == 0), "correct": k == 0}
        for k, f in enumerate(finals)
    ]
    return {"id": str(n), "prompt": SUM.format(n=n), "group": f"g{n}", "answers": answers}


@pytest.fixture
def believers(tmp_path: Path) -> Path:
    path = tmp_path / "set.jsonl"
    rows = [row(n, str(6 * n), str(6 * n + 1), str(6 * n + 1)) for n in range(7, 87)]
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


def test_labels_of_other_prompts_repair_a_wrong_belief_that_two_share(believers: Path, capsys) -> None:
    from evals.__main__ import main

    assert main(["score", str(believers), "--json"]) == 0
    cold = json.loads(capsys.readouterr().out)
    assert main(["score", str(believers), "--json", "--warm"]) == 0
    warm = json.loads(capsys.readouterr().out)
    assert cold["mean_score"] == 0
    assert warm["mean_score"] == 1
    assert cold.keys() == warm.keys()


def test_a_panel_is_never_picked_with_a_label_of_its_own_group(tmp_path: Path) -> None:
    from evals.recorded import read
    from evals.warm import Rehearsal

    path = tmp_path / "one.jsonl"
    path.write_text("\n".join(json.dumps(row(n, "1", "2", "2") | {"group": "all the same"}) for n in range(7, 47)))
    rehearsal = Rehearsal(read(path))
    assert sum(label is not None for label in rehearsal.labels) == 40
    assert {pick.score for pick in rehearsal.picks()} == {0.0}


def test_a_learning_curve_begins_with_what_ships(believers: Path) -> None:
    from evals.pick import picks_of
    from evals.recorded import read
    from evals.warm import COUNTS, Rehearsal

    panels = read(believers)
    curve = Rehearsal(panels).curve(seeds=1)
    assert len(curve) == len(COUNTS)
    assert curve[0] == sum(pick.score for pick in picks_of(panels)) / len(panels)
    assert curve[-1] > curve[0]


def said_of(path: Path, score: float) -> Label | None:
    """What is said of a panel whose answers all have this score."""
    from evals.recorded import read
    from evals.warm import label_of

    from trillm.ranking.learned.learned import Learned

    told = row(7, "42", "41", "40")
    for answer in told["answers"]:
        answer["score"] = score
    path.write_text(json.dumps(told))
    return label_of(Learned(), read(path)[0], random.Random(1))


@pytest.mark.parametrize("score", [0.5, 1.0], ids=["all are as good", "all are right"])
def test_where_none_is_better_nobody_names_one(score: float, tmp_path: Path) -> None:
    assert said_of(tmp_path / "one.jsonl", score) is None


def test_where_none_is_right_somebody_says_so(tmp_path: Path) -> None:
    label = said_of(tmp_path / "one.jsonl", 0.0)
    assert label is not None
    assert (label.none, label.blind, label.better) == (True, True, None)


def test_of_prose_nobody_says_that_none_is_right(tmp_path: Path) -> None:
    from evals.recorded import read
    from evals.warm import label_of

    from trillm.ranking.learned.learned import Learned

    path = tmp_path / "graded.jsonl"
    graded = [row(7, "42", "41", "40"), row(8, "42", "41", "40")]
    for told, score in zip(graded, (0.0, 0.5), strict=True):
        for answer in told["answers"]:
            answer["score"] = score
    path.write_text("\n".join(map(json.dumps, graded)))
    assert [label_of(Learned(), panel, random.Random(1)) for panel in read(path)] == [None, None]


def test_a_learning_curve_counts_labels_that_name_the_better_answer(believers: Path, tmp_path: Path) -> None:
    from evals.recorded import read
    from evals.warm import Rehearsal

    path = tmp_path / "half.jsonl"
    told = [json.loads(line) for line in believers.read_text().splitlines()]
    wrong = [{**row, "answers": [{**answer, "score": 0.0} for answer in row["answers"]]} for row in told]
    path.write_text("\n".join(map(json.dumps, told + wrong)))
    rehearsal = Rehearsal(read(path))
    rehearsal.picks(10)
    assert (rehearsal.learned.learnt.winners, rehearsal.learned.learnt.nones) == (10, 0)
    rehearsal.picks()
    assert rehearsal.learned.learnt.nones > 10


def test_pairs_of_models_unknown_are_scored_warm_as_they_are_cold(tmp_path: Path) -> None:
    from evals.score import score_file

    long = "Air scatters blue light more than red light, so the sky looks blue to us during the day."
    rows = [{"prompt": f"Why is the sky blue, part {n}?", "a": long, "b": "Air.", "label": "a"} for n in range(10)]
    path = tmp_path / "pairs.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    assert score_file(path, warm=True) == score_file(path)
