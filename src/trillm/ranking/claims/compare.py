"""Compares the finished answers of a question, claim by claim: bounded work, no model, nothing sent anywhere."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final, NamedTuple

from trillm.language.request import Request, read_request
from trillm.language.sentence.split import Piece, pieces
from trillm.language.which_language import which_language
from trillm.language.words import words
from trillm.ranking.claims.align import Aligner, Group
from trillm.ranking.claims.claim import Agreement, ClaimMap, Difference, MappedClaim, Passage, Side
from trillm.ranking.claims.read import Claim, plain_text, read_claim, stem
from trillm.ranking.claims.results import results_of
from trillm.ranking.claims.sure import sure

_MOST_CLAIMS: Final = 1_000
_MOST_TEXT: Final = 240
_ORDER: Final = tuple(Agreement)


class Answer(NamedTuple):
    """A finished answer: the id of its response, and its text."""

    id: str
    text: str


class _Told(NamedTuple):
    """Something an answer says, before it is put into the words of the map."""

    answer: int
    piece: Piece


def compare(question: str, answers: Sequence[Answer]) -> ClaimMap:
    """Return the disagreement map of the answers; of fewer than two there is none."""
    if len(answers) < 2:
        return ClaimMap()
    return _Comparison(question, answers).told()


def supports(question: str, text: str, answers: Sequence[Answer]) -> list[tuple[Passage, tuple[str, ...]]]:
    """Return what a text says, sentence by sentence, and the ids of the answers that say the same.

    What has too little content to be compared is left out, and so is what the text has said before.
    """
    return _Comparison(question, [*answers, Answer("", text)]).supported()


class _Comparison:
    def __init__(self, question: str, answers: Sequence[Answer]) -> None:
        # half a surrogate pair becomes a question mark, which counts the same: RE2 refuses it
        self._answers = [Answer(id, text.encode("utf-8", "replace").decode()) for id, text in answers]
        self._request: Request = read_request(question)
        self._question = frozenset(map(stem, words(question)))
        self._units = [_Units(answer.text) for answer in self._answers]
        self._pieces = [pieces(answer.text) for answer in self._answers]

    def told(self) -> ClaimMap:
        results = self._results()
        found = [] if results is None else [results]
        taken = {told for claim in found for told in claim[0]}
        claims = [claim for claim in self._claims() if _Told(claim.answer, claim.piece) not in taken]
        mapped = [claim for _, claim in found]
        lone: list[tuple[_Told, MappedClaim]] = []
        for group in Aligner(claims, self._question).groups():
            sides = [[_Told(claims[place].answer, claims[place].piece) for place in side] for side in group.sides]
            lone.append((min(sides[0]), self._mapped(group, sides)))
        # in the order of the first answer, then of the others
        mapped += [claim for _, claim in sorted(lone, key=lambda pair: pair[0])]
        mapped.sort(key=lambda claim: _ORDER.index(claim.agreement))
        return ClaimMap(tuple(answer.id for answer in self._answers), tuple(mapped))

    def supported(self) -> list[tuple[Passage, tuple[str, ...]]]:
        """Return what the last of the texts says, and which of those before it say the same."""
        claims, last = self._claims(), len(self._answers) - 1
        aligner = Aligner(claims, self._question)
        told: list[tuple[Passage, tuple[str, ...]]] = []
        for place, others in enumerate(aligner.candidates()):
            if claims[place].answer == last:
                saying = {claims[other].answer for other in others if aligner.relation(place, other).same is True}
                ids = tuple(self._answers[number].id for number in sorted(saying))
                told.append((self._passage(_Told(last, claims[place].piece)), ids))
        return told

    def _claims(self) -> list[Claim]:
        share = max(20, _MOST_CLAIMS // len(self._answers))
        found: list[Claim] = []
        for number, answer in enumerate(self._answers):
            language = which_language(words(answer.text[:2_000]))
            read = (read_claim(answer.text, piece, number, language) for piece in self._pieces[number][:share])
            # said twice in one answer is said once
            once = {(claim.content, claim.plain): claim for claim in read if claim is not None}
            found += once.values()
        return found

    def _results(self) -> tuple[list[_Told], MappedClaim] | None:
        """Return the claim that the final answers make, and what says it; None where fewer than two have one."""
        sides: dict[str, list[_Told]] = {}
        texts = [answer.text for answer in self._answers]
        for number, result in enumerate(results_of(texts, self._pieces, self._request)):
            if result is not None:
                sides.setdefault(result.value, []).append(_Told(number, result.piece))
        told = [one for side in sides.values() for one in side]
        if len(told) < 2 or (len(sides) > 1 and self._request.creative):
            return None
        ordered = sorted(sides.values(), key=lambda side: -len(side))
        if len(ordered) > 1:
            likely = sure("other result", 1.0)
            return told, MappedClaim(Agreement.CONTESTED, Difference.ANSWER, likely, self._sides(ordered))
        return told, MappedClaim(self._agreement(len(told)), None, sure("same result", 1.0), self._sides(ordered))

    def _mapped(self, group: Group, sides: list[list[_Told]]) -> MappedClaim:
        if len(sides) > 1:
            likely = sure("contested", group.likeness)
            return MappedClaim(Agreement.CONTESTED, group.by, likely, self._sides(sides))
        likely = sure("alone" if len(sides[0]) == 1 else "same", group.likeness)
        return MappedClaim(self._agreement(len(sides[0])), None, likely, self._sides(sides))

    def _agreement(self, count: int) -> Agreement:
        if count == len(self._answers):
            return Agreement.ALL
        if count == 1:
            return Agreement.ONE
        return Agreement.MOST if 2 * count > len(self._answers) else Agreement.SOME

    def _sides(self, sides: Sequence[Sequence[_Told]]) -> tuple[Side, ...]:
        return tuple(Side(self._text(side[0]), tuple(map(self._passage, side))) for side in sides)

    def _text(self, told: _Told) -> str:
        text = plain_text(self._answers[told.answer].text[told.piece.start : told.piece.end])
        return text if len(text) <= _MOST_TEXT else text[: _MOST_TEXT - 1].rstrip() + "…"

    def _passage(self, told: _Told) -> Passage:
        units = self._units[told.answer]
        return Passage(self._answers[told.answer].id, units.at(told.piece.start), units.at(told.piece.end))


class _Units:
    """Counts characters as UTF-16 does: those beyond its first 65,536 take two units."""

    def __init__(self, text: str) -> None:
        self._wide = [] if text.isascii() else [place for place, char in enumerate(text) if char > "\uffff"]

    def at(self, place: int) -> int:
        return place + bisect_left(self._wide, place)
