"""Words, stems and sentences: one pass of a linear pattern each, any script."""

from __future__ import annotations

import re
from collections.abc import Iterable

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_CJK_CHARACTER = re.compile(f"[{_CJK}]")
_SPACED = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_ANY_SCRIPT = re.compile(rf"[{_CJK}]|(?:(?![{_CJK}])[^\W_])+(?:['’][^\W_]+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]*_]{0,3}\s+|(?<=[。！？])|\n+")

_ENDS = re.compile(r"[.!?][\"')\]*_]{0,3}(?=\s|$)|[。！？]|(?<=[^\s.!?。！？])\n")
_END_MARKS = frozenset(".!?。！？")

STOPWORDS: dict[str, frozenset[str]] = {
    code: frozenset(text.split())
    for code, text in {
        "en": "the of and to is that it for with was are this you be on as not have from or by an they which at can "
        "your what how why when who do does i my we if would there their will has but more about these its been than",
        "de": "der die das und ist nicht ein eine mit den von zu auf für sich dem des im es auch als an werden wird "
        "sind wie oder aus bei nach kann einen einer zum zur ich sie wir was wenn dass aber haben warum wer",
        "es": "el los las de que y en un una por con para es del se al lo como más pero sus le ya o este sí porque "
        "esta son entre cuando muy sin sobre también hay fue cómo qué está puede su ser cuál",
        "fr": "le les des et est un une du dans que qui pour pas sur avec ce il elle sont au par plus se ne vous nous "
        "cette ou être mais aux leur comme peut ces l'on c'est quoi comment pourquoi quelle quel je",
        "it": "il di che è per un una non sono con del della dei le si gli lo più come anche da nel alla ma questo "
        "questa delle al ha essere dal nella ai può perché quale cosa tra ci degli",
        "pt": "o os as de que e do da em um uma para com não por mais dos como mas ao das se na no é são também pelo "
        "pela ser seu sua foi quando muito há nos já está você qual isso pode",
        "nl": "de het een van en is dat op te in voor met zijn niet aan er die ook als bij om uit naar wordt door "
        "over maar dan worden deze hebben kan je ik wat hoe waarom wie heeft nog of",
    }.items()
}
FUNCTION_WORDS: frozenset[str] = frozenset().union(*STOPWORDS.values()) | frozenset({"a", "in", "me", "please"})


def words(text: str) -> list[str]:
    """Return the words in lower case; a Han or kana character is a word of its own, as those scripts do not space."""
    pattern = _ANY_SCRIPT if _CJK_CHARACTER.search(text) else _SPACED
    return pattern.findall(text.lower())


def stems(tokens: Iterable[str]) -> frozenset[str]:
    """Return the content words cut to their first six letters: crude, but the same for every language."""
    return frozenset([token[:6] for token in tokens if token not in FUNCTION_WORDS])


def sentences(text: str) -> list[str]:
    """Return the sentences and lines that are not blank."""
    return [part for part in map(str.strip, _SENTENCE_END.split(text)) if part]


def sentence_count(text: str) -> int:
    """Return how many sentences and lines there are, without cutting them out."""
    return len(_ENDS.findall(text)) + (0 if text.rstrip()[-1:] in _END_MARKS else 1)
