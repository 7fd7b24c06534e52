"""The names and things of a clause, and how they stand in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Final

from trillm.language.naming.asked import Naming
from trillm.language.words import FUNCTION_WORDS, words

PREPOSITIONS: Final = frozenset(
    words("in on at near to from of off between en à au dans im an bei nel nella em no na te")
)
"""Before a place."""
ARTICLES: Final = frozenset({"the", "a", "an"})
_LONGEST_THING: Final = 2
_SYMBOL: Final = 2
"""Letters of a symbol, which may be a word of some language ("Au")."""
TOKEN: Final = re.compile(r"[^\W_](?:(?:[\w'\u2019-]|[.,](?=\d))*\w)?|[^\w\s]")
_COPULAS: Final = frozenset(
    words("is was are were ist war es fue est è é era foi fu fut wurde werd by to named called von par por da door")
)
_JOINS: Final = frozenset(words("of de del della di da do dos la le van von der den y and und et al ibn bin"))
"""What stands within a name."""
NO_NAME: Final = frozenset(
    words(
        "i he she it we they this that these those there here i'm he's she's it's they're yes no well so thus "
        "therefore one many most some several sure great good let first known located both still also to "
        "today as definitely probably certainly mostly mainly possibly likely easy"
    )
)
"""What is written with a capital letter at a start and is no name."""
UNSPACED: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff]")


def stands_in(tokens: Sequence[str], start: int) -> bool:
    """Whether a preposition of place stands before a name, or nothing does."""
    before = [token.casefold() for token in tokens[:start] if token.casefold() not in (*ARTICLES, "der", "la", "le")]
    return not before or before[-1] in PREPOSITIONS


def is_bound(tokens: Sequence[str], start: int, naming: Naming) -> bool:
    """Whether a clause begins with a name, or a verb of being, "by" or a word of the question is before it.

    Before "by", a few words may describe it: "by the French philosopher René Descartes".
    """
    before = [token.casefold() for token in tokens[max(0, start - 5) : start] if token.casefold() not in ARTICLES]
    if not before or _is_asked(before[-1], naming):
        return True
    described = list(takewhile(lambda token: token not in _COPULAS, reversed(before)))
    return len(described) < len(before) and all(token.isalpha() and token not in PREPOSITIONS for token in described)


def thing_in(tokens: Sequence[str], naming: Naming) -> str | None:
    """Return what stands beside the verb of being, or behind a word of the question, without a capital."""
    things: list[str] = []
    for run, start in runs(tokens, naming, things=True):
        count = len(run.split(" "))
        before = [token.casefold() for token in tokens[max(0, start - 2) : start] if token.casefold() not in ARTICLES]
        behind = tokens[start + count].casefold() if start + count < len(tokens) else ""
        beside = not before or before[-1] in _COPULAS or _is_asked(before[-1], naming) or behind in _COPULAS
        if count <= _LONGEST_THING and beside:
            things.append(run)
    return things[0] if things else None


def runs(tokens: Sequence[str], naming: Naming, *, things: bool = False) -> Iterator[tuple[str, int]]:
    """Yield the runs of words with capitals (or, of things, any) that are not the question's, and where they start.

    Of "the Italian artist Leonardo da Vinci" that is the name alone; "Adolf" before the question's "Hitler" is none.
    """
    run: list[str] = []
    described = False
    for place, token in enumerate((*tokens, ".")):
        low = token.casefold()
        if _begins(token, place, len(tokens), things=things) and not _is_asked(low, naming):
            described = described or (not run and place > 1 and tokens[place - 1] in ARTICLES)
            if not run and place and _is_proper(tokens[place - 1], naming):
                run.append(tokens[place - 1])  # "Mexico City" where Mexico is in the question
            run.append(token)
        elif run and (low in _JOINS or (low == "the" and "".join(tokens[place + 1 : place + 2])[:1].isupper())):
            run.append(token)
        elif run:
            start = place - len(run)
            while run and run[-1].casefold() in _JOINS | {"the"}:
                run.pop()
            describes = described and token[:1].islower() and low not in FUNCTION_WORDS and not things
            part_of_one = _is_proper(token, naming)
            if run and not describes and not part_of_one:
                yield " ".join(run), start
            described, run = False, []


def _is_proper(token: str, naming: Naming) -> bool:
    """Whether it is a word that the question writes with a capital letter as well."""
    return token[:1].isupper() and token[:6].casefold() in naming.proper


def _is_asked(low: str, naming: Naming) -> bool:
    """Whether a word is the question's own, with an s more or without ("Who plays ...", "does he play")."""
    return any(form[:6] in naming.stems or form[:6] in naming.proper for form in (low, low.removesuffix("s")))


def _begins(token: str, place: int, count: int, *, things: bool) -> bool:
    low = token.casefold()
    if things:
        plain = token[0].isalpha() and not low.endswith(("ly", "ed", "ing")) and not UNSPACED.search(token)
        return plain and low not in FUNCTION_WORDS and low not in NO_NAME
    if not token[0].isupper() and not token[0].isdigit():
        return False
    symbol = (place > 0 or count == 1) and len(token) == _SYMBOL
    return low not in NO_NAME and (symbol or low not in FUNCTION_WORDS)
