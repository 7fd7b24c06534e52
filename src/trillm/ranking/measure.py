"""What one answer is worth by itself: hygiene, and the parts of the four criteria that need no other answer.

Every signal is linear in the (bounded) text, and none is worth more than its weight. The guide
docs/guide/how-the-pick-is-made.md says what each of them is for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import log1p, sqrt
from typing import Final

from trillm.language.code_blocks import Fenced, is_well_formed, split_code
from trillm.language.final_answer import Expected, final_answer, marks_result, normalise
from trillm.language.naming.alike import Named
from trillm.language.naming.said import named, of_result
from trillm.language.praise import without_self_praise
from trillm.language.refusal import speaks_against
from trillm.language.request import Request, runs
from trillm.language.results.amount import comparable
from trillm.language.results.literal import answered_in_json, printed_in
from trillm.language.results.sums import Sums, sums
from trillm.language.stance import Objection, doubts, objection
from trillm.language.words import sentence_count, stems, words
from trillm.ranking.hygiene import Defect, find_defect
from trillm.ranking.ranker import Candidate
from trillm.vocabulary.response import Scores

WEIGHTS: Final = (0.4, 0.3, 0.2, 0.1)
"""Relevance, completeness, clarity, accuracy: the specification's."""
_HEAD: Final = 12_000
_TAIL: Final = 8_000
_ENOUGH_WORDS: Final = 350
"""Detail earns less and less up to here; a longer measure gained nothing on recorded votes."""
_ENOUGH_WHEN_BRIEF: Final = 60
_MOST_OF_IT: Final = 0.6
"""The share of a reference's words from which on an answer says what it says."""
_FAR_OVER: Final = 1.9
"""Of a limit: from four words on where one is asked for, two sentences where one is, 44 words where 20 are."""
_SHORT: Final = 240
"""Characters up to which an answer is little else than its result."""
_SENTENCE_WORDS = 4
_LIST_LINES = ("- ", "* ", "• ", "+ ")


class Compared:
    """What only a comparison with other answers, or a doubt, asks for: read from the text when it is asked."""

    def __init__(self, request: Request, text: str, fenced: Fenced) -> None:
        self._request = request
        self._text = text
        self._fenced = fenced

    @cached_property
    def final(self) -> str | None:
        """See Measured."""
        expected, blocks = self._request.expected, self._fenced.blocks
        if self._request.amount and self._request.naming is None and len(self._fenced.prose) <= _SHORT:
            expected = Expected.NUMBER
        held = answered_in_json(blocks[-1].code if blocks else self._fenced.prose) if self._request.json else None
        if held is not None:
            return normalise(held, expected) or held
        found = final_answer(self._fenced.prose, expected, self._request.options)
        if expected is Expected.LITERAL and blocks and not marks_result(self._fenced.prose[-_TAIL:]):
            return printed_in(blocks[-1].code) or found
        if found is None and blocks and blocks[-1].language == "json":
            return final_answer(blocks[-1].code, expected)
        return found

    @cached_property
    def named(self) -> Named | None:
        """See Measured."""
        naming = self._request.naming
        if naming is None:
            return None
        return named(self._fenced.prose, naming) if self.final is None else of_result(self.final, naming)

    @cached_property
    def settles(self) -> bool:
        """See Measured."""
        prose, expected = self._fenced.prose, self._request.expected
        if self.final is None:
            return False
        if expected is Expected.LITERAL or len(prose) <= _SHORT:
            return True
        if expected is Expected.OPEN and not self._request.tex and not (self.final or "").lstrip("-")[:1].isdecimal():
            return False
        return marks_result(prose[-_TAIL:]) if expected in (Expected.NUMBER, Expected.OPEN) else True

    @cached_property
    def repeated(self) -> float:
        """See Measured. Told by plain splitting, a seventh of the time that a pattern takes."""
        text = self._text
        for end in ("! ", "? ", "\n"):
            text = text.replace(end, ". ")
        parts = [part.strip(" .*-#") for part in text.lower().split(". ")]
        whole = [part for part in parts if part.count(" ") >= _SENTENCE_WORDS - 1]
        return 1 - len(set(whole)) / len(whole) if whole else 0.0

    @cached_property
    def sums(self) -> Sums:
        """See Measured."""
        return sums(self._fenced.prose) if self._request.reckons else Sums()

    @cached_property
    def doubts(self) -> int:
        """See Measured."""
        return doubts(self._fenced.prose)

    @cached_property
    def objection(self) -> Objection:
        """See Measured."""
        if self._request.harm is not None:
            return Objection.PLAIN if speaks_against(self._fenced.prose) else Objection.NONE
        return objection(self._fenced.prose, self._request.stems)


