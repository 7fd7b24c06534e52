"""A simulated judge: what it would make of the picks that are not sure, if it named a best answer so often."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import fmean

from evals.figures import Pick
from trillm.ranking.learned.grounds import Ground

ACCURACIES = (0.75, 0.85)
THRESHOLDS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01)
"""Judged is what is less sure than this."""
_NEVER = ("", Ground.UNANIMOUS, Ground.REFERENCE, Ground.SAME)


def is_judged(pick: Pick, threshold: float) -> bool:
    """Whether a judge is asked; never of one sound answer, and never where all agree."""
    return pick.ground not in _NEVER and pick.confidence < threshold


def score_with_judge(picks: Sequence[Pick], asks: Callable[[Pick], bool], accuracy: float) -> tuple[float, float]:
    """Return the share of panels judged, and the mean score expected with a judge of this accuracy."""
    judged = [asks(pick) for pick in picks]
    scores = [_expected(p, accuracy) if asked else p.score for p, asked in zip(picks, judged, strict=True)]
    return fmean(judged), fmean(scores)


def _expected(pick: Pick, accuracy: float) -> float:
    """A best answer so often, else any of the others alike."""
    scores = pick.panel.scores.values()
    others = [score for score in scores if score < pick.panel.most]
    return pick.panel.most if not others else accuracy * pick.panel.most + (1 - accuracy) * fmean(others)
