"""A day as a date in one spelling, however it was written, in seven languages. 3/4/2024 is two days, so it is none."""

from __future__ import annotations

import re
from typing import Final

_MONTHS: Final = {
    name: number
    for names in (
        "january february march april may june july august september october november december",
        "jan feb mar apr may jun jul aug sep oct nov dec",
        "januar februar märz april mai juni juli august september oktober november dezember",
        "januari februari maart april mei juni juli augustus september oktober november december",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    )
    for number, name in enumerate(names.split(), 1)
}
_MONTH: Final = rf"({'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?"
_DAY: Final = r"(\d{1,2})(?:st|nd|rd|th|er|e|º|°|\.)?"
_OF: Final = r"(?: of| de| del)?,?"
_WEEKDAY: Final = r"(?:(?:on |am |el |le |op )?[^\W\d_]{3,12}(?:-feira)?,? )?(?:the |le |el |den )?"
_FORMS: Final = (
    re.compile(rf"{_WEEKDAY}(?P<d>{_DAY}){_OF} (?P<m>{_MONTH})(?:{_OF} (?P<y>\d{{4}}))?"),
    re.compile(rf"{_WEEKDAY}(?P<m>{_MONTH}) (?P<d>{_DAY})(?:,? (?P<y>\d{{4}}))?"),
    re.compile(r"(?P<y>\d{4})([-/.])(?P<m>\d{1,2})\2(?P<d>\d{1,2})"),
    re.compile(r"(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})日"),
)
_DIGITS: Final = re.compile(r"\d+")


def day(text: str) -> str | None:
    """Return the day that is all of the text, as "2024-03-03", without a year "03-03"; None where it is none."""
    plain = " ".join(text.casefold().split())
    for form in _FORMS:
        found = form.fullmatch(plain)
        if found is not None:
            return _written(found["y"], found["m"], found["d"])
    return None


def _written(year: str | None, month: str, said: str) -> str | None:
    numbers = _DIGITS.findall(month)
    number = int(numbers[0]) if numbers else _MONTHS[month.rstrip(".")]
    date = int(_DIGITS.findall(said)[0])
    if not (1 <= number <= 12 and 1 <= date <= 31):
        return None
    return f"{year}-{number:02}-{date:02}" if year else f"{number:02}-{date:02}"


_WITHIN: Final = (
    re.compile(rf"\b(?P<d>{_DAY}){_OF} (?P<m>{_MONTH})\b(?:{_OF} (?P<y>\d{{4}}))?"),
    re.compile(rf"\b(?P<m>{_MONTH}) (?P<d>{_DAY})\b(?:,? (?P<y>\d{{4}}))?"),
    *_FORMS[2:],
)
_MONTH_OF: Final = re.compile(rf"\b{_MONTH}{_OF} (\d{{4}})\b")
_ERA: Final = r" ?(bce?|ad|ce|v\. ?chr|a\. ?c|av\. ?j|n\. ?chr)\b"
_CENTURY: Final = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)[- ](centur)(?:y|ies)\b(?:{_ERA})?")
_YEAR: Final = re.compile(rf"\b(\d{{3,4}})(s?)\b(?:{_ERA})?|\b(\d{{1,2}}){_ERA}")
_OURS: Final = ("ad", "ce", "n")
"""How an era begins that is ours."""


def dates_in(text: str) -> list[str]:
    """Return the days, months ("1776-07"), years ("44 bc"), decades ("1970s") and centuries that a text tells."""
    plain = " ".join(text.casefold().split())
    found: list[str] = []
    for form in _WITHIN:
        found += [date for told in form.finditer(plain) if (date := _written(told["y"], told["m"], told["d"]))]
        plain = form.sub(" ", plain)
    for month, year in _MONTH_OF.findall(plain):
        found.append(f"{year}-{_MONTHS[month.rstrip('.')]:02}")
    plain = _MONTH_OF.sub(" ", plain)
    for number, _, era in _CENTURY.findall(plain):
        found.append(f"{number}th century{_of_era(era)}")
    for year, decade, era, early, its_era in _YEAR.findall(_CENTURY.sub(" ", plain)):
        found.append(f"{year or early}{decade}{_of_era(era or its_era)}")
    return found


def _of_era(said: str) -> str:
    return " bc" if said and not said.startswith(_OURS) else ""
