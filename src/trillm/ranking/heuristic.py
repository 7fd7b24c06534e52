"""Stage 1 of the specification, the bottom rung: length, code blocks, structure, response time."""

from __future__ import annotations

from collections.abc import Sequence
from math import log1p
from typing import Final

from trillm.language.code_blocks import split_code
from trillm.language.request import read_request
from trillm.language.words import words
from trillm.ranking import confidence
from trillm.ranking.hygiene import Defect, find_defect
from trillm.ranking.ranker import Candidate
from trillm.ranking.reasons.told import in_english
from trillm.vocabulary.question import Question
from trillm.vocabulary.ranking import Ranking, Reason

_READ: Final = 20_000
_LONG_ENOUGH: Final = 300
_LENGTH: Final = 60.0
_CODE: Final = 15.0
_STRUCTURE: Final = 15.0
_SPEED: Final = 10.0
_SLOW_MS: Final = 30_000.0


class Heuristic:
    """Counts what can be counted. It gives no scores, and is never sure."""

    name = "heuristic"

    async def rank(self, question: Question, candidates: Sequence[Candidate]) -> Ranking:
        """Return the ranking of the candidates (at least one)."""
        judged = sorted(((_judge(question, candidate), candidate.id) for candidate in candidates), key=_place)
        sound = sum(defect is Defect.NONE for (defect, _, _), _ in judged)
        spoken = [entry for entry in judged if entry[0][0] is not Defect.EMPTY]
        totals = [-minus for (_, minus, _), _ in spoken[: sound or None]]
        shares = confidence.prose_probabilities(totals) if totals else []
        if spoken and not sound:
            shares = [min(share, confidence.ALL_REJECTED_CAP) for share in shares]
        found = dict(zip((id for _, id in spoken), confidence.settled(shares), strict=False))
        best = judged[0][1] if spoken else None
        too_close = bool(spoken) and (not sound or confidence.is_too_close(shares))
        reasons = (Reason(_why(len(judged), sound, has_text=bool(spoken))),)
        return Ranking(
            order=tuple(id for _, id in judged),
            probabilities={id: found.get(id, 0.0) for _, id in judged},
            best=best,
            confidence=None if best is None else found[best],
            too_close=too_close,
            decided_by="heuristic" if sound > 1 or len(judged) == 1 else "hygiene",
            why=in_english(reasons),
            reasons=reasons,
        )


def _judge(question: Question, candidate: Candidate) -> tuple[Defect, float, float]:
    """Return defect, points below 0, milliseconds: smaller is better in each."""
    text = candidate.text[:_READ]
    fenced = split_code(text)
    tokens = words(text)
    defect = find_defect(read_request(question.text), candidate, fenced, tokens)
    lines = text.split("\n")
    marks = sum(line.lstrip()[:2] in ("- ", "* ", "# ", "##") or line[:1].isdecimal() for line in lines)
    milliseconds = _SLOW_MS if candidate.response_time_ms is None else candidate.response_time_ms
    points = _LENGTH * min(1.0, log1p(len(tokens)) / log1p(_LONG_ENOUGH))
    points += _CODE * bool(fenced.blocks)
    points += _STRUCTURE * min(1.0, (marks + lines.count("")) / 4)
    points += _SPEED * max(0.0, 1 - milliseconds / _SLOW_MS)
    return defect, -round(points, 1), milliseconds


def _place(entry: tuple[tuple[Defect, float, float], str]) -> tuple[object, ...]:
    return entry


def _why(given: int, sound: int, *, has_text: bool) -> str:
    if not has_text:
        return "no-answer"
    if sound == 0:
        return "least-wrong"
    if given == 1:
        return "only-answer"
    if sound == 1:
        return "only-sound"
    return "by-form"
