"""From two readings to the ranking: a verdict counts where both name the same answer, and adds to what is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from trillm.ranking import confidence
from trillm.ranking.judge.policy import CLEAR, is_close
from trillm.ranking.judge.reading import Reading, mean
from trillm.ranking.learned.grounds import Ground
from trillm.ranking.reasons.told import in_english
from trillm.vocabulary.ranking import Judgement, Ranking, Reason

SHARE_OF_TWO: Final = 0.75
"""How often a verdict that holds in both orders is taken to be right about two answers.

Strong judges agree with people on 80 to 85 % of decided pairs (MT-bench, arXiv 2306.05685), and with the label of
adversarial pairs on 76 % without rules and 87 % with a good set of them. Ours is asked about close calls, which are
harder than those, by the cheapest capable model: so just below the least of these figures.
"""
_ODDS: Final = SHARE_OF_TWO / (1 - SHARE_OF_TWO)
"""By how much a verdict raises the odds of the answer it prefers against each other one."""
_MOST_LEAD: Final = CLEAR / (1 - CLEAR)
"""The odds that a lead by text alone is worth on a close call, whatever it says: who could tell would not ask.

Text alone was right about 59 to 80 % of recorded pairs there. It is less than a verdict's odds.
"""
_AGREED: Final = frozenset({Ground.UNANIMOUS, Ground.MAJORITY})
_NEVER_NOTHING: Final = 1e-9
"""Added to shares that may be nothing, so that they can be weighed."""
SET_ASIDE: Final = Reason("judge-set-aside")
UNSETTLED: Final = Reason("judge-unsettled")


@dataclass(frozen=True, slots=True)
class Panel:
    """Ids: of the sound answers that the judge was shown, of all that are sound, and of those that give it orders."""

    shown: Sequence[str]
    sound: Sequence[str]
    ordering: frozenset[str] = frozenset()


def completed(asked: Judgement, panel: Panel, readings: Sequence[Reading]) -> Judgement:
    """Return the judgement with what two readings make of it."""
    one, other = readings
    asked = replace(asked, scores=mean(one.scores, other.scores))
    if one.better != other.better:
        return replace(asked, status="undecided")
    if one.better in panel.ordering:
        cautions = (SET_ASIDE, *asked.cautions)
        return replace(asked, status="undecided", caution=in_english(cautions), cautions=cautions)
    return replace(asked, status="consistent", better=one.better, why=one.why or other.why)


def ranking_after(below: Ranking, panel: Panel, judgement: Judgement) -> Ranking:
    """Return the ranking that follows from a judgement.

    One that failed, that is of other answers or that was made to learn from (an audit) changes nothing.
    """
    if judgement.asked_because == "audit":
        return below
    if judgement.status == "undecided":
        return _adding(below, SET_ASIDE if SET_ASIDE in judgement.cautions else UNSETTLED, judgement)
    if judgement.better not in panel.shown:
        return below
    return _weighed(below, panel, judgement)


def share(shown: int) -> float:
    """Return the probability of the preferred of so many that were equal before."""
    return _ODDS / (_ODDS + shown - 1)


def _weighed(below: Ranking, panel: Panel, judgement: Judgement) -> Ranking:
    """Return the ranking by what the ranking below and the verdict say together, the rejected as they stood."""
    held = {id: below.probabilities[id] for id in panel.sound}
    found = held | _posterior(below, panel.shown, judgement.better or "")
    order = sorted(below.order, key=lambda id: -found.get(id, 0.0))
    shares = confidence.settled([found.get(id, below.probabilities[id]) for id in order])
    confirmed = order[0] == below.best
    decides = order[0] == judgement.better and (not confirmed or _is_close(below))
    told = (
        replace(below, why=_reason(judgement), reasons=())
        if decides
        else _adding(below, _beside(below, judgement), judgement)
    )
    return replace(
        told,
        order=tuple(order),
        probabilities=dict(zip(order, shares, strict=True)),
        best=order[0],
        groups=(),
        confidence=shares[0],
        too_close=confidence.is_too_close(shares[: len(panel.sound)]),
        decided_by="judge" if decides else below.decided_by,
    )


def _posterior(below: Ranking, shown: Sequence[str], better: str) -> dict[str, float]:
    """Return the probabilities of the answers shown after the verdict: its odds times those of the ranking below.

    They share what they shared before; of an answer that it did not see a verdict says nothing. On a close call the
    first leads the preferred by no more than text is worth.
    """
    held = [below.probabilities[id] for id in shown]
    weights = {id: part + _NEVER_NOTHING for id, part in zip(shown, held, strict=True)}
    if _is_close(below):
        weights[better] = max(weights[better], max(weights.values()) / _MOST_LEAD)
    weights[better] *= _ODDS
    scale = (sum(held) or 1.0) / sum(weights.values())
    return {id: weight * scale for id, weight in weights.items()}


def _is_close(below: Ranking) -> bool:
    return is_close(below.ground, below.confidence, too_close=below.too_close)


def _reason(judgement: Judgement) -> str:
    """Return why the judge's answer is first, in one or two sentences."""
    why, caution = judgement.why, judgement.caution
    told = f"The judge preferred it in both orders{': ' + why if why else '.'}"
    ended = told if told.endswith((".", "!", "?", "…", "。")) else f"{told}."
    return f"{ended} {caution}".rstrip()


def _beside(below: Ranking, judgement: Judgement) -> Reason:
    """Return what a verdict that decided nothing adds to the reasons of the ranking below."""
    if judgement.better == below.best:
        return Reason("judge-too")
    return Reason("judge-other", {"weighs": "agreement" if below.ground in _AGREED else "signs"})


def _adding(below: Ranking, reason: Reason, judgement: Judgement) -> Ranking:
    """Return the ranking with one more reason; where it has words only, it has them still."""
    with_care = reason.code == "judge-too"
    why = f"{below.why} {in_english([reason])} {judgement.caution if with_care else ''}".rstrip()
    added = (reason, *judgement.cautions) if with_care else (reason,)
    return replace(below, why=why, reasons=(*below.reasons, *added) if below.reasons else ())
