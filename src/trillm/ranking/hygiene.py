"""Hygiene: what is wrong with an answer whatever was asked. A rejected answer never precedes a sound one."""

from __future__ import annotations

import re
import zlib
from enum import IntEnum

from trillm.language.code_blocks import Fenced
from trillm.language.final_answer import Expected, marks_result
from trillm.language.refusal import declines, is_refusal
from trillm.language.request import Request
from trillm.language.which_language import which_language
from trillm.ranking.ranker import Candidate
from trillm.vocabulary.response import ResponseStatus


class Defect(IntEnum):
    """What hygiene found, from the least bad to the worst: the order among rejected answers."""

    NONE = 0
    CUT_OFF = 1
    WRONG_LANGUAGE = 2
    LOOP = 3
    REFUSED = 4
    ERROR_TEXT = 5
    EMPTY = 6


_BROKE_OFF = frozenset(
    {ResponseStatus.TRUNCATED, ResponseStatus.FAILED, ResponseStatus.TIMEOUT, ResponseStatus.CANCELLED}
    | {ResponseStatus.PENDING, ResponseStatus.STREAMING}
)
_ERROR_TEXT = re.compile(
    r"\s*(?:(?:http[ /]*)?(?:error[: ]+)?(?:4\d\d|5\d\d)[:,]? (?:internal server error|bad gateway"
    r"|service unavailable|gateway time-?out|"
    r"too many requests|unauthorized|forbidden|not found)|internal server error|bad gateway"
    r"|service (?:temporarily )?unavailable|gateway time-?out|"
    r"upstream (?:connect error|request timeout)|an (?:unexpected |internal )?error (?:has )?occurred"
    r"|(?:api )?error:? (?:code|\d{3})|"
    r"rate limit (?:exceeded|reached)|too many requests|\{\s*\"(?:error|errors|detail)\"\s*:"
    r"|traceback \(most recent call last\)|"
    r"(?:<!doctype html[^>]*>\s*)?<html[^>]*>.{0,300}?<title>[^<]{0,80}(?:error|unavailable|denied|gateway"
    r"|attention required|just a moment))",
    re.IGNORECASE | re.DOTALL,
)
_ERROR_WORDS = 80
_WANTED_PAGE = re.compile(r"\b(?:html|error|page|json|traceback|log|http)\b", re.IGNORECASE)

_LOOKED_AT_FOR_MARKS = 20_000

_LOOP_WINDOW = 1_200
_LOOP_AT_LEAST = 240
# Of 1,992 recorded answers none packs below .26; loops pack to .11 and less (docs/decisions/0006).
_LOOP_PACKS_TO = 0.17
_RUNS_OF_MARKS = re.compile(r"([\s\-=_*|.#~+])[\s\-=_*|.#~+]+")

_CUT_AFTER = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "and",
        "to",
        "with",
        "for",
        "in",
        "on",
        "at",
        "by",
        "from",
        "or",
        "is",
        "are",
        "which",
        "und",
        "der",
        "die",
        "das",
        "mit",
        "von",
        "zu",
        "et",
        "de",
        "la",
        "le",
        "y",
        "el",
        "con",
        "por",
        "e",
        "di",
        "che",
    ]
)
_CUT_AT_LEAST_WORDS = 25
_LANGUAGE_FROM_WORDS = 12


def find_defect(request: Request, candidate: Candidate, fenced: Fenced, tokens: list[str]) -> Defect:
    """Return the worst thing wrong with the answer. `fenced` and `tokens` are of its (bounded) text."""
    text = candidate.text
    if not tokens and not any(map(_is_visible, text[:_LOOKED_AT_FOR_MARKS])):
        return Defect.EMPTY
    if len(tokens) <= _ERROR_WORDS and _is_error(request, text):
        return Defect.ERROR_TEXT
    if _is_unasked_refusal(request, candidate, len(tokens)):
        return Defect.REFUSED
    if not request.repeating and is_loop(fenced.prose):
        return Defect.LOOP
    if _is_wrong_language(request, fenced, tokens):
        return Defect.WRONG_LANGUAGE
    if candidate.status in _BROKE_OFF or (is_cut_off(fenced, tokens) and not _may_end_so(request, fenced)):
        return Defect.CUT_OFF
    return Defect.NONE


def _may_end_so(request: Request, fenced: Fenced) -> bool:
    """Whether the end tells nothing: of help with harm the less is the better, and code may print "a" or "-"."""
    printed = request.expected is Expected.LITERAL and marks_result(fenced.prose.rstrip().rpartition("\n")[2])
    return printed or request.harm is not None


def _is_unasked_refusal(request: Request, candidate: Candidate, word_count: int) -> bool:
    """Whether it declines what should be answered; where harm is asked for, declining in so many words is sound."""
    if request.harm is not None:
        return candidate.status is ResponseStatus.REFUSED and not declines(candidate.text)
    return candidate.status is ResponseStatus.REFUSED or is_refusal(candidate.text, word_count)


def _is_visible(character: str) -> bool:
    return character.isprintable() and not character.isspace()


def is_loop(prose: str) -> bool:
    """Whether the text ends by saying the same over and over, as small local models do: it packs to nothing.

    Rules and the padding of tables pack as well, so a suspect is looked at again without them.
    """
    end = prose[-2 * _LOOP_WINDOW :]
    return _packs(end) and _packs(_RUNS_OF_MARKS.sub(r"\1", end))


def _packs(text: str) -> bool:
    window = text[-_LOOP_WINDOW:].encode("utf-8", "replace")
    if len(window) < _LOOP_AT_LEAST:
        return False
    press = zlib.compressobj(1, zlib.DEFLATED, 13, 5)  # its usual 256 kB would take longer to set up than the packing
    return len(press.compress(window) + press.flush()) < _LOOP_PACKS_TO * len(window)


def is_cut_off(fenced: Fenced, tokens: list[str]) -> bool:
    """Whether the text stops in mid-sentence. Only certain signs count: an open fence, a comma, a dangling 'of the'."""
    if fenced.unclosed:
        return True
    if len(tokens) < _CUT_AT_LEAST_WORDS:
        return False
    end = fenced.prose.rstrip()[-20:]
    # A capital is no dangling "a": "the answer is A".
    return end.endswith((",", "(", "[", " -")) or (end[-1:].islower() and tokens[-1] in _CUT_AFTER)


def _is_error(request: Request, text: str) -> bool:
    wanted = request.code or any(_WANTED_PAGE.fullmatch(stem) for stem in request.stems)
    return not wanted and _ERROR_TEXT.match(text[:1_000]) is not None


def _is_wrong_language(request: Request, fenced: Fenced, tokens: list[str]) -> bool:
    if request.language is None or request.any_language or request.code or fenced.blocks:
        return False
    if len(tokens) < _LANGUAGE_FROM_WORDS:
        return False
    spoken = which_language(tokens)
    return spoken is not None and spoken != request.language