@dataclass(frozen=True, slots=True)
class Measured:
    """One answer's marks, each 0 to 1 unless said otherwise; `accuracy` is None where nothing tells."""

    defect: Defect
    relevance: float
    completeness: float
    clarity: float
    accuracy: float | None
    says: bool | None
    """Whether it says most words of the reference; None without one."""
    word_count: int
    covered_parts: int
    keeps_limits: bool
    oversteps: bool
    """It is far longer than the question says it may be."""
    code_parses: bool | None
    """None when there is no code."""
    characters: int
    lines: int
    richness: float
    """Distinct words over the root of all words."""
    variety: float
    """Distinct runs of three words over all of them."""
    copied: float
    """The share of the runs of five words that stand in the question."""
    ended: bool
    compared: Compared

    @property
    def final(self) -> str | None:
        """The normalised final answer, where there is one."""
        return self.compared.final

    @property
    def named(self) -> Named | None:
        """What it names, where an open question asks for a name: to be compared with others; alone it is no result."""
        return self.compared.named

    @property
    def settles(self) -> bool:
        """The final answer is marked as such, or is nearly all that is said: no number that a long text ends in."""
        return self.compared.settles

    @property
    def repeated(self) -> float:
        """The share of the sentences and lines of four words or more that stand there already."""
        return self.compared.repeated

    @property
    def sums(self) -> Sums:
        """Which of the sums that it writes down hold, where the question asks to reckon."""
        return self.compared.sums

    @property
    def doubts(self) -> int:
        """How often it takes back, doubts or guesses its own working."""
        return self.compared.doubts

    @property
    def objection(self) -> Objection:
        """How it pushes back on what the question takes for true, or on the harm that it asks for help with."""
        return self.compared.objection


@dataclass(frozen=True, slots=True)
class Entry:
    """A candidate with what it is worth by itself and beside the others."""

    candidate: Candidate
    measured: Measured
    scores: Scores
    backed: int = 0
    """How many of the panel give the same final answer (more than all if it is the reference); 0: nothing to count."""
    final: str | None = None
    """The final answer in the form in which those of this panel are compared: equal ones are equal strings."""

    @property
    def place(self) -> tuple[object, ...]:
        """Sorts best first; equal totals go to the faster, then to the smaller id."""
        milliseconds = self.candidate.response_time_ms
        wait = float("inf") if milliseconds is None else milliseconds
        return self.measured.defect, -self.backed, not self.measured.says, -self.scores.total, wait, self.candidate.id


@dataclass(frozen=True, slots=True)
class _Reading:
    fenced: Fenced
    tokens: list[str]
    stems: frozenset[str]
    word_count: int
    sentence_count: int


def measure(request: Request, candidate: Candidate, reference: str | None = None) -> Measured:
    """Read one answer; of a very long one, its start and its end."""
    text = candidate.text
    bounded = text if len(text) <= _HEAD + _TAIL else f"{text[:_HEAD]}\n{text[-_TAIL:]}"
    # A vendor's JSON may smuggle in half a surrogate pair, which no encoder takes.
    clean = bounded if bounded.isascii() else bounded.encode("utf-8", "replace").decode()
    fenced = split_code(without_self_praise(clean))
    tokens = (
        words(fenced.prose) if not fenced.blocks else words("\n".join((fenced.prose, *(b.code for b in fenced.blocks))))
    )
    distinct = frozenset(tokens)
    reading = _Reading(
        fenced=fenced,
        tokens=tokens,
        stems=stems(distinct),
        word_count=len(tokens) * len(text) // len(bounded) if bounded else 0,
        sentence_count=sentence_count(fenced.prose),
    )
    covered = sum(_share(part, reading.stems) >= 0.5 for part in request.parts)
    over = _over(request, reading)
    compared = Compared(request, clean, fenced)
    parses = all(map(is_well_formed, fenced.blocks)) if fenced.blocks else None
    variety, copied = _variety(tokens), _copied(request, tokens, distinct)
    recall = None if reference is None else _recall(reference, reading.stems)
    return Measured(
        defect=find_defect(request, candidate, fenced, tokens),
        relevance=_relevance(request, reading, _limits_kept(over), compared, copied),
        completeness=_completeness(request, reading, covered),
        clarity=_clarity(request, reading, variety),
        accuracy=_well_formed(request, parses) if recall is None else recall,
        says=None if reference is None else recall is not None and recall >= _MOST_OF_IT,
        word_count=reading.word_count,
        covered_parts=covered,
        keeps_limits=over <= 1,
        oversteps=over > _FAR_OVER,
        code_parses=parses,
        characters=len(text),
        lines=text.count("\n") + 1,
        richness=len(distinct) / sqrt(len(tokens)) if tokens else 0.0,
        variety=variety,
        copied=copied,
        ended=not is_open_ended(clean, tokens),
        compared=compared,
    )


