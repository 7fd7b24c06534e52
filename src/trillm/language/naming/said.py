"""What an answer names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from trillm.language.naming.alike import Named
from trillm.language.naming.asked import Names, Naming
from trillm.language.results.dates import day
from trillm.language.results.numerals import in_digits
from trillm.language.results.options import asserted
from trillm.language.words import FUNCTION_WORDS, bare, sentences, stems, words

_WHOLE: Final = 40
"""Characters up to which an answer of one line is nothing but what it names."""
_SHORT: Final = 240
"""Characters up to which what an answer ends in, set off, is what it comes to."""
_READ: Final = 2_000
_FIRST: Final = 6
_LAST: Final = 2
"""Sentences at the start and the end of an answer that are looked at: elsewhere it tells of other things."""
_BRIEF: Final = 14
"""Words up to which a first sentence need not repeat half of the question's words to be taken to answer it."""
_BARE: Final = 3
"""Words up to which an answer is the name and nothing else."""
_MOST_WORDS: Final = 6
_LONGEST_THING: Final = 2
_SYMBOL: Final = 2
"""Letters of a symbol, which may be a word of some language."""
_TOKEN: Final = re.compile(r"[^\W_](?:(?:[\w.'\u2019-]|,(?=\d))*\w)?|[^\w\s]")
_COPULAS: Final = frozenset("is was are were ist war es fue est è é era has had".split())  # noqa: SIM905 - words
_JOINS: Final = frozenset("of de del della di da do dos la le van von der den y and al ibn bin".split())  # noqa: SIM905
"""What stands within a name."""
_TITLES: Final = frozenset(
    "mr mrs ms dr sir dame lord lady saint st president king queen pope emperor the a an".split()  # noqa: SIM905
)
_NO_START: Final = frozenset(
    "according based although though while since before after during today currently however yes no well so thus"  # noqa: SIM905
    " therefore here one many most some several sure great good let first known located both still also".split()
)
"""What begins a sentence with a capital letter and is no name."""
_DESCRIBE: Final = frozenset({"by", "the", "a", "an", "von", "par", "por", "di", "da", "door", "de", "del"})
_EMPHASISED: Final = re.compile(r"\*\*([^*\n]{1,60})\*\*")
_SET_OFF_LAST: Final = re.compile(r"(?:\*\*|[\"“])([^*\"“”\n]{1,60})(?:\*\*|[\"”])[.!]?\s*\Z")
_IN: Final = re.compile(
    r"(?i)(?:\A|\b(?:in|on|at|near|to|from|of|off|between|en|à|au|dans|im|an|bei|nel|nella|em|no|na|te)"
    r"(?: the| der| la| le)?) ?\Z"
)
"""Before a place."""
_UNSPACED: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff]{9}")
"""More of a script without spaces than a name has."""
_MARK: Final = re.compile(r"\A\W*\d{1,2}[.)] ")
_DIGIT: Final = re.compile(r"\d")
_LETTER: Final = re.compile(r"[^\W\d_]")
_BRACKETED: Final = re.compile(r"\([^()]*\)")
_DAY: Final = re.compile(r"\b(\d{1,2}), (\d{4})\b")


def named(text: str, naming: Naming | None) -> Named:
    """Return what an answer names: all of a short one; of another the first name in a sentence that answers.

    Where nothing is asked to be named, of a longer answer only what it ends in counts, set off.
    """
    whole = text.strip()
    brief = len(whole) <= _WHOLE and "\n" not in whole
    if naming is None:
        set_off = _SET_OFF_LAST.search(whole) if len(whole) <= _SHORT else None
        found = _named(set_off[1], "") if set_off is not None else _named(whole, "") if brief else None
    else:
        bare_name = brief and len(bare(whole)) <= _BARE and whole[-1:] not in "!?"
        bare_name = bare_name and not _is_numbered(whole) and not _UNSPACED.search(whole)
        found = _named(whole, whole) if bare_name else _named_first(whole, naming)
    return found or Named("", (), text=whole[:_READ])


def _named(said: str, sentence: str) -> Named | None:
    shown = said.strip(" .,:;!*_`\"'“”")
    shown = in_digits(shown) or shown
    told = tuple(word for word in map(str.casefold, bare(shown)) if word not in _TITLES)
    return Named(shown, told, frozenset(words(asserted(sentence)))) if 0 < len(told) <= _MOST_WORDS else None


