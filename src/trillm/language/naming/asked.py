"""Whether an open question asks for something to be named: a person, a thing, a place, a date, a number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from trillm.language.words import bare, stems, words


class Names(StrEnum):
    """What a question asks to be named."""

    NAME = "name"
    PLACE = "place"
    DATE = "date"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class Naming:
    """What a question asks to be named, and the words of its own, which are no answer to it."""

    names: Names
    stems: frozenset[str]
    proper: frozenset[str]
    """The stems of those that it writes with a capital letter: a name beside one of them is a part of that."""


_WITHIN: Final = 240
"""Characters at the end of a question that are looked at."""
_EXPLAINS: Final = re.compile(r"(?i)\b(?:prove|proof|show that|explain|why|how do|how can)\b")
_OPINION: Final = re.compile(r"(?i)\b(?:best|better|should|would|could|favou?rite|you|names|all)\b")
"""What asks for a view, or for several."""
_HOW_TO_ANSWER: Final = re.compile(r"([?\uff1f]) [^?\n]{1,60}\Z")
"""Behind the question: "Answer in one word.\""""
_ENDS: Final = r"[^?\n]*[?\uff1f]?\s*$"
_STARTS: Final = r"(?:^|[.!\n:,] *|¿)"
_KINDS: Final = (
    r"(?:country|city|state|planet|animal|bird|colou?r|language|element|gas|metal|organ|river|mountain|ocean|continent"
    r"|company|team|player|book|novel|film|movie|song|album|band|king|queen|president|name|word|currency|instrument"
    r"|vitamin|disease|virus|particle|chemical|substance|molecule|religion|sport)"
)
_PLACE: Final = re.compile(
    rf"{_STARTS}(?:where (?:is|was|are|were|did|does)\b|wo (?:liegt|ist|wurde|war)\b|dónde\b|où (?:se|est|a)\b|dove\b"
    rf"|onde\b|waar (?:ligt|is)\b){_ENDS}",
    re.IGNORECASE,
)
_DATE: Final = re.compile(
    rf"{_STARTS}(?:(?:on|in) (?:what|which) (?:day|date|month|year|century|decade)\b"
    r"|(?:what|which) (?:day|date|year|century)\b|what(?: is|'s) the (?:date|year)|when (?:is|was|were|did|will)\b"
    r"|(?:in )?welche[ms]? jahr\b|wann\b|cuándo\b|(?:en )?qué año\b|quand\b|(?:en )?quelle année\b|quando\b"
    rf"|(?:in )?che anno\b|(?:em )?que ano\b|wanneer\b){_ENDS}",
    re.IGNORECASE,
)
_AMOUNT: Final = re.compile(
    rf"{_STARTS}what(?:'s|\u2019s| is| was)(?: the)?(?: [\w-]+){{0,2}}? (?:population|height|length|width|depth"
    r"|distance|speed|mass|weight|area|radius|diameter|age|(?:boiling|melting|freezing) point|temperature"
    rf"|atomic (?:number|weight)|half-life|number|percentage)\b{_ENDS}",
    re.IGNORECASE,
)
_NAME: Final = re.compile(
    rf"{_STARTS}(?:"
    r"(?:by |to |for |from |with )?whom?\b(?! (?:are|were)\b)"
    r"(?! (?:is|was) (?-i:[A-Z]))"
    r"|(?:in |on |at |to |from |by |of )?which\b(?! (?:are|were|(?!gas)\w+[^ius]s)\b)"
    rf"|(?:in|on|at|from|by|of) what\b|what {_KINDS}\b"
    r"|what(?:'s|\u2019s| is| was)(?: the)?(?: [\w-]+){0,3}? (?:name|capital|title|currency|symbol|largest|smallest"
    r"|tallest|longest|shortest|highest|deepest|oldest|youngest|biggest|heaviest|fastest|hottest|coldest|closest"
    r"|nearest|birthplace|nationality|nickname|colou?r)\b"
    r"|name the (?!top|main|\d)"
    r"|wer (?:ist|war|hat|schrieb|\w+te)\b|welche[rsmn]?\b|wie (?:heißt|hieß|lautet)\b"
    r"|was ist die (?:hauptstadt|währung)"
    r"|quién(?:es)?\b|cuál es (?:el|la) (?:capital|nombre|moneda|\w+ más)"
    r"|qui (?:est|a|fut|était)\b|quelle? est (?:la capitale|le nom|la monnaie|la plus|le plus)"
    r"|chi (?:è|ha|fu|era)\b|qual è (?:la capitale|il nome|la moneta|il più|la più)"
    r"|quem\b|qual é (?:a capital|o nome|a moeda|o maior|a maior)"
    r"|wie (?:is|was|heeft|schreef)\b|wat is de (?:hoofdstad|naam|munt)"
    r"|[^?\uff1f\n]*(?:谁|哪[里儿个国座位]|誰|どこ|(?:什么|何という)名)|من (?:الذي|كتب|اخترع|اكتشف|رسم)"
    rf"|ما (?:هي|اسم) عاصمة|أين){_ENDS}",
    re.IGNORECASE,
)
"""What a name answers; "Who is Ada Lovelace?" asks for more."""


def naming_of(question: str, *, counts: bool) -> Naming | None:
    """Return what an open question asks to be named; None where it asks for more. `counts`: its words ask how many."""
    end = _HOW_TO_ANSWER.sub(r"\1", question[-_WITHIN:].strip())
    if _EXPLAINS.search(end) or _OPINION.search(end):
        return None
    kinds = ((Names.DATE, _DATE), (Names.AMOUNT, _AMOUNT), (Names.PLACE, _PLACE), (Names.NAME, _NAME))
    names = next((names for names, pattern in kinds if pattern.search(end)), None)
    if counts and names is not Names.DATE:
        names = Names.AMOUNT
    if names is None:
        return None
    proper = stems(word.casefold() for word in bare(question)[1:] if word[0].isupper())
    return Naming(names, stems(words(question)), proper)
