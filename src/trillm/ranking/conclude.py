"""From a verdict on the sound answers to the ranking of all: what every rung that reads texts has in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from trillm.language.request import Request
from trillm.ranking import confidence
from trillm.ranking.hygiene import Defect
from trillm.ranking.measure import Entry
from trillm.ranking.reasons.told import in_english
from trillm.ranking.reasons.why import say_why
from trillm.vocabulary.ranking import DecidedBy, Ranking, Reason


@dataclass(frozen=True, slots=True)
class Verdict:
    """Sound answers best first, with the probability of each, never rising; `why` is told whether it is too close."""

    order: Sequence[Entry]
    probabilities: Sequence[float]
    decided_by: DecidedBy
    why: Callable[[bool], tuple[Reason, ...]]
    ground: str = ""
    """What the order rests on, where the rung has a name for it."""
    groups: tuple[int, ...] = ()
    """How many give each final answer, in order; empty where none are compared."""


def _only_sound(_request: Request, _entry: Entry) -> float:
    return confidence.ONLY_SOUND


def conclude(
    request: Request,
    entries: Sequence[Entry],
    decide: Callable[[Request, list[Entry]], Verdict],
    alone: Callable[[Request, Entry], float] = _only_sound,
) -> Ranking:
    """Return the ranking of the entries, which come best first.

    `decide` is asked where two or more are sound, `alone` how sure a single one is.
    """
    sound = [e for e in entries if e.measured.defect is Defect.NONE]
    rejected = [e for e in entries if e.measured.defect is not Defect.NONE]
    spoken = [e for e in rejected if e.measured.defect is not Defect.EMPTY]
    if len(sound) > 1:
        verdict = decide(request, sound)
    else:
        by = "criteria" if sound and len(entries) == 1 else "hygiene"
        verdict = Verdict(
            sound,
            [alone(request, entry) for entry in sound],
            by,
            lambda close: say_why(request, entries, too_close=close),
        )
    order = [*verdict.order, *rejected]
    shares = _shares(verdict.probabilities, spoken)
    found = {e.candidate.id: share for e, share in zip([*verdict.order, *spoken], shares, strict=True)}
    too_close = bool(found) and (not sound or confidence.is_too_close(shares[: len(sound)]))
    best = order[0].candidate.id if found else None
    reasons = verdict.why(too_close)
    return Ranking(
        order=tuple(e.candidate.id for e in order),
        probabilities={e.candidate.id: found.get(e.candidate.id, 0.0) for e in order},
        best=best,
        confidence=None if best is None else found[best],
        too_close=too_close,
        decided_by=verdict.decided_by,
        why=in_english(reasons),
        reasons=reasons,
        scores={e.candidate.id: e.scores for e in order},
        ground=verdict.ground,
        groups=verdict.groups,
    )


def _shares(sound: Sequence[float], spoken: Sequence[Entry]) -> list[float]:
    """Return the probabilities of the answers that have text; the rejected among them share a fixed part."""
    if not sound and spoken:
        shares = confidence.prose_probabilities([e.scores.total for e in spoken])
        return confidence.settled([min(share, confidence.ALL_REJECTED_CAP) for share in shares])
    kept = 1 - confidence.REJECTED_SHARE if spoken else 1.0
    each = confidence.REJECTED_SHARE / len(spoken) if spoken else 0.0
    return confidence.settled([*(share * kept for share in sound), *[each] * len(spoken)])
