import json
from pathlib import Path
from typing import Any

import pytest

LONG = "Air scatters blue light more than red light, so the sky looks blue to us during the day."
SHORT = "Because of the air."
PANEL_KEYS = {
    *("n", "mean_score", "random", "longest", "best_single", "oracle", "recovered", "ece", "brier", "judge_share")
}
PAIR = {"id": "1", "prompt": "Why is the sky blue?", "a": LONG, "b": SHORT, "label": "a", "source": "s"}


def answers(*finals: str, right: str) -> list[dict[str, Any]]:
    return [
        {
            "model": f"m{n}",
            "provider": "p",
            "text": f"Final answer: {f}",
            "score": float(f == right),
            "correct": f == right,
        }
        | {"final": right}
        for n, f in enumerate(finals)
    ]


def panel(*finals: str, right: str, number: int = 1) -> dict[str, Any]:
    return {"id": str(number), "prompt": f"How much is 6 * {number}?", "answers": answers(*finals, right=right)}


def scored(path: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    from evals.__main__ import main

    assert main(["score", str(path), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_pairs_are_scored_by_how_often_the_better_one_is_picked(write, capsys) -> None:
    wrong = PAIR | {"label": "b"}
    found = scored(write(PAIR, PAIR, wrong, PAIR | {"label": "tie"}, name="pairs.jsonl.gz"), capsys)
    assert found.keys() == {"n", "accuracy", "random", "longest", "ece", "brier", "judge_share"}
    assert found["n"] == 3
    assert found["accuracy"] == found["longest"] == pytest.approx(2 / 3, abs=1e-6)
    assert found["random"] == 0.5


def test_panels_are_scored_beside_picks_that_anybody_could_make(write, capsys) -> None:
    rows = [
        panel("42", "42", "41", right="42", number=7),
        panel("48", "47", "46", right="45", number=8),
        panel("54", "54", "54", right="54", number=9),
    ]
    found = scored(write(*rows), capsys)
    assert found.keys() == PANEL_KEYS
    assert (found["n"], found["mean_score"], found["oracle"]) == (
        3,
        pytest.approx(2 / 3, abs=1e-6),
        pytest.approx(2 / 3, abs=1e-6),
    )
    assert found["random"] == pytest.approx((2 / 3 + 0 + 1) / 3, abs=1e-6)
    assert found["best_single"] == pytest.approx(2 / 3, abs=1e-6)
    assert found["recovered"] == 1
    assert found["judge_share"] == pytest.approx(1 / 3, abs=1e-6)
    assert all(0 <= value <= 1 for name, value in found.items() if name != "n")


def test_the_ranker_is_not_told_which_answer_is_right(write, capsys) -> None:
    honest = panel("42", "41", "41", right="42", number=7)
    told = json.loads(json.dumps(honest))
    told["gold"] = "41"
    for answer in told["answers"]:
        answer["final"] = "41"
        answer["score"] = 1 - answer["score"]
    assert scored(write(honest), capsys)["mean_score"] == 0
    assert scored(write(told), capsys)["mean_score"] == 1


def test_the_place_of_an_answer_in_the_file_decides_nothing(write, capsys) -> None:
    same = [PAIR | {"a": LONG, "b": LONG, "prompt": f"Why is the sky blue, part {n}?"} for n in range(200)]
    assert 0.35 < scored(write(*same), capsys)["accuracy"] < 0.65


def test_a_panel_of_any_size_is_scored_as_it_is(write, capsys) -> None:
    rows = [panel("42", right="42", number=7), panel("48", "48", "48", "47", "46", right="48", number=8)]
    assert scored(write(*rows), capsys)["mean_score"] == 1


def test_a_known_trio_among_more_models_adds_no_figure(write, capsys) -> None:
    row = panel("42", "42", "41", "40", right="42", number=7)
    for answer, model in zip(row["answers"], ("gpt4", "claude-2.1", "gemini-pro", "other"), strict=True):
        answer["model"] = model
    assert scored(write(row), capsys).keys() == PANEL_KEYS


def test_where_all_scores_of_a_file_are_0_or_1_no_pick_is_right_where_all_answers_are_wrong(write, capsys) -> None:
    unsaid = json.loads(json.dumps([panel("41", "41", "41", right="42", number=7), panel("48", "47", right="48")]))
    for answer in (answer for row in unsaid for answer in row["answers"]):
        del answer["correct"]
    graded = json.loads(json.dumps(unsaid))
    graded[1]["answers"][0]["score"] = 0.5
    assert scored(write(*unsaid), capsys)["brier"] > 0.5 > scored(write(*graded), capsys)["brier"]


def test_a_mark_of_byte_order_is_no_part_of_the_first_line(write, capsys) -> None:
    path = write(PAIR)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert scored(path, capsys)["n"] == 1


@pytest.mark.parametrize("cost", ["dear", -1, [], float("nan"), 10**400])
def test_what_no_figure_is_made_of_does_not_refuse_a_file(cost: Any, write, capsys) -> None:
    row = panel("42", "42", "41", right="42", number=7)
    row["answers"][0] |= {"cost_usd": cost, "latency": "soon"}
    assert scored(write(row), capsys)["mean_score"] == 1


def test_an_empty_answer_is_scored_and_never_picked_beside_another(write, capsys) -> None:
    assert scored(write(PAIR | {"b": None}), capsys)["accuracy"] == 1


def test_without_json_there_is_a_line_for_each_figure(write, capsys) -> None:
    from evals.__main__ import main

    assert main(["score", str(write(PAIR))]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines][:2] == ["n", "accuracy"]
