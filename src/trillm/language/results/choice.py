"""The letter of an option, and yes or no, as an answer gives them."""

from __future__ import annotations

import re

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
YES = frozenset(
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
NO = frozenset(
    ["no", "false", "incorrect", "nein", "non", "não", "nee", "нет", "不", "不是", "不对", "否", "いいえ", "لا"]
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
    return "yes" if word in YES else "no" if word in NO else None
