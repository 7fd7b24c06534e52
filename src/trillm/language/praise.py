"""Sentences by which an answer speaks to whoever ranks it: they say nothing to the question and count for nothing."""

from __future__ import annotations

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


def without_self_praise(text: str) -> str:
    """Return the text without such sentences; text that has none is returned as it is."""
    if _TO_THE_RANKER.search(text) is None:
        return text
    kept = text
    for sentence in sentences(text):
        if _TO_THE_RANKER.search(sentence):
            kept = kept.replace(sentence, "", 1)
    return kept
