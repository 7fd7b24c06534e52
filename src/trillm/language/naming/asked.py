"""Whether an open question asks for one thing: a person, a thing, a place, a date, a number, a short text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from trillm.language.results.options import OPINION
from trillm.language.words import FUNCTION_WORDS, bare, words


class Names(StrEnum):
    """What a question asks to be named."""

    PERSON = "person"
    THING = "thing"
    PLACE = "place"
    DATE = "date"
    AMOUNT = "amount"
    TEXT = "text"
    """What a task ends in: a translation, words in order."""


@dataclass(frozen=True, slots=True)
class Naming:
    """What a question asks to be named, and the words of its own, which are no answer to it, cut to six letters."""

    names: Names
    stems: frozenset[str]
    content: frozenset[str]
    """Those of them that are more than function words: a sentence that answers repeats some."""
    proper: frozenset[str]
    """Those that it writes with a capital letter: a name beside one of them is a part of that."""


_WITHIN: Final = 240
"""Characters at the end of a question that are looked at."""
_EXPLAINS: Final = re.compile(r"(?i)\b(?:prove|proof|show that|explain|why|how do|how can)\b")
_SEVERAL: Final = re.compile(r"(?i)\b(?:names|all|two|three|four|five|both|steps|things|ways|order)\b")
_MADE_UP: Final = re.compile(
    r"(?i)\b(?:rhymes?|starts? with|begins? with|a (?:nice|good)|worth|your|my|example|eres|es[- ]tu|out|meaning)\b"
    r"|:\s*\Z"
)
"""Where many answers are right, or the name is the asker's own."""
_HOW_TO_ANSWER: Final = re.compile(r"([?\uff1f]) [^?\n]{1,60}\Z")
"""Behind the question: "Answer in one word.\""""
_QUOTED: Final = re.compile(r"[\"“][^\"“”\n]*[\"”]")
_ENDS: Final = r"[^?\n]*[?\uff1f]?\s*$"
_STARTS: Final = r"(?:^|[.!\n:,] *|¿)"
_KINDS: Final = (
    r"(?:country|city|state|planet|animal|bird|colou?r|language|element|gas|metal|organ|river|mountain|ocean|continent"
    r"|company|team|player|book|novel|film|movie|song|album|band|king|queen|president|name|word|currency|instrument"
    r"|vitamin|disease|virus|particle|chemical|substance|molecule|religion|sport)"
)
_MEASURE: Final = (
    r"(?:population|height|length|width|depth|distance|speed|mass|weight|area|radius|diameter|age|percentage"
    r"|(?:boiling|melting|freezing) point|temperature|atomic (?:number|weight)|half-life|number)"
)


def _asking(*forms: str) -> re.Pattern[str]:
    return re.compile(rf"{_STARTS}(?:{'|'.join(forms)}){_ENDS}", re.IGNORECASE)


