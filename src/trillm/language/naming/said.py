"""What an answer names: one thing, or none where a sentence may mean several."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import dropwhile
from typing import Final

from trillm.language.final_answer import Expected, normalise, numbers
from trillm.language.naming.alike import Named
from trillm.language.naming.asked import Names, Naming
from trillm.language.naming.clause import BRACKETED, clause_of, repeated
from trillm.language.naming.runs import (
    ARTICLES,
    NO_NAME,
    TOKEN,
    UNSPACED,
    is_bound,
    runs,
    stands_in,
    thing_in,
)
from trillm.language.results.dates import dates_in
from trillm.language.results.numerals import in_digits
from trillm.language.words import bare, sentences, words

_WHOLE: Final = 40
"""Characters up to which an answer of one line may be nothing but what it names."""
_SHORT: Final = 240
"""Characters up to which what an answer ends in, set off, is what a task comes to."""
_READ: Final = 2_000
_FIRST: Final = 6
_LAST: Final = 2
"""Sentences at the start and the end of an answer that are looked at: elsewhere it tells of other things."""
_BRIEF: Final = 14
"""Words up to which a first sentence need not repeat half of the question's words to be taken to answer it."""
_VERY_BRIEF: Final = 8
"""...or to repeat any of them: "It was Leonardo da Vinci"."""
_BARE: Final = 3
"""Words up to which an answer is the name and nothing else."""
_VERB_BETWEEN: Final = re.compile(
    r"\A[^\W\d_a-z]\w* (?!(?:of|the|de|da|di|van|von|der|la|le|el|al|and|y|und|et) )[a-z]+ [A-Z]"
)
"""Between two names: "Italy beat England"."""
_MOST_WORDS: Final = 6
_INITIAL: Final = re.compile(r"\b([A-Z])\. ?(?=[A-Z])|\b(Dr|Mr|Mrs|Ms|St|Prof|Jr|Sr)\. ")
_CALLED: Final = re.compile(
    r"(?i)\b(?:known as|called|born|pen name of|pseudonym of|alias|stage name of) ((?:(?-i:[A-Z])\S* ?){1,4})"
)
_ONCE: Final = re.compile(r"\b(?:formerly|now) ((?:[A-Z]\S* ?){1,4})")
_WITHIN: Final = re.compile(r", ((?:[A-Z][\w-]+ ?){1,3})")
"""In what a place is."""
_WAS: Final = re.compile(
    r"(?i)\b(?:until|died|succeeded|took over|former|might|guess|maybe|perhaps|either|reportedly)\b"
)
"""Where a clause tells of more than one, or of one that is no longer so."""
_RANKED: Final = frozenset(word[:6] for word in ("second", "third", "fourth", "lost", "loser", "last", "runner"))
"""Asked for one that others come before."""
_NOTHING: Final = re.compile(r"(?i)\A\W*(?:unknown|none|nobody|nothing|no one|not|n/a)\b")
_EMPHASISED: Final = re.compile(r"\*\*([^*\n]{1,60})\*\*(?!:)")
_SET_OFF_LAST: Final = re.compile(r"(?:\*\*|[\"“])([^*\"“”\n]{1,60})(?:\*\*|[\"”])[.!]?\s*\Z")
_SINCE: Final = re.compile(r"(?i)\b(?:in|as of|since|by|from|around|after) \d{4}\b")
_UNIT: Final = re.compile(
    r"(?i)\d\s*(?:°\s*([cfk])\b|(?:degrees? )?(celsius|fahrenheit|kelvin)\b|(k)\b|(\w+) (?:per|an?) (\w+)"
    r"|(mph|km/h|kph|m/s)\b|(%|percent))"
)
"""What a normalised amount lacks, though two that differ in it are not the same."""
_BEFORE: Final = ARTICLES | {"in", "at", "on", "by", "en", "à", "im"}
_SENTENCE: Final = frozenset(words("it them did does do is was him her us near off from north"))
"""A word of a brief answer that says more than a name."""


def named(text: str, naming: Naming) -> Named:
    """Return what an answer names: all of a short one; of another the one name in a sentence that answers."""
    whole = _INITIAL.sub(r"\1\2 ", text.strip())
    brief = len(whole) <= _WHOLE and "\n" not in whole and whole[-1:] not in "!?"
    if _NOTHING.search(whole[:_WHOLE]):
        found = None
    elif naming.names is Names.TEXT:
        set_off = _SET_OFF_LAST.search(whole) if len(whole) <= _SHORT else None
        found = set_off[1] if set_off is not None else whole if brief else None
    elif naming.names in (Names.DATE, Names.AMOUNT) or not (brief and _is_bare(whole, naming)):
        found = _in_sentences(whole, naming)
    else:
        found = whole
    return _named(found or "", whole, naming) or Named(text=whole[:_READ], asked=naming.stems)


def of_result(final: str, naming: Naming) -> Named:
    """Return a marked final answer as what an answer names; a list or an object names nothing."""
    if final[:1] in "[{(" or not any(map(str.isalnum, final)):
        return Named()
    return Named(final, naming.names)


