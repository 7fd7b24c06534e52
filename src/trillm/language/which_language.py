"""Which language a text is in: by script, and for seven Latin-script languages by their function words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trillm.language.words import STOPWORDS

_LOOKED_AT = 200
_ENOUGH_LETTERS = 8
_SCRIPTS = {
    "ja": re.compile("[\u3040-\u30ff]"),
    "ko": re.compile("[\uac00-\ud7af\u1100-\u11ff]"),
    "zh": re.compile("[\u3400-\u4dbf\u4e00-\u9fff]"),
    "ru": re.compile("[\u0400-\u04ff]"),
    "ar": re.compile("[\u0600-\u06ff\u0750-\u077f]"),
    "he": re.compile("[\u0590-\u05ff]"),
    "el": re.compile("[\u0370-\u03ff]"),
    "hi": re.compile("[\u0900-\u097f]"),
    "th": re.compile("[\u0e00-\u0e7f]"),
}
_FIRST_OF_A_SCRIPT = "\u0370"
"""Of _SCRIPTS: what is before it belongs to none of them."""
_KNOWN_IN: dict[str, tuple[str, ...]] = {
    word: tuple(code for code, known in STOPWORDS.items() if word in known)
    for word in frozenset[str]().union(*STOPWORDS.values())
}
"""The languages that have a word among their function words."""
_KNOWN = frozenset(_KNOWN_IN)
_LATIN_LETTER = re.compile("[A-Za-z\u00c0-\u024f]")


def which_language(tokens: Sequence[str]) -> str | None:
    """Return the ISO 639-1 code of the words' language, or None when it is not clear.

    A script stands for its most used language (Cyrillic: "ru", Arabic: "ar"): enough to tell an answer in another
    script from one in the question's.
    """
    looked_at = tokens[:_LOOKED_AT]
    joined = " ".join(looked_at)
    if not joined.isascii():
        script = _script(joined)
        if script is not None:
            return script
    return _latin(looked_at)


def _script(text: str) -> str | None:
    beyond = "".join([character for character in text if character >= _FIRST_OF_A_SCRIPT])
    counts = {code: len(pattern.findall(beyond)) for code, pattern in _SCRIPTS.items()} if beyond else {}
    if not any(counts.values()):
        return None
    han = counts["zh"]
    if counts["ja"] * 8 > han:  # Japanese prose is at least an eighth kana; Chinese has none
        counts["ja"] += han
        counts["zh"] = 0
    code, count = max(counts.items(), key=lambda item: item[1])
    # An ideograph says about as much as three letters of an alphabet.
    weight = 3 if code in ("ja", "zh", "ko") else 1
    enough = count * weight >= _ENOUGH_LETTERS
    return code if enough and count * weight > len(_LATIN_LETTER.findall(text)) else None


def _latin(tokens: Sequence[str]) -> str | None:
    distinct = frozenset(tokens)
    counts = dict.fromkeys(STOPWORDS, 0)
    for word in distinct & _KNOWN:
        for code in _KNOWN_IN[word]:
            counts[code] += 1
    hits = sorted(((count, code) for code, count in counts.items()), reverse=True)
    (first, code), (second, _) = hits[0], hits[1]
    # Two words are enough only if no other language knows either: "is" and "in" are English and Dutch.
    clear = first >= max(3, 1.5 * second) or (first == 2 and second == 0)
    return code if clear and first >= 0.06 * len(distinct) else None
