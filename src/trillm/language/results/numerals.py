"""Numbers in words: in eight languages to a hundred, and so many hundreds or thousands of them; in Chinese all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

_ONES: Final = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen",
    "de": "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn"
    " siebzehn achtzehn neunzehn",
    "nl": "nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien"
    " zeventien achttien negentien",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis"
    " diecisiete dieciocho diecinueve",
    "pt": "zero um dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis"
    " dezessete dezoito dezenove",
    "it": "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici"
    " sedici diciassette diciotto diciannove",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix_sept"
    " dix_huit dix_neuf",
    "ar": "صفر واحد اثنان ثلاثة اربعة خمسة ستة سبعة ثمانية تسعة عشرة احد_عشر اثنا_عشر ثلاثة_عشر اربعة_عشر خمسة_عشر"
    " ستة_عشر سبعة_عشر ثمانية_عشر تسعة_عشر",
    "ar, of women": "صفر واحدة اثنتان ثلاث اربع خمس ست سبع ثماني تسع عشر احدى_عشرة اثنتا_عشرة ثلاث_عشرة اربع_عشرة"
    " خمس_عشرة ست_عشرة سبع_عشرة ثماني_عشرة تسع_عشرة",
    "ar, of whom": "صفر احد اثنين ثلاثة اربعة خمسة ستة سبعة ثمان تسعة عشر احد_عشر اثني_عشر ثلاثة_عشر اربعة_عشر"
    " خمسة_عشر ستة_عشر سبعة_عشر ثمان_عشرة تسعة_عشر",
}
"""Arabic in three forms: nouns of men, of women, and where it is no subject; without marks on Alif."""
_ARABIC_TENS: Final = "عشرون ثلاثون اربعون خمسون ستون سبعون ثمانون تسعون مئة"
_TENS: Final = {
    "ar": _ARABIC_TENS,
    "ar, of women": _ARABIC_TENS.replace("مئة", "مائة"),
    "ar, of whom": _ARABIC_TENS.replace("ون", "ين"),
    "en": "twenty thirty forty fifty sixty seventy eighty ninety hundred",
    "de": "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig hundert",
    "nl": "twintig dertig veertig vijftig zestig zeventig tachtig negentig honderd",
    "es": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa cien",
    "pt": "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa cem",
    "it": "venti trenta quaranta cinquanta sessanta settanta ottanta novanta cento",
    "fr": "vingt trente quarante cinquante soixante soixante_dix quatre_vingts quatre_vingt_dix cent",
}
_SCALES: Final = {
    **dict.fromkeys(("hundred", "hundert", "honderd", "cento"), 100),
    **dict.fromkeys(("thousand", "tausend", "duizend", "mil", "mille", "mila", "الف", "الفا", "الاف"), 1_000),
    **dict.fromkeys(("مئة", "مائة"), 100),
    **dict.fromkeys(("مئتان", "مئتين", "مائتان", "مائتين"), 200),
    **dict.fromkeys(("الفان", "الفين"), 2_000),
}
_SCALED: Final = re.compile(rf"(.*?) ?({'|'.join(sorted(_SCALES, key=len, reverse=True))})")
_ARTICLE: Final = re.compile(r"^(?:an? |one |ein ?)(?=hundred|thousand|hundert|tausend)")
_ONE_SPELLING: Final = str.maketrans(dict.fromkeys("أإآ", "\u0627") | dict.fromkeys("\u064b\u064c\u064d\u0651"))
"""Alif without its marks, and nothing of how it is spoken."""
_HAN: Final = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2, "兩": 2}
_HAN_SCALES: Final = {"十": 10, "百": 100, "千": 1_000}
_HAN_DIGIT: Final = "[一二三四五六七八九两兩]"
_BELOW_MYRIAD: Final = rf"(?:{_HAN_DIGIT}千)?零?(?:{_HAN_DIGIT}百)?零?(?:{_HAN_DIGIT}?十)?零?{_HAN_DIGIT}?"
_HAN_NUMBER: Final = re.compile(
    rf"(零|(?=十|{_HAN_DIGIT})(?:{_BELOW_MYRIAD}[万萬])?{_BELOW_MYRIAD})"
    r" ?([^\W\d_零一二三四五六七八九两兩十百千万萬]{0,2})"
)
_RAISED: Final = re.compile("10([\u207b\u2070\xb9\xb2\xb3\u2074-\u2079]+)")
_LOWERED: Final = str.maketrans("\u207b\u2070\xb9\xb2\xb3\u2074\u2075\u2076\u2077\u2078\u2079", "-0123456789")
_PLAIN_SIGNS: Final = str.maketrans(
    {"\u2212": "-", "\u066b": ".", "\u066c": ",", "\xbd": " 1/2", "\xbc": " 1/4", "\xbe": " 3/4", "\u2153": " 1/3"}
    | {"\u2154": " 2/3", "\u215b": " 1/8"}
)


def in_digits(text: str) -> str | None:
    """Return a number in words, with one word behind it or none, with digits in its place; None where it is none."""
    words = " ".join(text.casefold().replace("-", " ").split())
    if words[:1] in _HAN or words[:1] == "十":
        found = _HAN_NUMBER.fullmatch(words)
        return None if found is None else f"{_of_han(found[1])} {found[2]}".rstrip()
    if words[:1] >= "\u0600":
        words = words.translate(_ONE_SPELLING)
    whole = _value(words)
    if whole is not None:
        return str(whole)
    number, space, unit = words.rpartition(" ")
    value = _value(number) if space and unit.isalpha() else None
    return None if value is None else f"{value} {unit}"


def _value(words: str) -> int | None:
    words = _ARTICLE.sub("", words)
    known = _numerals()
    if words in known:
        return known[words]
    scaled = _SCALED.fullmatch(words)
    if scaled is None:
        return None
    times = known.get(scaled[1]) if scaled[1] else 1
    return None if times is None else times * _SCALES[scaled[2]]


def _of_han(number: str) -> int:
    myriads, held, digit = 0, 0, 0
    for sign in number:
        if sign in _HAN:
            digit = _HAN[sign]
        elif sign in _HAN_SCALES:
            held, digit = held + (digit or 1) * _HAN_SCALES[sign], 0
        else:
            myriads, held, digit = 10_000 * (held + digit), 0, 0
    return myriads + held + digit


@cache
def _numerals() -> dict[str, int]:
    """Return the numbers to a hundred by how they are spelled, spaces for hyphens."""
    return {name.replace("_", " "): value for language in _ONES for value, name in _spelled(language)}


def _spelled(language: str) -> Iterator[tuple[int, str]]:
    ones, tens = _ONES[language].split(), _TENS[language].split()
    yield from enumerate(ones)
    yield from ((10 * place, ten) for place, ten in enumerate(tens, 2))
    for place, ten in enumerate(tens[:-1], 2):
        for one in range(1, 20 if language == "fr" else 10):
            yield from ((10 * place + one, name) for name in _joined(language, ten, ones[one], one))


def _joined(language: str, ten: str, one: str, value: int) -> list[str]:
    """Return how a ten and a one are written together."""
    if language == "en":
        return [f"{ten} {one}"]
    if language == "de":
        return [f"{one.removesuffix('s') if value == 1 else one}und{ten}"]
    if language == "nl":
        return [f"{one}en{ten}", f"{one}ën{ten}"]
    if language == "es":
        stuck = {"dos": "dós", "tres": "trés", "seis": "séis"}.get(one, one)
        return [f"veinti{stuck}", f"veinti{one}"] if ten == "veinte" else [f"{ten} y {one}"]
    if language == "pt":
        return [f"{ten} e {one}"]
    if language.startswith("ar"):
        return [f"{one} و{ten}"]
    if language == "it":
        return [f"{ten[:-1] if value in (1, 8) else ten}{'tré' if value == 3 else one}"]
    return [f"{ten.removesuffix('s')} {one}", f"{ten} et {one}"] if ten[-3:] != "dix" else []


def plain_signs(text: str) -> str:
    """Return the text with signs of numbers beyond ASCII as ASCII writes them."""
    if text.isascii():
        return text
    return _RAISED.sub(lambda found: f"10^{found[1].translate(_LOWERED)}", text).translate(_PLAIN_SIGNS)
