"""`python -m evals pick [--most N]`: the heuristic and the criteria beside random and longest, on the recorded sets.

For panels the mean score of the pick x 100, for pairs how often the better one is picked. `ece` is the expected
calibration error of the criteria's confidence: on objective panels against 'the pick is right', elsewhere against
'no answer of the panel is better'.
"""

# ruff: noqa: T201 - the table goes to stdout

from __future__ import annotations

import argparse
import asyncio
import sys

from evals.recorded import PAIRS, TRIOS, Panel, read_pairs, read_trios, recorded_dir
from trillm.ranking.criteria import Criteria
from trillm.ranking.heuristic import Heuristic
from trillm.ranking.ranker import Ranker
from trillm.vocabulary.question import Question
from trillm.vocabulary.ranking import Ranking

COLUMNS = ("n", "random", "longest", "heuristic", "criteria", "oracle", "sure", "ece", "close")


async def _rank(ranker: Ranker, panels: list[Panel]) -> list[Ranking]:
    return [await ranker.rank(Question(panel.prompt[:20_000]), panel.answers) for panel in panels]


def _mean(values: list[float]) -> float:
    return 100 * sum(values) / len(values)


def _score(panels: list[Panel], rankings: list[Ranking]) -> float:
    return _mean([p.scores[r.best] if r.best is not None else 0.0 for p, r in zip(panels, rankings, strict=True)])


def _is_right(panel: Panel, ranking: Ranking) -> bool:
    score = panel.scores[ranking.best] if ranking.best is not None else 0.0
    return score == max(panel.scores.values()) and (score > 0 or not panel.objective)


def _calibration_error(panels: list[Panel], rankings: list[Ranking]) -> float:
    bins: dict[int, list[tuple[float, bool]]] = {}
    for panel, ranking in zip(panels, rankings, strict=True):
        sure = ranking.confidence or 0.0
        bins.setdefault(int(sure * 10), []).append((sure, _is_right(panel, ranking)))
    gaps = [abs(sum(sure for sure, _ in held) - sum(right for _, right in held)) for held in bins.values()]
    return sum(gaps) / len(panels)


def _row(panels: list[Panel]) -> list[str]:
    heuristic = asyncio.run(_rank(Heuristic(), panels))
    criteria = asyncio.run(_rank(Criteria(), panels))
    figures = (
        _mean([sum(p.scores.values()) / len(p.scores) for p in panels]),
        _mean([p.scores[max(p.answers, key=lambda a: len(a.text)).id] for p in panels]),
        _score(panels, heuristic),
        _score(panels, criteria),
        _mean([max(p.scores.values()) for p in panels]),
        _mean([r.confidence or 0.0 for r in criteria]),
    )
    close = _mean([float(r.too_close) for r in criteria])
    shown = [f"{figure:.1f}" for figure in figures]
    return [str(len(panels)), *shown, f"{_calibration_error(panels, criteria):.3f}", f"{close:.0f} %"]


def main() -> int:
    """Print the table; 2 when the recorded sets are not there."""
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    parser.add_argument("what", choices=["pick"])
    parser.add_argument("--most", type=int, default=800, help="panels of a set that are looked at (default 800)")
    most = parser.parse_args().most
    if not recorded_dir().is_dir():
        print(f"no recorded sets at {recorded_dir()}: set TRILLM_EVALS_DIR", file=sys.stderr)
        return 2
    print("| set | " + " | ".join(COLUMNS) + " |\n|---" + "|---" * len(COLUMNS) + "|")
    for name in TRIOS:
        print(f"| {name} | " + " | ".join(_row(read_trios(name, most))) + " |", flush=True)
    for name in PAIRS:
        print(f"| pairs {name} | " + " | ".join(_row(read_pairs(name, most))) + " |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
