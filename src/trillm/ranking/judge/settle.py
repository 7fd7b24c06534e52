"""From two readings to the ranking: a verdict counts where both name the same answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from trillm.ranking import confidence
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
    """Ids: of what the judge was shown, of all sound answers, and of those that give it orders."""

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
        return replace(asked, status="undecided", caution=f"{SET_ASIDE} {asked.caution}".rstrip())
    return replace(asked, status="consistent", better=one.better, why=one.why or other.why)


def ranking_after(below: Ranking, panel: Panel, judgement: Judgement) -> Ranking:
    """Return the ranking that follows from a judgement; one that failed, or of other answers, changes nothing."""
    if judgement.status == "undecided":
        said = SET_ASIDE if judgement.caution.startswith(SET_ASIDE) else NOT_SETTLED
        return replace(below, why=f"{below.why} {said}")
    if judgement.better is None or judgement.better not in panel.sound:
        return below
    return _preferring(below, panel, judgement.better, _reason(judgement.why, judgement.caution))


def share(shown: int) -> float:
    """Return the probability of the preferred of so many: as likely to beat each of the others as one alone."""
    odds = SHARE_OF_TWO / (1 - SHARE_OF_TWO)
    return odds / (odds + shown - 1)


def _preferring(below: Ranking, panel: Panel, better: str, why: str) -> Ranking:
    """Return the ranking with `better` first and the others as they stood.

    The preferred gets its share of what the answers shown had; a pick that is confirmed is no less sure than before.
    """
    held, shown, sound = below.probabilities, panel.shown, panel.sound
    kept = sum(held[id] for id in sound)
    among = sum(held[id] for id in shown) / kept if kept else 1.0
    first = share(len(shown)) * among
    if better == below.best and kept:
        first = max(first, held[better] / kept)
    order = [better, *(id for id in below.order if id != better)]
    others = [id for id in order[1:] if id in sound]
    led = confidence.led_by(first, [held[id] + _NEVER_NOTHING for id in others])
    found = dict(zip([better, *others], (part * (kept or 1.0) for part in led), strict=True))
    shares = confidence.settled([found.get(id, held[id]) for id in order])
    return replace(
        below,
        order=tuple(order),
        probabilities=dict(zip(order, shares, strict=True)),
        best=better,
        confidence=shares[0],
        too_close=confidence.is_too_close(shares[: len(sound)]),
        decided_by="judge",
        why=why,
    )


def _reason(why: str, caution: str) -> str:
    """Return why the judge's answer is first, in one or two sentences."""
    told = f"The judge preferred it in both orders{': ' + why if why else '.'}"
    ended = told if told.endswith((".", "!", "?", "…", "。")) else f"{told}."
    return f"{ended} {caution}".rstrip()
