"""The replays: what is said of time saved and quality lost follows from the panels and nothing else."""

from __future__ import annotations

import asyncio
import gzip
import json
import random
from pathlib import Path
from statistics import median
from xml.etree import ElementTree as ET

import pytest
from evals.courses import Course, Rung
from evals.economy import Lone, alone, cost_of, fit_doubt, saving
from evals.logistic import fit_logistic
from evals.panels import Source, clustered, panels_of, recorded_of
from evals.recorded import Panel, read
from evals.simulate import SPEEDS, latency, outcome, replay, replays
from evals.trade_off import trade_off
from evals.train_waiting import gains_of, waited

from evals import early
from trillm.ranking.learned.doubt import RAISES, DoubtWeights
from trillm.ranking.learned.waiting import GAINING, Gains

EVEN = Gains({ground.value: 0.3 for ground in GAINING})
MODELS = ("gpt-4o-mini", "claude-3-5-sonnet", "gemini-1.5-pro")


def row(place: int, finals: tuple[int, int, int], right: int, **more: list[float]) -> dict[str, object]:
    answers: list[dict[str, object]] = [
        {"model": m, "provider": m[:3], "text": f"They are {f}.", "score": float(f == right), "correct": f == right}
        for m, f in zip(MODELS, finals, strict=True)
    ]
    for name, values in more.items():
        for answer, value in zip(answers, values, strict=True):
            answer[name] = value
    return {"prompt": f"How many apples are {place} and {right - place} apples?", "answers": answers}


def written(path: Path, rows: list[dict[str, object]]) -> Path:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(r) + "\n" for r in rows)
    return path


def panels(tmp_path: Path, *rows: dict[str, object]) -> list[Panel]:
    return read(written(tmp_path / "multi_some.jsonl.gz", list(rows)))


def replayed(panel: Panel, order: tuple[int, int, int]) -> list[tuple[float, float]]:
    """Stop with nothing, .05 and .2 tolerated, the models ending in this order at 1, 2 and 3 seconds."""
    ids = {a.model: a.id for a in panel.answers}
    times = {ids[MODELS[model]]: float(place) for place, model in enumerate(order, 1)}
    found = asyncio.run(replay(Course(panel, Rung()), times, EVEN))
    return [found.stopped(tolerated) for tolerated in (0.0, 0.05, 0.2)]


def test_two_that_agree_end_it_and_two_that_differ_wait_unless_much_is_tolerated(tmp_path: Path) -> None:
    (panel,) = panels(tmp_path, row(1, (42, 42, 7), 42))
    assert replayed(panel, (0, 1, 2)) == [(2.0, 1.0)] * 3
    assert replayed(panel, (0, 2, 1))[:2] == [(3.0, 1.0)] * 2
    assert replayed(panel, (0, 2, 1))[2][0] == 2.0


def test_what_is_saved_and_lost_is_against_waiting_for_all(tmp_path: Path) -> None:
    agree, differ = panels(tmp_path, row(1, (42, 42, 7), 42), row(2, (9, 8, 8), 8))
    found = []
    for panel, order in ((agree, (0, 1, 2)), (differ, (0, 1, 2))):
        ids = {a.model: a.id for a in panel.answers}
        times = {ids[MODELS[model]]: float(place) for place, model in enumerate(order, 1)}
        found.append(asyncio.run(replay(Course(panel, Rung()), times, EVEN)))
    waited_for = outcome(found, -1.0)
    assert (waited_for.mean, waited_for.saved, waited_for.lost, waited_for.early) == (3.0, 0.0, 0.0, 0.0)
    some = outcome(found, 0.05)
    assert (some.mean, some.early, some.lost) == (2.5, 0.5, 0.0)
    assert some.saved == pytest.approx(1 / 6)


def test_recorded_latencies_are_used_where_there_are_some_and_drawn_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRILLM_EVALS_DIR", str(tmp_path))
    written(tmp_path / "timed.jsonl.gz", [row(1, (42, 42, 7), 42, latency=[1.5, 2.5, 9.0])])
    written(tmp_path / "untimed.jsonl.gz", [row(1, (42, 42, 7), 42)])
    (one,) = replays(Source("timed", "timed", MODELS), EVEN)
    assert (one.last, one.stopped(0.0)) == (9.0, (2.5, 1.0))
    drawn = replays(Source("untimed", "untimed", MODELS), EVEN)
    assert len(drawn) > 1
    assert len({r.last for r in drawn}) == len(drawn)


def test_drawn_latencies_lie_about_first_token_and_length_over_speed() -> None:
    chance = random.Random(1)
    first, speed = SPEEDS["claude-3-5-sonnet"]
    middle = median(latency("claude-3-5-sonnet-20241022", 4_000, chance) for _ in range(500))
    assert middle == pytest.approx(first + 1_000 / speed, rel=0.05)
    assert latency("nobody knows", 0, chance) > 0


def test_gains_are_measured_where_the_late_one_could_change_the_pick(tmp_path: Path) -> None:
    rows = [row(n, [(42, 7, 42), (7, 42, 42), (42, 42, 7)][n % 3], 42) for n in range(12)]
    found = asyncio.run(waited(panels(tmp_path, *rows), "some"))
    assert set(found) == {"divided"}
    assert found["divided"].share / found["divided"].prompts == pytest.approx(1 / 3)
    with_prose = {**found, "prose": found["divided"]}
    gains = gains_of([with_prose]).by_ground
    assert gains["divided"] == pytest.approx(gains["prose"])
    assert set(gains) == {ground.value for ground in GAINING}