def _is_bare(whole: str, naming: Naming) -> bool:
    """Whether a brief answer is the name and nothing else, and not one that the question names itself."""
    told = words(whole)
    if not told or len(bare(whole)) > _BARE or told[0] in NO_NAME or not _SENTENCE.isdisjoint(told):
        return False
    asked = [word[:6] in naming.stems for word in told]
    is_sentence = "," in whole or _VERB_BETWEEN.search(whole) or (any(asked) and UNSPACED.search(whole))
    return not is_sentence and not all(asked)


def _named(said: str, text: str, naming: Naming) -> Named | None:
    if naming.names is Names.TEXT:
        shown = said.strip(" *_`\"'“”")
        shown = shown.removesuffix(".") if any(map(str.isalpha, shown)) else shown
        return Named(shown, naming.names) if shown else None
    shown = said.strip(" .,:;!¡¿*_`\"'“”。")
    if naming.names is Names.AMOUNT and shown[:1].isalpha():
        shown = in_digits(shown) or shown
    told = list(dropwhile(lambda word: word.casefold() in _BEFORE, bare(shown)))
    if naming.names in (Names.THING, Names.PLACE):  # "the Pacific Ocean" is the Pacific where an ocean is asked for
        kinds = naming.stems - naming.proper
        told = [word for word in told if word[:6].casefold() not in kinds] or told
    if not 0 < len(told) <= _MOST_WORDS:
        return None
    called = [*BRACKETED.findall(text[:_SHORT]), *_CALLED.findall(text[:_SHORT])]
    if naming.names is not Names.PERSON:  # of an office it would be who held it before
        called += _ONCE.findall(text[:_SHORT])
    if naming.names is Names.PLACE:
        called += _WITHIN.findall(text[:_SHORT])
    return Named(" ".join(told), naming.names, frozenset(" ".join(bare(part)).casefold() for part in called))


def _in_sentences(text: str, naming: Naming) -> str | None:
    said = sentences(text[:_READ]) if len(text) <= _READ else [*sentences(text[:_READ]), *sentences(text[-_READ:])]
    looked_at = said if len(said) <= _FIRST + _LAST else [*said[:_FIRST], *said[-_LAST:]]
    for place, sentence in enumerate(looked_at):
        if sentence.endswith("?") or sentence.startswith("#"):
            continue
        clause = clause_of(sentence, naming)
        said_again = repeated(clause, naming)
        answers = 2 * said_again >= max(1, len(naming.content) - 1)
        calls = sentence.endswith("!")  # "Great question!"
        if answers or (place == 0 and not calls and len(words(clause)) <= (_BRIEF if said_again else _VERY_BRIEF)):
            found = _in_clause(clause, naming, repeats=said_again > 0)
            if found is not None or answers:
                return found
    return None


def _in_clause(clause: str, naming: Naming, *, repeats: bool) -> str | None:
    """Return the one date, amount, name or thing that a clause states; None where there are several."""
    if naming.names is Names.DATE:
        return _only(dates_in(clause.replace("*", "")))
    if naming.names is Names.AMOUNT:
        return _amount_in(clause.replace("*", ""))
    emphasised = [part for part in _EMPHASISED.findall(clause) if _is_new(part, naming)]
    if emphasised:
        return _only(emphasised)
    if _WAS.search(clause.partition(",")[0]):
        return None
    tokens = TOKEN.findall(clause.replace("*", "").replace("_", " "))
    found = [(run, start) for run, start in runs(tokens, naming) if not dates_in(run) and any(map(str.isalpha, run))]
    if naming.names is Names.PLACE:
        return next((run for run, start in found if stands_in(tokens, start)), None)
    if found and "," in tokens[found[0][1] :]:  # behind its comma a name is explained
        end = tokens.index(",", found[0][1])
        found = [(run, start) for run, start in found if start < end]
    if not found:
        return thing_in(tokens, naming) if naming.names is Names.THING and repeats else None
    if len(found) > 1 and _RANKED.intersection(naming.stems):
        return None
    return _only([run for run, start in found if is_bound(tokens, start, naming)])


def _only(found: Sequence[str]) -> str | None:
    return found[0] if len(set(found)) == 1 else None


def _is_new(part: str, naming: Naming) -> bool:
    """Whether emphasised words are a name of the kind that is asked for, and not only the question's own."""
    told = [word[:6] for word in words(part)]
    return (
        not naming.stems.issuperset(told)
        and not part.endswith(":")
        and not dates_in(part)
        and part.casefold() not in NO_NAME
    )


def _amount_in(clause: str) -> str | None:
    """Return the only amount of a clause, with a unit that tells two apart; a year behind "in" or "since" is none."""
    plain = _SINCE.sub("", clause)
    found = [normalise(number, Expected.NUMBER) for number in numbers(plain)]
    found += [in_digits(token) for token in TOKEN.findall(plain) if not token[0].isdigit()]
    value = _only([amount for amount in found if amount is not None])
    unit = _UNIT.search(plain)
    if value is None or unit is None:
        return value
    return f"{value} {' '.join(part.casefold() for part in unit.groups() if part)}"
