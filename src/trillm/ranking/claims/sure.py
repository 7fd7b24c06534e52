"""How likely the map is right, from how alike two claims are: curves fitted on pairs that no rule was written on.

`python -m evals claims --fit` makes sure.json anew.
"""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files
from math import exp
from typing import Final, Literal

Told = Literal["same", "contested", "alone", "same result", "other result"]

LEAST: Final = 0.02
MOST: Final = 0.98
"""Some dozens of pairs cannot tell more."""


def sure(told: Told, likeness: float) -> float:
    """Return the probability that what is told of claims so alike is so."""
    offset, slope = _curves()[told]
    return min(MOST, max(LEAST, 1 / (1 + exp(-(offset + slope * likeness)))))


@lru_cache(maxsize=1)
def _curves() -> dict[str, tuple[float, float]]:
    return json.loads(files("trillm.ranking.claims").joinpath("sure.json").read_text(encoding="utf-8"))
