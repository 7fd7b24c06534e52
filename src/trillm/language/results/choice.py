"""The letter of an option, and yes or no, as an answer gives them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from trillm.language.words import sentences, words

_TAIL = 2_000
_LETTER_FIRST = re.compile(r"[\s*_(\[]*([A-Ja-j])(?:[).:\]*]|\s*$|\s*\n)")
_NAMES = r"(?:option|choice|answer|antwort|opción|opzione|opção|optie|réponse|respuesta|letter|buchstabe|letra|lettre)"
"""What options are called."""
_UNSPACED = r"[\u3040-\u30ff\u4e00-\u9fff。\uff0c、\uff1b\uff1a\uff09]"
"""What may follow a letter at once in scripts that do not space."""
_LETTER_LAST = re.compile(
    rf"[(\uff08]([A-Ja-j])[)\uff09]|(?i:\b{_NAMES})\s+\**\(?([A-J])\b"
    rf"|(?:\b(?:is|ist|es|est)|['\u2019]s|\b(?:choose|pick|select)) +(?:(?i:la|le|l'|die|{_NAMES}) +)*\**\(?([A-J])"
    r"(?=\)?\**(?:[.,;:!)]|\s*$|\s*\n| (?:because|since|as|weil|porque|car)\b))"
    rf"|(?:应?选择?|選擇?|[选選](?:项|項|択肢)|是|为|は)\s*\**([A-J])(?=\**(?:{_UNSPACED}|[\s.,;:!)]|$))"
)
_LETTER_SAID = re.compile(
    rf"[\s*_(\[\uff08\"']*(?:(?i:the|la|le|die|{_NAMES}|选项|選項|選択肢)\s*)*[\s*_(\[\uff08]*"
    rf"(?:([A-Ja-j])(?![A-Za-z\d_'])(?=[).:\]*;\"']|{_UNSPACED}|\s*$|\s*\n|,(?! ?[A-J]\b))|([B-J]) )"
)
"""Behind a cue more may follow the letter than at the start of a text."""
_OPTION = re.compile(r"(?:^|\s)[*_(\[]*([A-J])[).:\]]")
_YES = frozenset(
    [
        "yes",
        "true",
        "correct",
        "ja",
        "sí",
        "si",
        "oui",
        "sì",
        "sim",
        "да",
        "是",
        "是的",
        "对",
        "對",
        "はい",
        "ええ",
        "نعم",
    ]
)
_VERDICTS = frozenset(["yes", "ja", "oui", "sí", "sì", "да"])
"""Words that say so whatever follows."""
_FIRST_WORD = re.compile(
    r"[\W_]*([^\W\d_]+)([ \t*_]*(?:$|\n|[^\w\s'\u2019*])"
    r"|[ *_]+(?:it|they|there|this|that|he|she|you|we|i|because|since|\d)\b)?",
    re.IGNORECASE,
)
"""The first word, and what shows that it stands alone."""
_NO = frozenset(
    ["no", "false", "incorrect", "nein", "non", "não", "nee", "нет", "不", "不是", "不对", "否", "いいえ", "لا"]
)

_LISTED: Final = re.compile(r"(?:^|\s)[(\uff08]?([A-J])[).:\uff0e\uff1a\uff09、]")
_LONGEST_OPTION: Final = 120
_NAMED_WITHIN: Final = 400
"""Characters of a question's start, and of its end, where it names the options that it leaves."""
_DASHED: Final = re.compile(
    r"(?i)(?:^|\n)\W*(?:options?|choices|labels?|categories) ?:?\**((?:\n[ \t]*[-*•] ?[^\n]{1,60}){2,9})\s*(?:\n|$)"
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
_ARTICLE: Final = re.compile(r"(?i)\A(?:an?|the) ")
_EMPHASISED: Final = re.compile(r"(?:\*\*|[\"“])([^*\"“”\n]{1,120})(?:\*\*|[\"”])")
_DENIES: Final = re.compile(
    r"(?i)\b(?:not|never|no|neither|nor|rather than|instead of|unlike|nicht|kein\w*|pas|jamais|non|não|nunca|niet"
    r"|geen)\b|n['\u2019]t\b"
)


def letter(text: str) -> str | None:
    """Return the letter at the start, unless a list of the options begins there, or the last one that is chosen."""
    first = _LETTER_FIRST.match(text)
    if first is not None and not _lists_options(text):
        return first[1].upper()
    last: list[tuple[str, ...]] = _LETTER_LAST.findall(text[-_TAIL:])
    return "".join(last[-1]).upper() if last else None


def said_letter(value: str) -> str | None:
    """Return the letter that begins what stands behind a cue."""
    found = _LETTER_SAID.match(value + "\n")
    return None if found is None else (found[1] or found[2]).upper()


def _lists_options(text: str) -> bool:
    return _OPTION.findall(text[:_TAIL])[:2] == ["A", "B"]


def yes_or_no(text: str) -> str | None:
    """Return the verdict that the first word gives where it stands alone ("No, ...", not "No doubt ...")."""
    first = _FIRST_WORD.match(text[:80])
    if first is None:
        return None
    word = first[1].lower()
    if word not in _VERDICTS and first[2] is None:
        return None
    return "yes" if word in _YES else "no" if word in _NO else None


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
    named = _EITHER.search(question[:_NAMED_WITHIN]) or _CLASSED.search(
        f"{question[:_NAMED_WITHIN]}\n{question[_NAMED_WITHIN:][-_NAMED_WITHIN:]}"
    )
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
    for_each = [set(pattern.findall(" ".join(words(asserted(part))))) for part in (*said[:1], *said[-1:])]
    named = {options[option] for found in for_each if len(found) == 1 for option in found}
    return named.pop() if len(named) == 1 else None


def asserted(sentence: str) -> str:
    """Return a sentence up to where it denies something: "It is positive, not negative"."""
    return _DENIES.split(sentence, maxsplit=1)[0]


def asks_yes_or_no(options: Options) -> bool:
    """Whether the options are yes and no, or true and false."""
    return bool(options) and _YES.union(_NO).issuperset(options)


def _is_letter(label: str) -> bool:
    return len(label) == 1 and label.isupper()


def _distinct(texts: Sequence[str], labels: Sequence[str]) -> Options:
    """Return the options, of which each is a phrase of its own that denies nothing; else none."""
    told = [" ".join(words(text)) for text in texts]
    if not len(set(told)) == len(told) > 1 or not all(0 < len(option) <= _LONGEST_OPTION for option in told):
        return {}
    yes_or_no = _YES.union(_NO).issuperset(told)
    plain = yes_or_no or (_NO_OPTION.isdisjoint(told) and not any(map(_DENIES.search, told)))
    return dict(zip(told, labels, strict=True)) if plain else {}
