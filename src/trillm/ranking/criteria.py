"""Stage 2 of the specification: four criteria from local signals, hygiene before them, agreement above them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

from trillm.language.final_answer import Expected
from trillm.language.naming.alike import alike
from trillm.language.request import Request, read_request
from trillm.language.results.amount import comparable
from trillm.ranking import confidence
from trillm.ranking.conclude import Verdict, conclude
from trillm.ranking.hygiene import Defect
from trillm.ranking.measure import WEIGHTS, Entry, Measured, equals_reference, measure
from trillm.ranking.ranker import Candidate
from trillm.ranking.reasons.why import say_why
from trillm.vocabulary.question import Question
from trillm.vocabulary.ranking import Ranking
from trillm.vocabulary.response import Scores

_NOTHING_TELLS: Final = 0.5
_AGREES: Final = 0.95
_DISAGREES: Final = 0.05
_STYLE_WHERE_ONE_IS_RIGHT: Final = 0.15
"""How much completeness and clarity still count where answers agree on one result: then style says little."""


Value = TypeVar("Value")


class Criteria:
    """Ranks by the specification's weighted criteria. Pure computation; remembers the last few hundred readings."""

    name = "criteria"

    def __init__(self, *, remembered: int = 512) -> None:
        self._requests = _Memory[Request](remembered // 4)
        self._answers = _Memory[Measured](remembered)

    @property
    def remembers(self) -> int:
        """How many readings of questions and answers are held now."""
        return len(self._requests) + len(self._answers)

    async def rank(self, question: Question, candidates: Sequence[Candidate]) -> Ranking:
        """Return the ranking of the candidates (at least one)."""
        request, entries = self.read(question, candidates)
        return conclude(request, entries, _decide)

    def read(self, question: Question, candidates: Sequence[Candidate]) -> tuple[Request, list[Entry]]:
        """Return what is asked, and the candidates with their scores, best first by these."""
        request = self._requests.get(question.text, lambda: read_request(question.text))
        measured = [self._measure(question, request, candidate) for candidate in candidates]
        return request, sorted(_score(question, request, candidates, measured), key=lambda entry: entry.place)

    def _measure(self, question: Question, request: Request, candidate: Candidate) -> Measured:
        key = (
            question.text,
            question.reference,
            candidate.id,
            candidate.status,
            len(candidate.text),
            hash(candidate.text),
        )
        return self._answers.get(key, lambda: measure(request, candidate, question.reference))


class _Memory(Generic[Value]):
    """The most recently computed values by key, at most `size` of them."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._held: dict[object, Value] = {}

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: object, compute: Callable[[], Value]) -> Value:
        """Return the value held under the key, or compute and hold it."""
        value = self._held.pop(key, None)
        if value is None:
            value = compute()
        self._held[key] = value
        if len(self._held) > self._size:
            del self._held[next(iter(self._held))]
        return value


def _score(
    question: Question, request: Request, candidates: Sequence[Candidate], measured: Sequence[Measured]
) -> list[Entry]:
    """Put what the answers are worth by themselves together with what they say about each other."""
    finals = _finals(question, request, measured)
    given = [final for final, own in zip(finals, measured, strict=True) if own.defect is Defect.NONE]
    counts = confidence.agreeing(given, request.expected) or {}
    if question.reference is not None:  # the truth is known: where nobody gives it, nobody's agreement counts
        right = {
            final
            for final, own in zip(finals, measured, strict=True)
            if final is not None and equals_reference(own, question.reference, request.expected)
        }
        known = dict.fromkeys(filter(None, given), 0) | dict.fromkeys(right, len(measured) + 1)
        counts = known if right else {}
    entries: list[Entry] = []
    for candidate, own, final in zip(candidates, measured, finals, strict=True):
        backed = counts.get(final, 0) if final is not None else 0
        entries.append(Entry(candidate, own, _scores(own, final, backed, counts), backed, final))
    return entries


def _finals(question: Question, request: Request, measured: Sequence[Measured]) -> list[str | None]:
    """Return the final answers of those that are sound as they are compared; one alone agrees with nobody."""
    sound = [own.defect is Defect.NONE for own in measured]
    if sum(sound) < 2 and question.reference is None:
        return [None] * len(measured)
    finals = [own.final if is_sound else None for own, is_sound in zip(measured, sound, strict=True)]
    if request.expected is Expected.LITERAL:
        return finals
    if request.naming is not None and question.reference is None:
        named = alike([own.named if is_sound else None for own, is_sound in zip(measured, sound, strict=True)])
        if any(named):
            return named
    return comparable(finals)


def _scores(own: Measured, final: str | None, backed: int, counts: dict[str, int]) -> Scores:
    """Return the four scores and their weighted sum, one decimal each."""
    relevance, completeness, clarity = own.relevance, own.completeness, own.clarity
    accuracy = _NOTHING_TELLS if own.accuracy is None else own.accuracy
    if counts and max(counts.values()) > 1:
        relevance = 1.0 if final is not None else min(relevance, 0.6)
        completeness = 1 - _STYLE_WHERE_ONE_IS_RIGHT * (1 - completeness)
        clarity = 1 - _STYLE_WHERE_ONE_IS_RIGHT * (1 - clarity)
        accuracy = _agreement_mark(final, backed, counts)
    if own.defect is Defect.EMPTY:
        relevance = completeness = clarity = accuracy = 0.0
    shown = [round(100 * min(1.0, max(0.0, mark)), 1) for mark in (relevance, completeness, clarity, accuracy)]
    total = sum(weight * score for weight, score in zip(WEIGHTS, shown, strict=True))
    return Scores(*shown, total=round(total, 1))


def _agreement_mark(final: str | None, backed: int, counts: dict[str, int]) -> float:
    most = max(counts.values())
    if final is None or list(counts.values()).count(most) > 1:
        return _NOTHING_TELLS
    return _AGREES if backed == most else _DISAGREES


def _decide(request: Request, sound: list[Entry]) -> Verdict:
    return Verdict(
        sound, _probabilities(sound), "criteria", lambda too_close: say_why(request, sound, too_close=too_close)
    )


def _probabilities(sound: list[Entry]) -> list[float]:
    totals = [e.scores.total for e in sound]
    backed = [e.backed for e in sound]
    if backed[0] == 0 or len(sound) == 1:
        return confidence.prose_probabilities(totals)
    if backed[0] > len(sound):
        first = confidence.REFERENCE
    else:
        first = confidence.agreement_probability(list(Counter(e.final for e in sound if e.backed).values()))
    return confidence.led_by(first, [confidence.weight(total) for total in totals[1:]])
