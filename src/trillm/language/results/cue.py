"""The phrases by which a text marks its final answer, in ten languages, and where what they mark ends."""

from __future__ import annotations

import re
from typing import Final

from trillm.language.linear import linear

_AT_START: Final = (
    r"(?:^|\n)[\s*#]*(?:answer|antwort|lösung|ergebnis|respuesta|resultado|solución|réponse|résultat|risposta|risultato"
    r"|resposta|antwoord)[\s*]*[:=\x{FF1A}]"
)
_GERMANIC: Final = (
    r"die (?:(?:richtige|korrekte|endgültige) )?(?:antwort|lösung|option) (?:ist|lautet)"
    r"|das (?:(?:richtige|endgültige) )?ergebnis (?:ist|lautet|beträgt)|endergebnis|endgültige antwort"
    r"|het (?:(?:juiste|goede) )?(?:antwoord|resultaat) is|de (?:juiste )?(?:optie|oplossing) is|eindantwoord"
)
_ROMANCE: Final = (
    r"la (?:respuesta|solución|opción)(?: (?:correcta|final))? es|el resultado(?: final)? es|respuesta final"
    r"|la (?:bonne )?(?:réponse|solution|option)(?: (?:correcte|exacte|finale))? est|le résultat(?: final)? est"
    r"|réponse finale"
    r"|la (?:risposta|soluzione|opzione)(?: (?:corretta|giusta|finale))? è|il risultato(?: finale)? è|risposta finale"
    r"|a (?:resposta|solução|opção|alternativa)(?: (?:correta|certa|final))? é|o resultado(?: final)? é|resposta final"
)
_UNSPACED: Final = (
    r"(?:答案|结果|結果)(?:应该|應該)?[*_]*(?:是|为|為|[:\x{FF1A}])|(?:最终|最終|最后)(?:的)?答案"
    r"|(?:答え|解答|正解|回答)[*_]*(?:は|[:\x{FF1A}])"
)
_ARABIC: Final = (
    r"(?:الإجابة|الاجابة|الجواب|النتيجة|الناتج|الحل)(?: (?:الصحيحة|الصحيح|النهائية|النهائي))*[*_]* ?(?:هي|هو|[:=])"
)
_CUE: Final = linear(
    r"(?i)(?:final answer|the (?:(?:correct|right|best|final) )?(?:answer|result|option|choice) (?:is|would be)"
    r"|[\"']answer[\"']\s*[:=]|(?:^|\n)[ \t]*####|"
    rf"{_AT_START}|{_GERMANIC}|{_ROMANCE}|{_UNSPACED}|{_ARABIC})"
    r"[*_`\s]*(?:(?:(?:is|ist|es|est|è|é)\b|是|为|為|は|هي|هو|[:=\x{FF1A}])[*_`]*)?\s*",
)
"""All that stands before a marked answer. Without groups: to find the end alone takes a fraction of the time."""
_NOTHING: Final = " \t\r*_`$.,:;=!。\uff0c\uff1a\uff1b\uff01"
_SENTENCE_ENDS: Final = re.compile(
    r"(?:(?<=\w{4})|(?<=[\d)\]}%$*]))[.!?][*_]* +(?=[^\W\d])"
    r"(?!(?:Jan|Feb|März|April|Mai|Ju[nl]i|Aug|Sept|Okt|Nov|Dez)\w*\b)|[。\uff01\uff1f؟]|(?<=[\w*])[\uff0c\uff1b،](?=\D)"
)
"""A full stop behind a word of four letters or a number: one behind fewer may be of an abbreviation, and one before a
month is of a day in German."""
_RESULT: Final = re.compile(
    r"\(?[A-J]\b\W*$|(?:\w = )?[-+~$€£¥\\(\[{]{0,4}\d[\d,/:]*(?:\.\d+)*(?: ?[^\W\d_]+)?\W*$", re.MULTILINE
)
"""What a line holds that is all a result: behind four marks of number, where a heading may stand as well."""
_COPULA: Final = re.compile(r"[\s*_`]*(?:です|である|となります|になります|だ)[\s*_`]*$")


def ends_of_cues(text: str) -> list[int]:
    """Return where the cues end, in order."""
    return [end for start, end in (match.span() for match in _CUE.finditer(text)) if not _heads(text, start, end)]


def is_cued(text: str) -> bool:
    """Whether a cue is in the text."""
    return bool(ends_of_cues(text))


def _heads(text: str, start: int, end: int) -> bool:
    """Whether the cue only marks a heading ("#### Step 2: Compare")."""
    return "####" in text[start:end] and _RESULT.match(text, end) is None


def says_nothing(line: str) -> bool:
    """Whether nothing but marks stands behind a cue."""
    return not line.strip(_NOTHING)


def first_sentence(line: str) -> str:
    """Return what stands behind a cue up to where a further sentence or clause begins, without the verb of Japanese."""
    ended = _SENTENCE_ENDS.search(line)
    said = line if ended is None else line[: ended.start()]
    return _COPULA.sub("", said) if said.strip(_NOTHING) else line
