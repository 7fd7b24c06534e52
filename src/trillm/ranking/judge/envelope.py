"""What the judge reads: question, reference and answers as data, under labels that nobody could foresee."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from trillm.providers.provider import ModelRequest
from trillm.ranking.judge.appeals import MARK, is_about_judging, without_appeals
from trillm.ranking.judge.rubric import instruction, schema
from trillm.ranking.ranker import Candidate
from trillm.vocabulary.question import Question

HEAD: Final = 5_000
TAIL: Final = 3_000
"""Characters of an answer that are shown, of its start and of its end; what lies between is left out."""
MOST_TOKENS: Final = 4_000
"""The longest reply, thinking included."""
EFFORT: Final = "low"
"""The rubric asks for the steps in the reply itself; thinking at length would cost more than the answers did."""
CONTINUES: Final = (
    "The question continues the conversation in the material: read it in its light, and judge only the answers to it. "
)
LABELS: Final = "BCDFGHJKLMNPQRSTVWXZ"
"""No vowels: no label is a word, and "A" says nothing."""

_BREAK: Final = re.compile("\r\n?|[\x85\u2028\u2029]")
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ue000-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U0001d173-\U0001d17a\U000e0080-\U000e0fff\U000f0000-\U0010ffff]"
)
"""Controls, joiners, selectors, directions, private characters: what people do not see. Tag characters are read."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer as it is shown: cleaned and cut. `appeals`: its author tried to give the judge orders."""

    id: str
    text: str
    appeals: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """One reading: the request, and which answer (by id) each of its labels stands for."""

    request: ModelRequest
    ids: dict[str, str]


def shown(question: Question, candidates: Sequence[Candidate], most: int = HEAD + TAIL) -> list[Shown]:
    """Return the answers as whoever compares them may see them, each of at most so many characters."""
    on_topic = is_about_judging(question.text)
    found: list[Shown] = []
    for candidate in candidates:
        text, orders = without_appeals(_cut(_seen(candidate.text), most))
        found.append(Shown(candidate.id, text.strip(), orders and not on_topic))
    return found


def sheets(model: str, question: Question, answers: Sequence[Shown], draw: Random) -> tuple[Sheet, Sheet]:
    """Return the two readings: opposite orders of the answers, and no label in both."""
    order = list(answers)
    draw.shuffle(order)
    labels = draw.sample(LABELS, 2 * len(order))
    return (
        _sheet(model, question, dict(zip(labels, order, strict=False)), draw),
        _sheet(model, question, dict(zip(labels[len(order) :], reversed(order), strict=True)), draw),
    )


def enveloped(question: Question, answers: Mapping[str, Shown], nonce: str) -> str:
    """Return conversation, question, reference and answers (by label) as data between two lines with the nonce."""
    conversation = [
        {"question": _seen(turn.question), "answer": without_appeals(_cut(_seen(turn.answer), HEAD + TAIL))[0]}
        for turn in question.conversation
    ]
    material = {
        **({"conversation": conversation} if conversation else {}),
        "question": _seen(question.text),
        "reference": None if question.reference is None else _seen(question.reference),
        "answers": [{"label": label, "text": answer.text} for label, answer in answers.items()],
    }
    return f"Material {nonce}\n{json.dumps(material, ensure_ascii=False)}\nEnd of material {nonce}\n\n"


def a_nonce(draw: Random) -> str:
    """Return a number that nobody who wrote an answer could foresee."""
    return f"{draw.getrandbits(64):016x}"


def _sheet(model: str, question: Question, answers: dict[str, Shown], draw: Random) -> Sheet:
    nonce = a_nonce(draw)
    continues = CONTINUES if question.conversation else ""
    request = ModelRequest(
        model=model,
        prompt=f"{enveloped(question, answers, nonce)}{continues}Judge the answers by your rules. "
        "Reply with the one JSON object.",
        system=instruction(nonce, MARK),
        max_output_tokens=MOST_TOKENS,
        schema=schema(list(answers)),
        options={"effort": EFFORT},
    )
    return Sheet(request, {label: answer.id for label, answer in answers.items()})


def _seen(text: str) -> str:
    return _UNSEEN.sub("", _BREAK.sub("\n", text))


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    head = most * HEAD // (HEAD + TAIL)
    return f"{text[:head]}\n{MARK}\n{text[head - most :]}"
