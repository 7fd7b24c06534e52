"""Thirteen signs of an answer in prose, each of which may only count one way: bad things cost, good things earn."""

from __future__ import annotations

from math import log1p
from typing import Final

from trillm.language.request import Request
from trillm.ranking.hygiene import Defect
from trillm.ranking.measure import Measured

EARNS: Final = {
    "log_words": True,
    "log_characters": True,
    "log_lines": True,
    "beyond_4_5": False,
    "beyond_5_5": False,
    "richness": True,
    "variety": True,
    "repeated": False,
    "copied": False,
    "refusal": False,
    "open_ended": False,
    "empty": False,
    "long_when_brief": False,
}
"""Name of each sign, in order: whether it earns (its weight is never below 0) or costs (never above)."""


def signs(request: Request, measured: Measured) -> tuple[float, ...]:
    """Return the signs in the order of EARNS. Length is the logarithm of words, with two bends where it counts less."""
    length = log1p(measured.word_count) if request.harm is None else 0.0
    return (
        length,
        log1p(measured.characters) if request.harm is None else -log1p(measured.characters),
        log1p(measured.lines) if request.harm is None else 0.0,
        max(0.0, length - 4.5),
        max(0.0, length - 5.5),
        measured.richness if request.harm is None else 0.0,
        measured.variety,
        measured.repeated,
        measured.copied,
        float(measured.defect is Defect.REFUSED),
        float(not measured.ended),
        float(measured.defect is Defect.EMPTY),
        length if request.brief else 0.0,
    )
