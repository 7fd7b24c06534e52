"""From two readings to the ranking: a verdict counts where both name the same answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from trillm.ranking import confidence
from trillm.ranking.judge.envelope import Shown
from trillm.ranking.judge.reading import Reading, mean
from trillm.vocabulary.ranking import Judgement, Ranking

SHARE_OF_TWO: Final = 0.75
"""How often a verdict that holds in both orders is taken to be right about two answers.

Strong judges agree with people on 80 to 85 % of decided pairs (MT-bench, arXiv 2306.05685), and with the label of
adversarial pairs on 76 % without rules and 87 % with a good set of them. Ours is asked about close calls, which are
harder than those, by the cheapest capable model: so just below the least of these figures.
"""
NOT_SETTLED: Final = "A judge looked at it too and did not settle it: what it preferred changed with the order."
_NEVER_NOTHING: Final = 1e-9
"""Added to shares that may be nothing, so that they can be shared out."""
SET_ASIDE: Final = "A judge's verdict was set aside: the answer that it preferred gives orders to whoever judges it."


@dataclass(frozen=True, slots=True)
class Panel:
    """What the judge was shown, and the ids of all sound answers."""

    shown: Sequence[Shown]
    sound: Sequence[str]


def settled(below: Ranking, panel: Panel, asked: Judgement, readings: Sequence[Reading]) -> tuple[Ranking, Judgement]:
    """Return the ranking after two readings, and the judgement completed."""
    one, other = readings
    asked = replace(asked, scores=mean(one.scores, other.scores))
    if one.better != other.better:
        return _standing(below, NOT_SETTLED), replace(asked, status="undecided")
    if any(answer.appeals for answer in panel.shown if answer.id == one.better):
        caution = f"{SET_ASIDE} {asked.caution}".rstrip()
        return _standing(below, SET_ASIDE), replace(asked, status="undecided", caution=caution)
    why = one.why or other.why
    ranking = _preferring(below, panel, one.better, _reason(why, asked.caution))
    return ranking, replace(asked, status="consistent", better=one.better, why=why)


def share(shown: int) -> float:
    """Return the probability of the preferred of so many: as likely to beat each of the others as one alone."""
    odds = SHARE_OF_TWO / (1 - SHARE_OF_TWO)
    return odds / (odds + shown - 1)


def _preferring(below: Ranking, panel: Panel, better: str, why: str) -> Ranking:
    """Return the ranking with `better` first and the others as they stood.

    The preferred gets its share of what the answers shown had; a pick that is confirmed is no less sure than before.
    """
    held = below.probabilities
    kept = sum(held[id] for id in panel.sound)
    among = sum(held[answer.id] for answer in panel.shown) / kept if kept else 1.0
    first = share(len(panel.shown)) * among
    if better == below.best and kept:
        first = max(first, held[better] / kept)
    order = [better, *(id for id in below.order if id != better)]
    others = [id for id in order[1:] if id in panel.sound]
    led = confidence.led_by(first, [held[id] + _NEVER_NOTHING for id in others])
    found = dict(zip([better, *others], (part * (kept or 1.0) for part in led), strict=True))
    shares = confidence.settled([found.get(id, held[id]) for id in order])
    return replace(
        below,
        order=tuple(order),
        probabilities=dict(zip(order, shares, strict=True)),
        best=better,
        confidence=shares[0],
        too_close=confidence.is_too_close(shares[: len(panel.sound)]),
        decided_by="judge",
        why=why,
    )


def _standing(below: Ranking, said: str) -> Ranking:
    """Return the ranking as it stood, which also says what became of the judge."""
    return replace(below, why=f"{below.why} {said}")


def _reason(why: str, caution: str) -> str:
    """Return why the judge's answer is first, in one or two sentences."""
    told = f"The judge preferred it in both orders{': ' + why if why else '.'}"
    ended = told if told.endswith((".", "!", "?", "…", "。")) else f"{told}."
    return f"{ended} {caution}".rstrip()
