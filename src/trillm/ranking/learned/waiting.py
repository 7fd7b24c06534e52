"""Whether an answer that is still out is worth waiting for: the quality that the pick would gain by it, on average.

Expected loss of not waiting = how likely a late answer becomes the pick x how much better the pick then is. Answers are
alike before they are read, so the former is the late ones' share of the panel. The latter was measured on recorded
panels, ground by ground (`waiting.json`, made by `python -m evals.train_waiting`): docs/reference/early-and-economy.md.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, Final

from trillm.ranking.learned.grounds import Ground
from trillm.ranking.learned.order import vote_of
from trillm.vocabulary.ranking import Ranking

SHIPPED: Final = Path(__file__).with_name("waiting.json")
FORMAT: Final = 1
TOLERATED_LOSS: Final = 0.005
"""Quality, 0 to 1, that an earlier pick may cost on average; chosen by simulation (docs/reference)."""
_ROUNDING: Final = 1e-9
_NO_PRIORS: Final[Mapping[str, float]] = {}

log = logging.getLogger(__name__)


class BrokenGains(ValueError):
    """A file of gains cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Gains:
    """By ground, how much better the pick is when a late answer takes its place, 0 to 1 of quality."""

    by_ground: Mapping[str, float]

    @staticmethod
    def load(path: Path = SHIPPED) -> Gains:
        """Read and check the file. Raises BrokenGains."""
        try:
            return Gains.of(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise BrokenGains(f"{path.name}: {error!r}") from error

    @staticmethod
    def of(held: Any) -> Gains:
        """Return the gains in a decoded file. Raises ValueError, KeyError, TypeError or AttributeError."""
        if held["format"] != FORMAT:
            raise ValueError(f"format {held['format']!r} is not {FORMAT}")
        found = {Ground(name).value: float(gain) for name, gain in held["gains"].items()}
        if not all(0 <= found[ground] <= 1 for ground in GAINING):
            raise ValueError("a gain is not within 0 and 1")
        return Gains(found)

    def as_object(self) -> dict[str, Any]:
        """Return what `of` reads."""
        return {"format": FORMAT, "gains": dict(self.by_ground)}


GAINING: Final = (Ground.UNANIMOUS, Ground.MAJORITY, Ground.DIVIDED, Ground.PREMISE, Ground.PROSE)
"""The grounds for which a gain is measured; where a reference decided there is nothing to gain."""


WAIT: Final = Gains(dict.fromkeys((ground.value for ground in GAINING), 1.0))
"""As if every late answer were the one that matters."""


@cache
def shipped() -> Gains:
    """Return the gains that ship; where their file is broken, those by which everybody is waited for."""
    try:
        return Gains.load()
    except BrokenGains:
        log.exception("nobody knows what waiting gains; every answer is waited for")
        return WAIT


def expected_loss(
    ranking: Ranking, late: Sequence[str], priors: Mapping[str, float] = _NO_PRIORS, gains: Gains | None = None
) -> float:
    """Return the quality, 0 to 1, that is lost on average when the pick is fixed before the `late` responses end.

    `priors` are of models, by response id, in logits. A ranking without a ground counts as one of prose. Waiting never
    gains more than the chance that the pick is not the best.
    """
    ranked = [name for name in ranking.order if ranking.probabilities.get(name, 0.0) > 0]
    ground = _ground_of(ranking, len(ranked))
    if ground is Ground.REFERENCE or not late:
        return 0.0
    if ground in (Ground.UNANIMOUS, Ground.MAJORITY):
        if not _may_overturn(ranking, late, priors):
            return 0.0
        if not _may_overturn(ranking, late, _NO_PRIORS):
            ground = Ground.DIVIDED
    becomes = len(late) / (len(ranked) + len(late))
    better = (gains or shipped()).by_ground[ground]
    return min(becomes * better, 1 - (ranking.confidence or 0.0))


def _ground_of(ranking: Ranking, ranked: int) -> Ground:
    """Return the ground; one answer alone has none, however sure it is to be the best so far."""
    known = ranked > 1 and ranking.ground in (*GAINING, Ground.REFERENCE)
    return Ground(ranking.ground) if known else Ground.PROSE


def _may_overturn(ranking: Ranking, late: Sequence[str], priors: Mapping[str, float]) -> bool:
    """Whether the late ones could outweigh the final answer that leads, all of them for the one that comes next.

    A tie overturns nothing that waiting would decide better. Where nobody says who stands behind what, they may.
    """
    vote = vote_of(sum(ranking.groups) + len(late))
    votes = [vote + priors.get(name, 0.0) for name in ranking.order]
    ends = list(accumulate(ranking.groups, initial=0))
    leading, *others = [sum(votes[start:end]) for start, end in pairwise(ends)] or [0.0]
    return max([0.0, *others]) + sum(max(0.0, vote + priors.get(name, 0.0)) for name in late) > leading + _ROUNDING
