"""What a question asks for, read from its words alone: its parts, the kind of answer, the format and length."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from trillm.language.category import category_of
from trillm.language.final_answer import Expected
from trillm.language.harm.asked import harm_asked
from trillm.language.linear import AllAtOnce
from trillm.language.naming.asked import Naming, naming_of
from trillm.language.results.options import NO_OPTIONS, Options, asks_yes_or_no, lettered, worded
from trillm.language.which_language import which_language
from trillm.language.words import stems, words

_READ = 6_000
_MOST_PARTS = 8

_SPACE = r"[\s\x0b\x1c-\x1f]"
"""White space among ASCII, as the standard library has it."""
_WIDE = "\uff0e\uff1a\uff09、"
"""What stands behind the letter of an option in scripts that do not space."""
_OPTION = rf"(?:^|{_SPACE})[(\uff08]?%s(?:[).:]{_SPACE}|[).:{_WIDE}][^\x00-\x7f])".replace("\\uff08", "\uff08")
_MOST_WORDS = (
    r"(?i)\b(?:in|within|under|at most|max(?:imum)?(?: of)?|no more than|less than|fewer than"
    r"|up to) (\w{1,6})[- ](?:words?|wort(?:e|en)?|palabras?|mots?|parole|palavras?|woorden)\b"
)
_MOST_SENTENCES = (
    r"(?i)\b(one|two|three|four|five|\d|single|einem|zwei|drei|una|dos|tres|une|deux|trois|due|uma|dois|twee)[- ]"
    r"(?:short |single )?(?:sentences?|satz|sätzen|frases?|phrases?|frasi|zinnen)\b"
)
_BULLET = rf"(?:^|{_SPACE})(?:\(?\d{{1,2}}[).]|[-*•]){_SPACE}"
_ASKED_NEXT = "what|why|how|who|when|where|which|explain|give|list|describe|write|compare"
_OPERATION = (
    rf"|\d{_SPACE}*[+*\xd7÷^=]{_SPACE}*\d|\d{_SPACE}+[-/]{_SPACE}+\d|[\^=(]\d+{_SPACE}*[-/]{_SPACE}*\d|\d[-/]\d+{_SPACE}*="
    r"|(?:^|[^\d/.-])[1-9]/[2-9](?:[^\d/-]|$)|\b(?:is|ist|es|est|fait|font|fa|é) \d+[-/]\d"
    rf"|^{_SPACE}*[-\d.,]+{_SPACE}*[-/]{_SPACE}*[\d.,]+{_SPACE}*[=?]?{_SPACE}*$"
)
"""Digits that are reckoned with. A stroke between them is mostly a range, a date or a name (9/11, 3-5 days)."""
_SIGNS: Mapping[str, str] = {
    "calculation": (
        r"(?i)\b(?:how (?:many|much|far|fast|old|tall)|calculate|compute|evaluate|solve|simplify|what is (?:the value"
        r"|-?\d)|find (?:the|all|a)\b"
        r"|(?:which|what|choose|select|identify|pick)[\w ]* (?:bigger"
        r"|larger|smaller|greater)|determine (?:the|all)|wie ?viele?|berechne"
        r"|cuánt[oa]s?|combien|quant[ioea]|quantos|hoeveel|calcul(?:a|e|er|ez)|calcola|bereken)\b"
        r"|多少|几[个個人天次只元块塊米]|计算|計算|求め|いくつ|いくら|何[個人円本回枚匹分日時歳]|(?:^|\s)كم\s|احسب"
        + _OPERATION
    ),
    "digit or tex": r"\d|\\\(|\\\[|\$",
    "option a": _OPTION % "A",
    "shows code": r"\bdef \w+\(|\bprint\(|\breturn \w|\bfunction \w+\(|```",
    "code": (
        r"(?i)\b(?:code|function|script|program|snippet|regex|sql|query|python|javascript|typescript|java|rust|golang"
        r"|c\+\+|html|css|bash|shell|"
        r"implement|funktion|programm|función|fonction|funzione|função)\b"
    ),
    "written code": (
        r"(?i)\b(?:python|javascript|typescript|java|rust|golang|go|c\+\+|c#|kotlin|swift|php|ruby|sql|bash|html|css"
        r"|regex)\b|`[^`\n]+\(|\b(?:code|script|program)\b"
    ),
    "json": (
        r"(?i)\b(?:as|in|to|into|return|output|respond|answer|produce|provide|give)\b[^.?\n]{0,40}\bjson\b"
        r"|\bjson (?:object|format|array|list)\b"
    ),
    "made up": r"(?i)\b(?:examples?|sample|fake|generate|mock|random)\b",
    "making": (
        r"(?i)\b(?:write|create|implement|give|show|generate|make|fix|refactor|complete|schreib\w*|escribe|écri\w*"
        r"|scrivi|escreva|schrijf)\b"
    ),
    "list": (
        r"(?i)\b(?:list|(?:top|best|name|give(?: me)?|suggest|provide) (?:\w+ )?(?:\d{1,2}|two|three|four|five|six"
        r"|seven|eight|nine|ten)|"
        r"steps|ideas|examples|ways|tips|reasons|liste|schritte|pasos|étapes|passi|passos|stappen)\b"
    ),
    "most words": _MOST_WORDS,
    "one word": r"(?i)\b(?:(?:one|single)[- ]word|in einem wort|en una palabra|en un mot|in una parola)\b",
    "most sentences": _MOST_SENTENCES,
    "brief": (
        r"(?i)\b(?:brief(?:ly)?|concise(?:ly)?|short(?:ly)?|succinct(?:ly)?|tl;?dr|summar(?:y|ise|ize)|headline|title"
        r"|slogan|kurz|knapp|breve(?:mente)?|kort|court)\b"
    ),
    "other language": (
        r"(?i)\b(?:translat\w*|übersetz\w*|traduc\w*|traduz\w*|tradui\w*|vertaal\w*|(?:in|into|auf|en|em|to|ins) "
        r"(?:english|german|spanish|french|italian|portuguese|dutch|chinese|mandarin|japanese|korean|russian"
        r"|arabic|hebrew|greek|hindi|thai|latin|"
        r"englisch|deutsch|spanisch|französisch|italienisch|inglés|alemán|español|francés|anglais|allemand"
        r"|espagnol|français|inglese|tedesco|"
        r"spagnolo|francese|inglês|alemão|espanhol|engels|duits|spaans|frans))\b|翻译|翻訳|перевед"
    ),
    "repeating": r"(?i)\b(?:repeat\w*|\d+ times|over and over|wiederhol\w*|repite|répète|ripeti|repita|herhaal)\b",
    "creative": (
        r"(?i)\b(?:stor(?:y|ies)|poems?|poetry|haiku|limerick|sonnet|lyrics?|songs?|rap|jokes?|puns?|riddles?"
        r"|fiction\w*|novel"
        r"|fantasy|fairy ?tale|screenplay|monologue|role-?play|imagine|pretend|suppose|hypothetical\w*|slogans?|parody"
        r"|satire|dialogue|geschichte|gedicht|cuento|poema|poème|histoire|storia|poesia|verhaal|gedicht)\b"
    ),
    # a mark between clauses with something behind it, without which there is but one
    "clauses": rf"(?i)[?;\n][^?;\n]|{_BULLET}|\band (?:then |also )?(?:{_ASKED_NEXT})",
}
_ALL_AT_ONCE = AllAtOnce(_SIGNS)
_EACH = {name: re.compile(pattern) for name, pattern in _SIGNS.items()}
_BEYOND_ASCII = re.compile("(?![\x00-\x7f])[\\w\\s\ud800-\udfff]")
"""Letters, digits and space that RE2 does not take for such."""

_TEX = re.compile(r"\\[a-zA-Z]{2}|\\[(\[]|\$[^$\n]{0,99}[\\^_=][^$\n]{0,99}\$")
_OUTPUT_OF_CODE = re.compile(
    r"\bassert \w+\(|\b(?:what (?:is|does|will|would)|predict|determine|complete the assertion|containing the output)"
    r"\b[^\n?]{0,200}?\b(?:output|return|print|assertion|evaluate)",
    re.IGNORECASE,
)
_EXPLAINS = re.compile(r"\b(?:prove|proof|show that|explain|why|how do)\b", re.IGNORECASE)
_QUANTITY = re.compile(
    r"\bwhat(?:'s| is| was| are| were| will be) (?:[\w'\u2019]+ ){0,4}"
    r"(?:price|cost|root|percentage|speed|distance|area|volume|weight|height|length|width|age|amount|total|sum"
    r"|difference|average|profit|salary|rate|value|product|change)s?\b[^?\n]{0,80}\?\W*$",
    re.IGNORECASE,
)
"""A question for what is measured or reckoned; with a digit in it, it is a calculation."""
_YEAR = re.compile(
    r"\b(?:what|which) year\b|\bwelche[ms]? jahr\b|\bqué año\b|\bquelle année\b|\bche anno\b|\bque ano\b|哪一?年|何年",
    re.IGNORECASE,
)
_TRUE_OR_FALSE = re.compile(r"^\W*(?:true or false|wahr oder falsch|verdadero o falso|vrai ou faux)\b", re.IGNORECASE)
_YES_NO = re.compile(
    r"¿?(?:is|are|was(?! (?:ist|sind|war|waren|wäre|wird|hat|haben|kostet|macht|bedeutet|heißt|kann|soll|muss|passiert"
    r"|für|genau|gibt)\b)|were|does|did|has|(?:do|can|could|will|would|have|had)(?! (?:you|we|i)\b)|ist|sind|hat|es"
    r"|está|son|est-ce|è|é|is het(?!.*\bof\b))\b(?!.*\b(?:or|oder|o|ou)\b)[^\n?]{3,160}\?\s*(?:[\"“][^\n]*)?$"
    r"|هل (?!يمكنك|تستطيع)[^\n?؟]{3,160}[?؟]\s*$",
    re.IGNORECASE,
)
_YES_NO_AT_END = re.compile(
    r"(?:^|[\n。])(?![^\n。]*(?:还是|還是|什么|什麼|谁|哪|怎|何|誰|どこ|どの|どれ|どう|いつ|なぜ|いくら|いくつ|それとも"
    r"|[你您](?:能|可以|会|會)|能不能|[请請]|帮我|幫我|くれ|もらえ|いただけ|教え))"
    r"[^\n。?\uff1f]{2,160}(?:[吗嗎]|(?:です|ます|でした|ました)か)[?\uff1f。]?\s*$"
)
"""Asked by a word at the end, by no word for what, which or how, and no request of whoever reads it."""
_OPTION_A, _OPTION_B = (re.compile(_OPTION % letter) for letter in "AB")
_COUNT_OF_WORDS = re.compile(_MOST_WORDS)
_COUNT_OF_SENTENCES = re.compile(_MOST_SENTENCES)
_FOR_EACH = re.compile(r"(?i)\bsentences? (?:per|each|for (?:each|every)|on each|about each)\b")
_NUMBERS: dict[str, int] = {
    **dict(one=1, two=2, three=3, four=4, five=5, six=6, seven=7, eight=8, nine=9, ten=10),  # noqa: C408 - shorter so
    **dict(a=1, single=1, einem=1, una=1, un=1, une=1, zwei=2, drei=3, dos=2, deux=2, due=2, dois=2, twee=2),  # noqa: C408
}
_PART = re.compile(rf"(?i)\?|\n+|;|{_BULLET}|\b(?:and (?:then |also )?(?={_ASKED_NEXT}))")
_ASKING = re.compile(
    r"\b(?:what|why|how|who|when|where|which|explain|give|list|describe|write|compare|name|tell|define"
    r"|discuss|was|warum|wie|wer|wann|wo|welche\w*|qué|cómo|quién|quoi|comment|pourquoi|quel\w*|che|come"
    r"|perché|hoe|waarom|wat)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Request:
    """A question, read once. Limits are what the question sets itself; None where it sets none."""

    stems: frozenset[str]
    passages: frozenset[tuple[str, ...]]
    """Runs of five words, to tell what an answer merely copied."""
    language: str | None
    parts: tuple[frozenset[str], ...]
    """The content of each part; empty unless the question has several."""
    expected: Expected
    code: bool
    listed: bool
    brief: bool
    most_words: int | None
    most_sentences: int | None
    any_language: bool
    """A translation or another language is asked for."""
    repeating: bool
    tex: bool
    """It has mathematical notation: a sign of hard mathematics."""
    creative: bool
    """Something invented is asked for, so that nothing in it need be so."""
    calculation: bool = False
    """Its words or signs ask to reckon."""
    amount: bool = False
    """An open question that a number answers ("In what year ...?"); where an answer is short, that is its result."""
    mathematics: bool = False
    """It is of this category, whoever named another."""
    asks: bool = True
    """It has a question in it: what is no question takes nothing for true."""
    options: Options = field(default_factory=dict[str, str])
    """Of a choice: the label of each option by its words; empty where these are not read."""
    json: bool = False
    """The answer is asked for in JSON."""
    naming: Naming | None = None
    """What an open question asks to be named ("Who wrote ...?", "When did ...?", "How many ... are there?")."""
    harm: str | None = None
    """The harm that help is asked for with; then no kind of answer is expected."""

    @property
    def reckons(self) -> bool:
        """Whether an answer works towards its result in numbers."""
        calculates = self.tex or self.calculation or self.mathematics
        return calculates and self.expected in (Expected.NUMBER, Expected.OPEN)


def read_request(question: str) -> Request:
    """Read the question; beyond some thousand characters only its start and end count."""
    text = question if len(question) <= _READ else f"{question[: _READ // 2]}\n{question[-_READ // 2 :]}"
    tokens = words(text)
    has = _signs_of(text)
    most_words = 1 if has("one word") else _number(_COUNT_OF_WORDS.findall(text)) if has("most words") else None
    counted = has("most sentences") and not _FOR_EACH.search(text)
    most_sentences = _number(_COUNT_OF_SENTENCES.findall(text)) if counted else None
    harm = harm_asked(question)
    mathematics = harm is None and category_of(text) == "mathematics"
    expected, options = _expected(text, has, mathematics=mathematics) if harm is None else (Expected.OPEN, NO_OPTIONS)
    code = expected is not Expected.LITERAL and harm is None and has("code") and has("making")
    tex = ("\\" in text or "$" in text) and _TEX.search(text) is not None
    if code and not tex and has("written code"):
        expected = Expected.OPEN  # a program is asked for; the numbers around it are no result
    parts = _parts(text) if has("clauses") else ()
    plain = expected is Expected.OPEN and harm is None and not (code or tex or mathematics)
    return Request(
        stems=stems(tokens),
        passages=frozenset(runs(tokens, 5)),
        language=which_language(tokens),
        parts=parts,
        expected=expected,
        options=options,
        json=expected is not Expected.LITERAL and not code and has("json") and not has("made up"),
        naming=naming_of(text, counts=has("calculation")) if plain and len(parts) < 2 else None,
        code=code,
        listed=has("list"),
        brief=most_words is not None or most_sentences is not None or has("brief"),
        most_words=most_words,
        most_sentences=most_sentences,
        any_language=has("other language"),
        repeating=has("repeating"),
        tex=tex,
        creative=harm is None and has("creative"),
        calculation=has("calculation"),
        amount=expected is Expected.OPEN and harm is None and (has("calculation") or _YEAR.search(text) is not None),
        mathematics=mathematics,
        asks="?" in text or "\uff1f" in text or "؟" in text,
        harm=harm,
    )


def runs(tokens: list[str], length: int) -> Iterable[tuple[str, ...]]:
    """Return every run of `length` neighbouring words."""
    return zip(*(tokens[start:] for start in range(length)), strict=False)


def _signs_of(text: str) -> Callable[[str], bool]:
    """Return what tells whether one of the signs is in the text."""
    if text.isascii() or _BEYOND_ASCII.search(text) is None:
        return _ALL_AT_ONCE.found(text).__contains__
    return lambda name: _EACH[name].search(text) is not None


def _expected(text: str, has: Callable[[str], bool], *, mathematics: bool) -> tuple[Expected, Options]:
    if has("shows code") and _OUTPUT_OF_CODE.search(text):
        return Expected.LITERAL, NO_OPTIONS
    first_option = _OPTION_A.search(text) if has("option a") else None
    if first_option is not None and _OPTION_B.search(text, first_option.end() - 1):
        return Expected.CHOICE, lettered(text[first_option.start() :])
    if has("calculation") and has("digit or tex"):
        return Expected.NUMBER, NO_OPTIONS
    end = text[-400:].strip()
    if _TRUE_OR_FALSE.search(text) or _YES_NO.match(end) or (not end.isascii() and _YES_NO_AT_END.search(end)):
        return Expected.YES_NO, NO_OPTIONS
    options = NO_OPTIONS if has("creative") or has("code") else worded(text)
    if options:
        return (Expected.YES_NO, NO_OPTIONS) if asks_yes_or_no(options) else (Expected.CHOICE, options)
    if not has("digit or tex") or _EXPLAINS.search(end):
        return Expected.OPEN, NO_OPTIONS
    # mathematics ends in a result, whatever words ask for it
    result = mathematics and (end.endswith(("?", "\uff1f", "؟")) or _TEX.search(text) is not None)
    return (Expected.NUMBER if result or _QUANTITY.search(end) else Expected.OPEN), NO_OPTIONS


def _parts(text: str) -> tuple[frozenset[str], ...]:
    """Split into clauses that ask; statements that only set the scene are no part to be answered."""
    asked = [stems(words(clause)) for clause in _PART.split(text) if clause and _ASKING.search(clause)]
    parts = tuple(part for part in asked if part)[:_MOST_PARTS]
    return parts if len(parts) > 1 else ()


def _number(found: list[str]) -> int | None:
    for word in found:
        value = _NUMBERS.get(word.lower()) or (int(word) if word.isdecimal() and word.isascii() else None)
        if value:
            return value
    return None
