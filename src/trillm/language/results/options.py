"""The options that a question leaves, and the one that an answer chooses in its words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from trillm.language.results.choice import NO, YES, letter
from trillm.language.words import sentences, words

_TAIL: Final = 2_000
_LISTED: Final = re.compile(r"(?:^|\s)[(\uff08]?([A-J])[).:\uff0e\uff1a\uff09、]")
_LONGEST_OPTION: Final = 120
_NAMED_WITHIN: Final = 400
"""Characters of a question's start, and of its end, where it names the options that it leaves."""
_DASHED: Final = re.compile(
    r"(?i)(?:^|\n|[.?!:] )\W*(?:options?|choices|labels?|categories) ?:?\**((?:\n[ \t]*[-*•] ?[^\n]{1,60}){2,9})"
    r"\s*(?:\n|$)"
)
_QUOTE: Final = "[\"'“”`*]*"
_TERM: Final = rf"{_QUOTE}[^\W\d_][\w-]*(?: [\w-]+)?{_QUOTE}"
_WORD: Final = rf"(?:an? |the )?{_QUOTE}[^\W\d_][\w-]*{_QUOTE}"
_ONE_OF: Final = rf"({_TERM}(?:, {_TERM}){{0,6}},? or {_TERM})(?=[.:?\n]|$)"
_CLASSED: Final = re.compile(
    r"(?i)\b(?:(?:classif\w*|categori[sz]\w*|label|answer|respond|reply|determine|decide|choose|pick|select|judge|state"
    r"|say)\b(?:(?!\b(?:each|every|all|these|items)\b)[^.?\n]){0,160}?\b(?:as|either|with|by|one of|whether|is)"
    rf"(?: being| it is|:)?|(?:answer|respond|reply)(?: only| just)?:?) {_ONE_OF}"
)
_EITHER: Final = re.compile(
    rf"(?i)\A\W*(?:is|are|was|were|does|do(?! you)|which)\b[^.?!\n]{{2,160}}[\w,] ({_WORD},? or {_WORD})\?\W*\Z"
)
_NO_OPTION: Final = frozenset(
    {"not", "something", "anything", "what", "both", "neither", "else", "more", "less", "so", "if"}
)
_OR: Final = re.compile(r",? or |,? and |, ")
_ARTICLE: Final = re.compile(r"(?i)\A(?:(?:only|either|just|an?|the|to) )+")
_EMPHASISED: Final = re.compile(r"(?:\*\*|[\"“])([^*\"“”\n]{1,120})(?:\*\*|[\"”])")
_DENIES: Final = re.compile(
    r"(?i)\b(?:not|never|no|nothing|none|nobody|hardly|neither|nor"
    r"|rather than|instead of|unlike|nicht|kein\w*|pas|jamais|non|não|nunca|niet"
    r"|geen)\b|n['\u2019]t\b"
)

_GOES_ON: Final = re.compile(r"(?i)\b(?:than|compared (?:to|with)|while|whereas|unlike|als|que|dan)\b")
"""Behind it another option is told, which is not the one that is chosen."""
_UNSURE: Final = re.compile(r"(?i)\b(?:could|might|may|if|neither|hard to|difficult to|cannot|can't)\b")
OPINION: Final = re.compile(
    r"(?i)\b(?:best|better|worst|most beautiful|good|should|would|could|i|you|we|favou?rite|like|prefer|appropriate"
    r"|right|happy|beste[rnsm]?|schönste[rnsm]?|mejor|meilleure?|miglior[ei]?|melhor|ragione|raison|razón|soll(?:te)?|beter)\b"
)
"""What asks for a view."""

Options = Mapping[str, str]
"""The label of each option, a letter or the option itself, by its words in lower case."""


