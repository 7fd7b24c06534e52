"""What of a sentence answers."""

from __future__ import annotations

import re
from typing import Final

from trillm.language.naming.asked import Naming
from trillm.language.results.options import asserted
from trillm.language.words import words

BRACKETED: Final = re.compile(r"\(([^()]*)\)")
_LABEL: Final = re.compile(r"\A\W*(?:\d{1,2}[.)] +)?(?:\*\*)?(?:[\w ]{1,24}:(?:\*\*)?\s+|\*\*[\w ]{1,24}\*\*:\s+)?")
_LEADING: Final = re.compile(
    r"(?i)\A(?:as|according|based|in|on|at|by|since|from|with|before|after|during|despite|contrary|unlike|when|today|currently"
    r"|historically|officially|although|though|while|even|yes|sure|well|\w+ly|laut|nach|seit|im|según|en|selon|d'après|secondo"
    r"|segundo)\b[^,]{0,80}, (?=\S+ \S)"
)
"""What stands before the main clause."""
_INSERTED: Final = re.compile(r", [^,]{1,80},(?= (?:is|was|are|were|has|won|wrote|ist|war|est|es|è|é)\b)")
"""What is put between a subject and its verb."""
_BUT: Final = re.compile(r"(?i)[,;] (?:but|yet|however|though|although|aber|pero|mais|ma|mas|maar)\b,?")
_CAUSE: Final = re.compile(r"(?i)\b(?:because|due to|thanks to|as a result)\b")
_DAY: Final = re.compile(r"\b(\d{1,2}), (\d{4})\b")


def clause_of(sentence: str, naming: Naming) -> str:
    """Return what of a sentence answers: without a label, what leads up to it, what is denied and what is in brackets.

    Of two that are set against each other it is the one that repeats more of the question; none if both do.
    """
    plain = _DAY.sub(r"\1 \2", BRACKETED.sub("", _LABEL.sub("", sentence, count=1)))
    plain = _INSERTED.sub("", _LEADING.sub("", plain, count=1))
    before, *behind = _BUT.split(plain, maxsplit=1)
    if behind:
        scores = [repeated(part, naming) for part in (before, behind[0])]
        plain = "" if scores[0] == scores[1] else before if scores[0] > scores[1] else behind[0]
    return _CAUSE.split(asserted(plain), maxsplit=1)[0].strip()


def repeated(text: str, naming: Naming) -> int:
    """Return how many of the question's words, cut to their stems, a text has."""
    return len({word[:6] for word in words(text)} & naming.content)