def is_open_ended(text: str, tokens: list[str]) -> bool:
    """Whether the text stops at a word, a comma or an open bracket."""
    end = text.rstrip()[-1:]
    return len(tokens) >= _SENTENCE_WORDS and (end.isalnum() or end in (",", "(", "-"))


def _variety(tokens: list[str]) -> float:
    return len(set(runs(tokens, 3))) / (len(tokens) - 2) if len(tokens) > 2 else 1.0


def _relevance(request: Request, reading: _Reading, limits: float, compared: Compared, copied: float) -> float:
    """Speak of what was asked, in the form asked for, in words of one's own."""
    coverage = _share(request.stems, reading.stems) if request.stems else 1.0
    fits = 1.0
    if request.code:
        fits = 1.0 if reading.fenced.blocks else 0.4
    elif request.expected is not Expected.OPEN:
        fits = 1.0 if compared.final is not None else 0.5
    return max(0.0, 0.35 * min(1.0, coverage * 1.4) + 0.3 * fits + 0.35 * limits - 0.4 * copied)


def _completeness(request: Request, reading: _Reading, covered: int) -> float:
    """Say enough, and touch every part: detail earns less and less, and stops earning at a known length."""
    enough = _ENOUGH_WHEN_BRIEF if request.brief else _ENOUGH_WORDS
    if request.most_words is not None:
        enough = request.most_words
    if request.most_sentences is not None:
        enough = 15 * request.most_sentences
    detail = min(1.0, log1p(reading.word_count) / log1p(enough))
    if not request.parts:
        return detail
    return 0.7 * detail + 0.3 * covered / len(request.parts)


def _clarity(request: Request, reading: _Reading, variety: float) -> float:
    """Varied words, sentences of a readable length, structure where there is much to say, a proper end."""
    tokens = reading.tokens
    if not tokens:
        return 0.3
    mean = len(tokens) / max(1, reading.sentence_count)
    readable = 1.0 if mean <= 28 else max(0.0, 1 - (mean - 28) / 40)
    lines = reading.fenced.prose.split("\n")
    marks = sum(
        line.lstrip().startswith(_LIST_LINES) or line[:3].rstrip(".) ").isdecimal() or line.startswith("#")
        for line in lines
    )
    broken_up = min(1.0, (marks + lines.count("")) / 4)
    wanted = 1.0 if request.listed or reading.word_count > 120 else 0.0
    structure = broken_up if wanted else 1.0 - 0.3 * min(1.0, marks / 6)
    end = reading.fenced.prose.rstrip()[-1:]
    closed = 1.0 if not end or not end.isalnum() or len(tokens) < 8 or marks else 0.0
    return 0.35 * max(0.0, (variety - 0.6) / 0.4) + 0.2 * readable + 0.25 * structure + 0.2 * closed


def _well_formed(request: Request, parses: bool | None) -> float | None:
    if parses is None or not request.code:
        return None
    return 0.8 if parses else 0.2


def _recall(reference: str, said: frozenset[str]) -> float | None:
    """How much of the reference the answer says: an explanation around it is no error."""
    expected = stems(words(reference[:_TAIL]))
    return _share(expected, said) if expected else None


def _over(request: Request, reading: _Reading) -> float:
    """Return how long the answer is for the limits that the question sets: 1 is at the limit, 2 twice as long.

    A tenth more words than asked for, and one, count as kept.
    """
    words_over = 0.0 if request.most_words is None else reading.word_count / (request.most_words * 1.1 + 1)
    return max(words_over, 0.0 if request.most_sentences is None else reading.sentence_count / request.most_sentences)


def _limits_kept(over: float) -> float:
    """1 when the answer keeps the length the question sets, less the further it is beyond it."""
    return 1.0 if over <= 1 else max(0.0, 1.0 - 0.5 * (over - 1) - 0.2)


def _share(wanted: frozenset[str], said: frozenset[str]) -> float:
    return len(wanted & said) / len(wanted)


def _copied(request: Request, tokens: list[str], distinct: frozenset[str]) -> float:
    """The share of the answer's runs of five words that stand in the question."""
    if len(tokens) < 5 or not any(map(distinct.issuperset, request.passages)):
        return 0.0
    return len(request.passages.intersection(runs(tokens, 5))) / (len(tokens) - 4)


def equals_reference(measured: Measured, reference: str | None, expected: Expected) -> bool:
    """Whether the final answer is the reference, or the one that the reference works towards."""
    if reference is None or measured.final is None:
        return False
    meant = (normalise(reference, expected), final_answer(reference, expected))
    return any(one == other for one, other in (comparable((measured.final, known)) for known in meant))
