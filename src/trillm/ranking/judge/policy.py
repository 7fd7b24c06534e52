"""Whether a judge is asked: where a verdict can change the pick for the better, and nowhere else.

Recorded answers say where: unanimous panels are right 92 to 99.9 % of the time and two against one 71 to 87 %, which
is what a judge reaches; where all differ, where a premise is contested and in prose the text alone knows less.
"""

from __future__ import annotations

from typing import Final, Literal

from trillm.ranking.learned.grounds import Ground
from trillm.vocabulary.question import JudgePolicy
from trillm.vocabulary.ranking import Ranking

Because = Literal["close", "asked", "audit"]

CLEAR: Final = 0.7
"""The confidence from which a lead in prose is clear.

From there on the text's own pick was people's in 84 to 89 % of recorded pairs (autoj, pandalm), which no judge betters;
below it in 59 to 80 %. On pairs whose style is held equal it tells nothing, and no other figure does.
"""
_SETTLED: Final = frozenset({Ground.UNANIMOUS, Ground.REFERENCE, Ground.SAME})
"""Where all agree, or some with the caller's own reference, or all say the same: nothing is left to decide."""
_NEVER: Final = frozenset({Ground.REFERENCE, Ground.SAME})
"""Of which no verdict is asked at all."""
_CALLED: Final = frozenset({Ground.DIVIDED, Ground.PREMISE, Ground.NEAR})


def why_ask(policy: JudgePolicy, ranking: Ranking, *, sound: int, audited: bool) -> Because | None:
    """Return why a judge is asked about a ranking that has `sound` sound answers, or None: it is not.

    `audited`: whether this one is of the random share that is judged to learn from. Who says `never` is not audited,
    and a settled panel neither: it costs money and teaches nothing. Where a reference decided nobody is asked, ever:
    it is the truth. Nor where all say the same.
    """
    if policy == "never" or sound < 2 or ranking.ground in _NEVER:
        return None
    if policy == "always":
        return "asked"
    if is_close(ranking.ground, ranking.confidence, too_close=ranking.too_close):
        return "close"
    return "audit" if audited and ranking.ground not in _SETTLED else None


def is_close(ground: str, confidence: float | None, *, too_close: bool) -> bool:
    """Whether a pick on this ground is worth a judge's call; a ranking without a ground goes by its probabilities."""
    if ground == Ground.PROSE:
        return (confidence or 0.0) < CLEAR
    if ground in _SETTLED or ground == Ground.MAJORITY:
        return False
    return ground in _CALLED or too_close
