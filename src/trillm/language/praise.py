"""Sentences by which an answer speaks to whoever ranks it: they say nothing to the question and count for nothing."""

from __future__ import annotations

import re
from typing import Final

from trillm.language.final_answer import marks_result
from trillm.language.linear import linear
from trillm.language.words import sentences

_TO_THE_RANKER = linear(
    r"(?i)\b(?:(?:choose|pick|select|prefer|rank|rate|score|vote for) (?:me|this (?:answer|response|one|reply"
    r"|output)|my (?:answer|response|reply))\b"
    r"|(?:i am|i'm|this is|mine is|my (?:answer|response) is) (?:clearly |by far |simply "
    r"|obviously )?the (?:very )?(?:best|most (?:accurate|complete|helpful|correct))(?:,| (?:answer|response"
    r"|model|ai|one|of all)|[.!]|$)"
    r"|(?:ignore|disregard|forget) (?:all |any |the )*(?:previous|prior|above|other|earlier) (?:instructions?"
    r"|prompts?|answers?|responses?|rules?)"
    r"|(?:other|remaining) (?:answers?|responses?|models?|candidates?) (?:are|is) (?:all )?(?:wrong|worse|bad"
    r"|incorrect|inferior)"
    r"|(?:give|award|assign) (?:me|this (?:answer|response)|it) (?:the )?(?:highest|best|full|top|maximum"
    r"|a perfect|100|10)"
    r"|(?:note|message|attention|instructions?|dear)[ ,:]*(?:to |for )?(?:the )?(?:ranker|judge|grader"
    r"|evaluator|scorer|ranking system)"
    r"|wähle mich|elígeme|choisis(?:sez)?[- ]moi|scegli me|escolha[- ]me|kies mij)",
)


_CLAUSE_END: Final = re.compile(r"(?<=[,;:\u2014])\s+|\s+(?=(?:since|because|as|so|and|while|whereas|but)\b)")


def clauses(sentence: str) -> list[str]:
    """Return the clauses of a sentence, told by marks and a few conjunctions."""
    return _CLAUSE_END.split(sentence)


def without_self_praise(text: str) -> str:
    """Return the text without such sentences; text that has none is returned as it is.

    Of a sentence that marks a final answer only the clauses that say so go.
    """
    if _TO_THE_RANKER.search(text) is None:
        return text
    kept = text
    for sentence in sentences(text):
        if _TO_THE_RANKER.search(sentence):
            kept = kept.replace(sentence, _rest(sentence) if marks_result(sentence) else "", 1)
    return kept


def _rest(sentence: str) -> str:
    parts = clauses(sentence)
    left = [part for part in parts if _TO_THE_RANKER.search(part) is None]
    return f"{' '.join(left).rstrip(' ,;:.')}." if left and len(left) < len(parts) else ""