def lettered(question: str) -> Options:
    """Return the options that a question lists by letters, from A on; empty where one is longer than a phrase."""
    starts: list[re.Match[str]] = []
    for found in _LISTED.finditer(question):
        if ord(found[1]) - ord("A") == len(starts):
            starts.append(found)
    ends = [*(found.start() for found in starts[1:]), None]
    texts = [question[found.end() : end].strip().partition("\n")[0] for found, end in zip(starts, ends, strict=False)]
    return _distinct(texts, [found[1] for found in starts])


def worded(question: str) -> Options:
    """Return the options that a question names in words: listed by dashes, or after one another."""
    listed = _DASHED.search(question)
    if listed is not None:
        texts = [line.lstrip("-*• \t") for line in listed[1].strip().split("\n")]
        return _distinct(texts, texts)
    asks = None if OPINION.search(question[:_NAMED_WITHIN]) else _EITHER.search(question[:_NAMED_WITHIN])
    named = asks or _CLASSED.search(f"{question[:_NAMED_WITHIN]}\n{question[_NAMED_WITHIN:][-_NAMED_WITHIN:]}")
    texts = [] if named is None else [_ARTICLE.sub("", part.strip(" \"'“”`*")) for part in _OR.split(named[1])]
    return _distinct(texts, texts)


NO_OPTIONS: Final[Options] = {}


def label_of(value: str, options: Options) -> str | None:
    """Return the label of the option that these words are, its letter before them or not."""
    if not options:
        return None
    told = " ".join(words(value))
    label, _, behind = told.partition(" ")
    return options.get(told) or (options.get(behind) if options.get(behind) == label.upper() else None)


def chosen(text: str, options: Options) -> str | None:
    """Return the label of the option that a text chooses, by its letter or in its words."""
    by_letter = None if options and not any(map(_is_letter, options.values())) else letter(text)
    return by_letter or (said_option(text, options) if options else None)


def said_option(text: str, options: Options) -> str | None:
    """Return the label of the only option that an answer names where it comes to its point.

    That is its emphasised words, or else its first and its last sentence, each up to where it denies something. Where
    they name different ones it is not known which is meant.
    """
    pattern = re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, options), key=len, reverse=True))})\b")
    emphasised = {label for part in _EMPHASISED.findall(text[-_TAIL:]) if (label := label_of(part, options))}
    if len(emphasised) == 1:
        return emphasised.pop()
    said = sentences(text)
    for_each = [_only_option(part, pattern) for part in (*said[:1], *said[-1:])]
    named = {options[option] for option in for_each if option is not None}
    return named.pop() if len(named) == 1 else None


def _only_option(sentence: str, pattern: re.Pattern[str]) -> str | None:
    """Return the only option that a sentence states: "positive, not negative" denies another, "not wet itself" none."""
    stated, *denied = _DENIES.split(sentence, maxsplit=1)
    found = set(pattern.findall(" ".join(words(_GOES_ON.split(stated, maxsplit=1)[0]))))
    others = set(pattern.findall(" ".join(words(denied[0])))) if denied else set[str]()
    if len(found) != 1 or _UNSURE.search(sentence) or (denied and (not others or found & others)):
        return None
    return found.pop()


def asserted(sentence: str) -> str:
    """Return a sentence up to where it denies something: "It is positive, not negative"."""
    return _DENIES.split(sentence, maxsplit=1)[0]


def asks_yes_or_no(options: Options) -> bool:
    """Whether the options are yes and no, or true and false."""
    return bool(options) and YES.union(NO).issuperset(options)


def _is_letter(label: str) -> bool:
    return len(label) == 1 and label.isupper()


def _distinct(texts: Sequence[str], labels: Sequence[str]) -> Options:
    """Return the options, of which each is a phrase of its own that denies nothing; else none."""
    told = [" ".join(words(text)) for text in texts]
    if not len(set(told)) == len(told) > 1 or not all(0 < len(option) <= _LONGEST_OPTION for option in told):
        return {}
    yes_or_no = YES.union(NO).issuperset(told)
    plain = yes_or_no or (_NO_OPTION.isdisjoint(told) and not any(map(_DENIES.search, told)))
    return dict(zip(told, labels, strict=True)) if plain else {}
