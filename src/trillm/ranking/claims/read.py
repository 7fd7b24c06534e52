"""Reads one claim: its content words, numbers, negations, and what of it may be a name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from trillm.language.sentence.lexicon import lexicon
from trillm.language.sentence.polarity import is_hinged, negations
from trillm.language.sentence.quantity import Quantity, quantities
from trillm.language.sentence.split import Piece
from trillm.language.words import words

_READ: Final = 600
_LINK: Final = re.compile(r"\[([^\]\n]{1,200})\]\([^()\s]{0,300}\)")
_MARKUP: Final = re.compile(r"[*`~]+|\\(?=[()\[\]$])")
_FORMULA: Final = re.compile(r"[=^\\]|\$[^\d\s]|[<>≤≥]|\d\s*[+*\u00d7\u00f7/]\s*\d")
_HEDGED: Final = re.compile(
    r"\b(?:about|around|approximately|roughly|nearly|almost|over|up to|at least|at most|between|estimated|some|circa"
    r"|etwa|ungefähr|rund|knapp|bis zu|mindestens|aproximadamente|alrededor|unos|environ|près de|presque)\b"
    r"|[~≈]|约|大约|およそ|約",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_CJK: Final = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim of one answer, read."""

    answer: int
    """The place of its answer among those that are compared."""
    piece: Piece
    plain: str
    """Its words without markup."""
    content: tuple[str, ...]
    """Stems of its content words in order, each once."""
    stems: frozenset[str]
    tokens: tuple[str, ...]
    words: frozenset[str]
    numbers: tuple[Quantity, ...]
    negations: int
    negated: frozenset[str]
    """The stems right behind a negation."""
    names: frozenset[str]
    """Stems of words with a capital that does not begin the sentence."""
    hinged: bool
    hedged: bool
    formula: bool

    @property
    def can_be_contested(self) -> bool:
        """Whether it asserts something in words; a line of working does not."""
        return not self.formula and len(self.tokens) <= 60


def read_claim(text: str, piece: Piece, answer: int, language: str | None) -> Claim | None:
    """Return what a piece of an answer claims; None where it has not enough content to compare."""
    plain = plain_text(text[piece.start : min(piece.end, piece.start + _READ)])
    tokens = tuple(words(plain))
    content = tuple(dict.fromkeys(_content(tokens)))
    numbers = quantities(plain)
    if len(content) + len(numbers) < 2 or not content:
        return None
    denied = negations(plain, tokens, language)
    later = _WORD.findall(plain)[1:]
    names = frozenset(stem for word in later if word[0].isupper() for stem in _content(words(word)))
    return Claim(
        answer=answer,
        piece=piece,
        plain=plain,
        content=content,
        stems=frozenset(content),
        tokens=tokens,
        words=frozenset(tokens),
        numbers=tuple(numbers),
        negations=denied.number,
        negated=frozenset(next(iter(_content(tokens[place + 1 :][:6])), "") for place in denied.places),
        names=names,
        hinged=is_hinged(tokens),
        hedged=_HEDGED.search(plain) is not None,
        formula=_FORMULA.search(plain) is not None,
    )


def plain_text(text: str) -> str:
    """Return the text without the marks of markdown, on one line."""
    return " ".join(_MARKUP.sub("", _LINK.sub(r"\1", text)).split())


def stem(token: str) -> str:
    """Return what the forms of a word have in common: without a usual English ending, six letters at most."""
    for ending in ("ing", "ed", "es", "s", "ly"):
        if token.endswith(ending) and len(token) - len(ending) >= 3 and not token.endswith("ss"):
            token = token[: -len(ending)]
            break
    if len(token) > 3 and token[-1] == token[-2]:
        token = token[:-1]
    return token.removesuffix("e")[:6] if len(token) > 3 else token


def _content(tokens: tuple[str, ...] | list[str]) -> list[str]:
    """Return the stems; of a script without spaces each two characters that stand together."""
    ideographs = [bool(_CJK.match(token)) for token in tokens]
    found = [
        stem(token.partition("'")[0])
        for token, ideograph in zip(tokens, ideographs, strict=True)
        if not ideograph and not token[0].isdigit() and _is_content(token)
    ]
    pairs = pairwise(zip(tokens, ideographs, strict=True))
    return found + [a + b for (a, one), (b, other) in pairs if one and other]


def _is_content(token: str) -> bool:
    bare = token.partition("'")[0]
    return len(bare) > 1 and bare not in lexicon().empty and "n't" not in token