def test_drawn_panels_have_the_size_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRILLM_EVALS_DIR", str(tmp_path))
    written(tmp_path / "some.jsonl.gz", [row(n, (42, 42, 7), 42) for n in range(5)])
    assert [len(p.answers) for p in panels_of(Source("two", "some", size=2, draws=2, most=3))] == [2] * 6


def test_the_interval_resamples_whole_groups() -> None:
    together = clustered([("a", 0.0)] * 50 + [("b", 1.0)] * 50)
    apart = clustered([(str(n), float(n % 2)) for n in range(100)])
    assert together == (0.0, 1.0)
    assert 0.3 < apart[0] < apart[1] < 0.7


def test_the_cheapest_model_is_asked_first_and_the_rest_where_it_is_doubtful(tmp_path: Path) -> None:
    rows = [row(1, (42, 42, 42), 42), row(2, (7, 42, 42), 42)]
    found = asyncio.run(alone(panels(tmp_path, *rows), {}))
    assert [(one.score, one.full) for one in found] == [(1.0, 1.0), (0.0, 1.0)]
    sure, unsure = DoubtWeights(-5.0, (0.0,) * len(RAISES)), DoubtWeights(5.0, (0.0,) * len(RAISES))
    stops = saving(found, sure, 0.5)
    assert (stops.stops, stops.lost) == (1.0, 0.5)
    assert stops.saved == pytest.approx(1 - sum(o.cost for o in found) / sum(o.full_cost for o in found))
    asks = saving(found, unsure, 0.5)
    assert (asks.stops, asks.saved, asks.lost) == (0.0, 0.0, 0.0)


def test_a_rejected_answer_is_doubtful_whatever_the_weights() -> None:
    one = Lone("g", None, 0.0, 1.0, 1.0, 3.0)
    assert one.doubt(DoubtWeights(-40.0, (0.0,) * len(RAISES))) == 1


def test_a_recorded_cost_goes_before_list_prices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRILLM_EVALS_DIR", str(tmp_path))
    held = row(1, (42, 42, 7), 42, cost_usd=[0.5, 0.25, 0.125])
    (panel,) = panels(tmp_path, held)
    costs = recorded_of("multi_some", "cost_usd")
    assert cost_of(panel, "gpt-4o-mini", "They are 42.", costs) == 0.5
    assert cost_of(panel, "gpt-4o-mini", "x" * 4_000_000, {}) == pytest.approx(0.60, rel=1e-3)
    assert cost_of(panel, "nobody knows", "x", {}) == 0


def test_the_logistic_fit_finds_the_shares_and_keeps_the_signs() -> None:
    rows = [((1.0, 1.0, 0.0), n % 10 < 7) for n in range(100)] + [((1.0, 0.0, 1.0), n % 10 < 2) for n in range(100)]
    free = fit_logistic(rows, [None, True, False], 1e-6)
    assert free[0] + free[1] == pytest.approx(0.847, abs=0.01)
    assert free[0] + free[2] == pytest.approx(-1.386, abs=0.01)
    held = fit_logistic(rows, [None, False, True], 1e-6)
    assert held[1:] == [0.0, 0.0]
    assert held[0] == pytest.approx(-0.2007, abs=0.01)


def test_the_doubt_rises_with_what_goes_wrong() -> None:
    sign = list(RAISES).index("notation")
    hard = tuple(float(place == sign) for place in range(len(RAISES)))
    found = [Lone("g", hard, 0.0, float(n % 2), 1, 3) for n in range(60)]
    found += [Lone("g", (0.0,) * len(RAISES), 1.0, 1.0, 1, 3)] * 60
    weights = fit_doubt([found])
    assert weights.signs[sign] > 0
    assert found[0].doubt(weights) > 0.3 > found[-1].doubt(weights)


def test_the_drawing_is_well_formed_and_names_each_curve() -> None:
    drawn = trade_off({"a < b": [(0.0, 0.0), (0.5, 0.01)], "c": [(2.0, -9.0)]}, "time saved", 0.2)
    root = ET.fromstring(drawn)  # noqa: S314 - our own
    texts = [e.text for e in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"a < b", "c", "time saved"} <= set(texts)
    assert len(list(root.iter("{http://www.w3.org/2000/svg}circle"))) == 3


def test_the_page_is_written_from_what_was_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRILLM_EVALS_DIR", str(tmp_path))
    written(tmp_path / "some.jsonl.gz", [row(n, (42, 42, 7), 42) for n in range(4)])
    source = Source("apples", "some", MODELS)
    monkeypatch.setattr("evals.simulate.SOURCES", (source,))
    monkeypatch.setattr("evals.economy.SOURCES", (source,))
    monkeypatch.setattr(early, "waited_by_set", dict)
    lone = Lone("g", (0.0,) * len(RAISES), 0.0, 1.0, 1.0, 3.0)
    monkeypatch.setattr(
        early, "lone_by_set", lambda: {"other": [lone, Lone("h", (1.0,) * len(RAISES), 1.0, 1.0, 1, 3)]}
    )
    page = tmp_path / "page.md"
    early.write(page)
    text = page.read_text()
    assert text.count("| apples |") == 5
    assert "**0.0**" in text
    assert (tmp_path / "early-best.svg").exists()
    assert (tmp_path / "economy.svg").exists()
