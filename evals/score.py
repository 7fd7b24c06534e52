"""Scores one file: how good the shipped ranker's picks from its panels and pairs are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from evals import figures
from evals.figures import Pick
from evals.pick import goes_to_the_judge, picks_of
from evals.recorded import read
from evals.warm import warm_picks

Figures = dict[str, float]


def score_file(path: Path, *, warm: bool = False) -> Figures:
    """Return the figures of a file. Raises BadFile.

    `warm`: with what labels of the file's other prompts teach; else as it is shipped.
    """
    return score((warm_picks if warm else picks_of)(read(path)))


def score(picks: Sequence[Pick]) -> Figures:
    """Return the figures of picks, all within 0 and 1 but `n`: `accuracy` is of pairs, `mean_score` of panels."""
    pairs = [p for p in picks if p.panel.pair]
    panels = [p for p in picks if not p.panel.pair]
    found: Figures = {"n": len(picks)}
    if pairs:
        found["accuracy"] = figures.mean(pairs, lambda p: p.score)
    if panels:
        found["mean_score"] = figures.mean(panels, lambda p: p.score)
    found["random"] = figures.mean(picks, lambda p: figures.random_score(p.panel))
    found["longest"] = figures.mean(picks, lambda p: figures.longest_score(p.panel))
    if panels:
        found["best_single"] = figures.best_single([p.panel for p in panels])
        found["oracle"] = figures.mean(panels, lambda p: p.panel.most)
        chance = figures.mean(panels, lambda p: figures.random_score(p.panel))
        found["recovered"] = figures.recovered(found["mean_score"], chance, found["oracle"])
    found["ece"] = figures.calibration_error(picks)
    found["brier"] = figures.brier(picks)
    found["judge_share"] = figures.mean(picks, goes_to_the_judge)
    return {name: value if name == "n" else round(value, 6) for name, value in found.items()}