def _named_first(text: str, naming: Naming) -> Named | None:
    said = sentences(text[:_READ]) if len(text) <= _READ else [*sentences(text[:_READ]), *sentences(text[-_READ:])]
    looked_at = said if len(said) <= _FIRST + _LAST else [*said[:_FIRST], *said[-_LAST:]]
    for place, sentence in enumerate(looked_at):
        told = words(sentence)
        repeated = len(naming.stems.intersection(word[:6] for word in told)) >= max(1, len(naming.stems) // 2)
        answers = repeated or (place == 0 and len(told) <= _BRIEF)
        if answers and sentence[-1:] not in "!?" and not sentence.startswith("#"):
            found = _name_in(asserted(_MARK.sub("", sentence)), naming)
            if found is not None:
                return _named(found, sentence)
    return None


def _name_in(sentence: str, naming: Naming) -> str | None:
    """Return the first emphasised words that are not of the question, or else the first name, date, number or thing.

    What is said in brackets explains the name before it.
    """
    numbered = naming.names in (Names.DATE, Names.AMOUNT)
    for part in _EMPHASISED.findall(sentence):
        if _is_new(part, naming) and (not numbered or _is_numbered(part)):
            return part
    plain = _DAY.sub(r"\1 \2", _BRACKETED.sub("", sentence).replace("*", "").replace("_", " "))
    tokens = _TOKEN.findall(plain)
    if not _starts_with_a_name(tokens):
        tokens = [token.casefold() if place == 0 else token for place, token in enumerate(tokens)]
    if naming.names is Names.AMOUNT:
        return next(_runs(tokens, naming, _is_numbered), None)
    capital = list(_runs(tokens, naming, _begins_name))
    if naming.names is Names.DATE:
        return next(filter(_is_numbered, capital), None)
    if naming.names is Names.PLACE:
        capital = [run for run in capital if _IN.search(plain[: plain.find(run.split(" ")[0])])]
    told = next((run for run in capital if _LETTER.search(run) and day(run) is None), None)
    return _thing_in(tokens, naming) if told is None and naming.names is Names.NAME else told


def _is_new(part: str, naming: Naming) -> bool:
    """Whether it has a word that is not the question's; a mere function word is one where it is a symbol ("Au")."""
    told = stems(words(part))
    return not naming.stems.issuperset(told) if told else len(part) <= _SYMBOL


def _thing_in(tokens: Sequence[str], naming: Naming) -> str | None:
    """Return what stands behind or before the verb of being, or behind a word of the question, without a capital."""
    for run in _runs(tokens, naming, _begins_thing):
        told = run.split(" ")
        start = next(i for i in range(len(tokens)) if list(tokens[i : i + len(told)]) == told)
        before = [token.casefold() for token in tokens[max(0, start - 2) : start] if token not in _DESCRIBE]
        behind = tokens[start + len(told)].casefold() if start + len(told) < len(tokens) else ""
        beside = not before or before[-1] in _COPULAS or before[-1][:6] in naming.stems or behind in _COPULAS
        if len(told) <= _LONGEST_THING and beside:
            return run
    return None


def _starts_with_a_name(tokens: Sequence[str]) -> bool:
    """Whether the first word's capital letter is more than that of every sentence."""
    low, behind, *_ = (*map(str.casefold, tokens[:2]), "", "")
    plain = low in _NO_START or low.endswith("ly") or (behind in FUNCTION_WORDS and behind not in _COPULAS | _JOINS)
    return not plain


def _is_numbered(run: str) -> bool:
    return _DIGIT.search(run) is not None or in_digits(run) is not None


def _begins_name(token: str) -> bool:
    return token[0].isupper() or token[0].isdigit()


def _begins_thing(token: str) -> bool:
    plain = token[0].isalpha() and not token.endswith(("ly", "ed", "ing"))
    return plain and token not in _NO_START and not _UNSPACED.search(token)


def _runs(tokens: Sequence[str], naming: Naming, begins: Callable[[str], bool]) -> Iterator[str]:
    """Yield the runs of words that begin so and are not of the question, with what joins them.

    Of "by the Italian artist Leonardo da Vinci" that is the name alone; "Adolf" before the question's "Hitler" is none.
    """
    run: list[str] = []
    described = False
    for place, token in enumerate((*tokens, ".")):
        low = token.casefold()
        function = low in FUNCTION_WORDS and not (
            (place or len(tokens) == 1) and token[:1].isupper() and len(token) == _SYMBOL
        )
        if begins(token) and not function and low[:6] not in naming.stems:
            described = described or (not run and place > 1 and tokens[place - 1] in _DESCRIBE)
            run.append(token)
        elif run and low in _JOINS:
            run.append(token)
        elif run:
            while run[-1].casefold() in _JOINS:
                run.pop()
            of_a_name = place + 1 < len(tokens) and token[:1].islower() and low not in FUNCTION_WORDS
            of_the_question = token[:1].isupper() and low[:6] in naming.proper
            if not of_the_question and not (described and of_a_name and begins(tokens[place + 1])):
                yield " ".join(run)
            described, run = False, []
