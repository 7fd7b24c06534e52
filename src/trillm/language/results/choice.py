"""The letter of an option, and yes or no, as an answer gives them."""

from __future__ import annotations

import re

_TAIL = 2_000
_LETTER_FIRST = re.compile(r"[\s*_(\[]*([A-Ja-j])(?:[).:\]*]|\s*$|\s*\n)")
_LETTER_LAST = re.compile(
    r"\(([A-Ja-j])\)|\b(?:option|choice|answer)\s+\**\(?([A-J])\b"
    r"|(?:\b(?:is|ist|es|est)|['\u2019]s|\b(?:choose|pick|select)) +\**\(?([A-J])"
    r"(?=\)?\**(?:[.,;:!)]|\s*$|\s*\n| (?:because|since|as)\b))"
)
_LETTER_SAID = re.compile(r"[\s*_(\[]*(?:([A-Ja-j])(?![\w'])(?=[).:\]*;]|\s*$|\s*\n|,(?! ?[A-J]\b))|([B-J]) )")
"""Behind a cue more may follow the letter than at the start of a text."""
_OPTION = re.compile(r"(?:^|\s)[*_(\[]*([A-J])[).:\]]")
_YES = frozenset(["yes", "true", "correct", "ja", "sí", "si", "oui", "sì", "sim", "да", "是", "はい"])
_VERDICTS = frozenset(["yes", "ja", "oui", "sí", "sì", "да"])
"""Words that say so whatever follows."""
_FIRST_WORD = re.compile(
    r"[\W_]*([^\W\d_]+)([ \t*_]*(?:$|\n|[^\w\s'\u2019*])"
    r"|[ *_]+(?:it|they|there|this|that|he|she|you|we|i|because|since|\d)\b)?",
    re.IGNORECASE,
)
"""The first word, and what shows that it stands alone."""
_NO = frozenset(["no", "false", "incorrect", "nein", "non", "não", "nee", "нет", "不", "否", "いいえ"])


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
