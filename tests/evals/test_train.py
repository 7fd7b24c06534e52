import json
import random
from pathlib import Path

import pytest

from trillm.ranking.learned.weights import EARNS, Weights

WORDS = (
    "light",
    "air",
    "blue",
    "red",
    "sea",
    "sun",
    "wave",
    "cloud",
    "day",
    "night",
    "water",
    "glass",
    "stone",
    "field",
)


def votes(n: int, seed: int = 1) -> list[dict[str, str]]:
    """Invented pairs of which the longer was preferred, mostly."""
    chance = random.Random(seed)
    rows: list[dict[str, str]] = []
    for place in range(n):
        a, b = (" ".join(chance.choices(WORDS, k=chance.randint(5, 60))) + "." for _ in "ab")
        longer = "a" if len(a) > len(b) else "b"
        rows.append(
            {"prompt": f"Why, part {place // 2}?", "a": a, "b": b, "label": chance.choice([longer, longer, "a"])}
        )
    return rows


def objective(n: int) -> list[dict[str, object]]:
    return [
        {
            "prompt": f"How much is 6 * {place}?",
            "answers": [
                {
                    "model": m,
                    "provider": m,
                    "text": f"Final answer: {final}",
                    "score": float(final == 1),
                    "correct": final == 1,
                }
                for m, final in (("x", 1), ("y", 1), ("z", min(1, place % 4)))
            ],
        }
        for place in range(n)
    ]


@pytest.fixture
def recorded_sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    import gzip

    from evals.train import OBJECTIVE, PREMISES, VOTES

    for name in (VOTES, *OBJECTIVE, PREMISES):
        rows = votes(60) if name == VOTES else objective(12)
        text = "\n".join(map(json.dumps, rows))
        (tmp_path / f"{name}.jsonl.gz").write_bytes(gzip.compress(text.encode()))
    monkeypatch.setenv("TRILLM_EVALS_DIR", str(tmp_path))
    return tmp_path


def test_training_twice_gives_the_same_numbers_and_a_file_that_is_accepted(recorded_sets: Path) -> None:
    from evals.__main__ import main

    first, second = recorded_sets / "first.json", recorded_sets / "second.json"
    assert main(["train", "--to", str(first)]) == 0
    assert main(["train", "--to", str(second)]) == 0
    assert first.read_bytes() == second.read_bytes()
    weights = Weights.load(first)
    table = weights.agreement["plain"]
    assert min(table["3"], table["2-1"]) > 0.9
    assert sum(weights.signs[:3]) > 0


def test_training_without_the_sets_ends_with_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    from evals.__main__ import main

    monkeypatch.setenv("TRILLM_EVALS_DIR", str(tmp_path / "none"))
    assert main(["train", "--to", str(tmp_path / "ranker.json")]) == 2
    assert "pairs_pandalm" in capsys.readouterr().err
    assert not (tmp_path / "ranker.json").exists()


def test_a_weight_never_crosses_to_the_side_its_sign_forbids() -> None:
    from evals.fit import fit_signs

    rows = [[1.0, -0.5], [0.8, -0.4], [1.2, 0.3], [-0.2, -0.6]]
    free = fit_signs(rows, [True, False])
    assert free[0] > 0
    assert free[1] < 0
    assert fit_signs(rows, [False, True]) == [0.0, 0.0]


def test_the_fit_is_the_minimum_of_its_loss() -> None:
    from math import exp, log1p

    from evals.fit import fit_signs

    rows = [[1.0], [1.0], [1.0], [-1.0]]
    (weight,) = fit_signs(rows, [True], penalty=1e-3)

    def loss(w: float) -> float:
        return sum(log1p(exp(-w * row[0])) for row in rows) / 4 + 1e-3 / 2 * w * w

    assert loss(weight) <= min(loss(weight - 1e-3), loss(weight + 1e-3))


def test_a_temperature_makes_overconfident_margins_smaller() -> None:
    from evals.fit import fit_temperature

    sure_and_often_wrong = [4.0] * 6 + [-4.0] * 4
    assert fit_temperature(sure_and_often_wrong) > 3
    assert fit_temperature([0.5] * 99 + [-0.5]) < 0.5


def test_every_sign_has_a_weight_in_what_ships() -> None:
    assert len(Weights.load().signs) == len(EARNS)


def test_of_an_agreement_that_was_never_seen_as_many_are_thought_right_as_agree() -> None:
    from evals.train import CAP, Outcome, assemble

    seen = [Outcome("plain", "many 0.9 far", True, "g")] * 27
    nothing = Weights(tuple(0.0 for _ in EARNS), 1.0, CAP, 0.5, {}, {})
    table = assemble(nothing, seen, []).agreement["all"]
    assert table["many 0.9 far"] == pytest.approx((27 + 3 * 0.95) / 30, abs=1e-6)
    assert (table["few 0.4 near"], table["many 1 far"], table["2-1"]) == (0.45, 1.0, 0.5)


def test_of_more_than_three_results_it_is_told_how_often_any_is_right() -> None:
    from evals.train import CAP, Outcome, assemble

    seen = [Outcome("tex", "few 0.5 level", right, "g", some) for right, some in ((True, True), (False, True))] * 30
    seen += [Outcome("tex", "few 0.5 level", False, "g", some=False), Outcome("tex", "2-1", False, "g", some=False)]
    nothing = Weights(tuple(0.0 for _ in EARNS), 1.0, CAP, 0.5, {}, {})
    weights = assemble(nothing, seen, [])
    assert weights.some_right("tex", "few 0.5 level") == pytest.approx(60 / 61, abs=0.02)
    assert weights.some_right("plain", "few 0.5 level") == weights.some["all"]["few 0.5 level"]
    assert weights.some_right("tex", "2-1") is None
    assert weights.some["all"]["many 1 far"] == 1.0


def test_no_other_panel_is_drawn_than_the_set_has_models_for(recorded_sets: Path) -> None:
    from evals.recorded import recorded
    from evals.train import CAP, OBJECTIVE, agreements

    nothing = Weights(tuple(0.0 for _ in EARNS), 1.0, CAP, 0.5, {}, {})
    found = list(agreements(nothing, recorded(OBJECTIVE[0]), "x"))
    assert len([outcome for outcome in found if outcome.kind != "verdict"]) == (6 + 8) * 12
    assert {outcome.pattern for outcome in found} <= {"1", "1-1", "2", "2-1", "3"}