_FORMS: Final = (
    (
        Names.TEXT,
        re.compile(
            r"(?i)\A\W*(?:please )?(?:translate|unscramble|decode|encode|reverse|sort|alphabeti[sz]e|spell|concatenate"
            r"|take the \w+ letters?|correct (?:the|this)|übersetze?|traduci|traduis|traduisez|traduce|traduza"
            r"|vertaal)\b|\bhow do (?:you|i) say\b|\bin alphabetical order\b|翻译"
        ),
    ),
    (
        Names.DATE,
        _asking(
            r"(?:on|in) (?:what|which) (?:day|date|month|year|century|decade)\b",
            r"(?:what|which) (?:day|date|year|century)\b|what(?: is|'s) the (?:date|year)",
            r"when (?:was|were|did)\b|(?:in )?welche[ms]? jahr\b|wann (?:wurde|war|ist|hat|begann|endete|starb)\b",
            r"cuándo\b|(?:en )?qué año\b|quand\b|(?:en )?quelle année\b|quando\b|(?:in )?che anno\b|(?:em )?que ano\b",
            r"wanneer\b",
        ),
    ),
    (
        Names.AMOUNT,
        _asking(
            rf"what(?:'s|\u2019s| is| was)(?: the)?(?: [\w-]+){{0,2}}? {_MEASURE}\b",
            rf"(?:at|by|to|of) (?:what|which) {_MEASURE}\b",
        ),
    ),
    (
        Names.PLACE,
        _asking(
            r"where (?:is|was|did|does)\b|wo (?:liegt|ist|wurde|war)\b|dónde (?:está|queda|nació)\b",
            r"où (?:se|est|a)\b|dove (?:si|è)\b|onde (?:fica|está|nasceu)\b|waar (?:ligt|is)\b",
            r"[^?\uff1f\n]*(?:哪里|どこ)|أين",
        ),
    ),
    (
        Names.PERSON,
        _asking(
            r"(?:by |to |for |from |with )?whom?\b(?! (?:are|were|can|may|it|wins?)\b)"
            r"(?! (?:is|was) (?-i:[A-Z]))(?! (?:is|was) (?!the )\w+(?: \w+)?\W*\Z)",
            r"wer (?:(?:ist|war) d|hat|schrieb|\w+te)",
            r"qui (?:(?:est|fut|était) (?:le|la|l)|a)\b|chi (?:(?:è|fu|era) (?:il|la|l)|ha)\b",
            r"quién (?!es (?-i:[A-Z])|fue (?-i:[A-Z]))|quem (?!(?:é|foi) (?-i:[A-Z]))",
            r"(?:which|what) (?:scientist|artist|actor|actress|singer|author|writer|composer|painter|philosopher"
            r"|explorer|inventor|president|king|queen|emperor|player|astronaut|physicist|poet|director)\b",
            r"wie (?:(?:is|was) d|heeft|schreef|schilderde)|[^?\uff1f\n]*[谁誰]|من (?:الذي|كتب|اخترع|اكتشف|رسم)",
        ),
    ),
    (
        Names.THING,
        _asking(
            r"(?:in |on |at |to |from |by |of )?which\b(?! (?:are|were|one|(?!gas)\w+[^ius]s)\b)",
            rf"(?:in|on|at|from|by|of) what (?!order\b)|what {_KINDS}\b",
            r"what(?:'s|\u2019s| is| was)(?: the)?(?: [\w-]+){0,3}? (?:name|capital|title|currency|symbol|largest"
            r"|smallest|tallest|longest|shortest|highest|deepest|oldest|youngest|biggest|heaviest|fastest|hottest|coldest"
            r"|closest|nearest|birthplace|nationality|nickname|colou?r)\b",
            r"name the (?!top|main|\d|\w+s\b)|wie (?:heißt|hieß|lautet)\b|was ist die (?:hauptstadt|währung)",
            r"welche[rsm]? (?!\w+(?:en|e|s)\b)|cuál es (?:el|la) (?:capital|nombre|moneda|\w+ más)",
            r"quelle? est (?:la capitale|le nom|la monnaie|la plus|le plus)",
            r"qual è (?:la capitale|il nome|la moneta|il più|la più)",
            r"qual é (?:a capital|o nome|a moeda|o maior|a maior)",
            r"wat is de (?:hoofdstad|naam|munt)",
            r"[^?\uff1f\n]*(?:哪[儿个國国座位]|(?:什么|何という)名)|ما (?:هي|اسم) عاصمة",
        ),
    ),
)


_NUMBERED: Final = (Names.DATE, Names.AMOUNT)


def naming_of(question: str, *, counts: bool) -> Naming | None:
    """Return what an open question asks to be named; None where it asks for more. `counts`: its words ask how many."""
    end = _QUOTED.sub("...", _HOW_TO_ANSWER.sub(r"\1", question[-_WITHIN:].strip()))
    names = next((names for names, pattern in _FORMS if pattern.search(end)), None)
    if counts and names not in (Names.DATE, Names.TEXT):
        names = Names.AMOUNT
    excluded = (
        () if names is Names.TEXT else (_EXPLAINS, OPINION) if names in _NUMBERED else (_EXPLAINS, OPINION, _SEVERAL)
    )
    if names is None or _MADE_UP.search(end) or any(pattern.search(end) for pattern in excluded):
        return None
    proper = [part for word in bare(question)[1:] if word[0].isupper() for part in words(word)]
    told = words(question)
    return Naming(names, _cut(told), _cut(word for word in told if word not in FUNCTION_WORDS), _cut(proper))


def _cut(told: Iterable[str]) -> frozenset[str]:
    return frozenset([word[:6] for word in told])
