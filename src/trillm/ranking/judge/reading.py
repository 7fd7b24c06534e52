"""What the judge said: its reply found among whatever else it wrote, and checked to the letter."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final, NoReturn, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from trillm.ranking.judge.appeals import without_appeals
from trillm.ranking.measure import WEIGHTS
from trillm.vocabulary.response import Scores

WHY_LENGTH: Final = 160
"""Characters of the judge's sentence that are kept."""
_READ: Final = 32_000
_MOST_OBJECTS: Final = 32

_Mark: TypeAlias = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
_UNSAID: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufeff]+"
)
_SPACE: Final = re.compile(r"\s+")


class Unreadable(Exception):
    """The reply is not of the form that was asked for; the message says what is wrong with it, not what it says."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading's outcome: the id of the better answer, why, and the scores by id."""

    better: str
    why: str
    scores: Mapping[str, Scores]


class _Strict(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(strict=True, extra="forbid", frozen=True)


class _Scored(_Strict):
    label: str
    relevance: _Mark
    completeness: _Mark
    clarity: _Mark
    accuracy: _Mark


class _Reply(_Strict):
    """What counts of a reply: the analysis is there for the judge to think in, and for nobody to read."""

    scores: list[_Scored]
    better: str
    why: str


def read(text: str, ids: Mapping[str, str]) -> Reading:
    """Return the verdict in a reply; `ids` are the labels that were given out. Raises Unreadable."""
    found = {_key(reply): reply for reply in _replies(text)}
    if len(found) != 1:
        raise Unreadable("there is no verdict in it" if not found else "there is more than one verdict in it")
    reply = next(iter(found.values()))
    labels = [scored.label for scored in reply.scores]
    if sorted(labels) != sorted(ids) or reply.better not in ids:
        raise Unreadable("its labels are not those of the answers")
    scores = {ids[s.label]: _scores(_marks(s)) for s in reply.scores}
    return Reading(ids[reply.better], _sentence(reply.why, reply.better, labels), scores)


def mean(one: Mapping[str, Scores], other: Mapping[str, Scores]) -> dict[str, Scores]:
    """Return the scores between two readings."""
    return {
        id: _scores([(a + b) / 2 for a, b in zip(_marks(first), _marks(other[id]), strict=True)])
        for id, first in one.items()
    }


def _marks(scores: Scores | _Scored) -> tuple[float, ...]:
    return scores.relevance, scores.completeness, scores.clarity, scores.accuracy


def _scores(marks: Sequence[float]) -> Scores:
    relevance, completeness, clarity, accuracy = (round(mark, 1) for mark in marks)
    shown = (relevance, completeness, clarity, accuracy)
    return Scores(*shown, total=round(sum(w * mark for w, mark in zip(WEIGHTS, shown, strict=True)), 1))


def _key(reply: _Reply) -> str:
    return reply.model_dump_json()


def _replies(text: str) -> list[_Reply]:
    """Return the objects in the text that have the form of a reply: alone, in a fence, or between words."""
    decoder = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_refuse)
    text = text[:_READ]
    found: list[_Reply] = []
    position = text.find("{")
    for _ in range(_MOST_OBJECTS):
        if position < 0:
            break
        try:
            value, end = decoder.raw_decode(text, position)
            value.pop("analysis", None)
            found.append(_Reply.model_validate(value))
        except (ValueError, RecursionError):
            end = position + 1
        position = text.find("{", end)
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(pairs)
    if len(held) < len(pairs):
        raise ValueError("a key stands there twice")
    return held


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _sentence(why: str, better: str, labels: list[str]) -> str:
    """Return the judge's sentence as one clean, bounded line in which no label is left."""
    said = _SPACE.sub(" ", _UNSAID.sub(" ", without_appeals(why[:1_000]).text)).strip(" \"'")
    for label in labels:
        named = rf"\b(?:the )?(?:answer|response|option|candidate)s? [\"'(]*{label}\b[\"')]*"
        meant = "it" if label == better else "the other"
        said = re.sub(named, meant, said, flags=re.IGNORECASE)
        said = re.sub(rf"[\"'(]*\b{label}\b(?![-\w])[\"')]*", meant, said)  # alone it is a label in its own case
    said = said[:1].upper() + said[1:]
    if len(said) > WHY_LENGTH:
        said = said[: WHY_LENGTH - 2].rsplit(" ", 1)[0].rstrip(",;: ") + " …"
    return said
