"""Scale words, and units of time, length and mass, in eight languages."""

from __future__ import annotations

from fractions import Fraction
from typing import Final, NamedTuple


class Unit(NamedTuple):
    """A unit of measure: the plural by which it is written, what it measures, and how many base units it is."""

    name: str
    measures: str
    factor: Fraction


_NAMES: Final[dict[str, dict[str, tuple[str, str]]]] = {
    "time": {
        "seconds": (
            "1",
            "s sec secs second sekunde sekunden segundo segundos seconde secondes secondi secondo seconden",
        ),
        "minutes": ("60", "min mins minute minuten minuto minutos minuti"),
        "hours": ("3600", "h hr hrs hour stunde stunden hora horas heure heures ora ore uur uren"),
        "days": ("86400", "day tag tage tagen día días dia dias jour jours giorno giorni dag dagen"),
        "weeks": ("604800", "week woche wochen semana semanas semaine semaines settimana settimane weken"),
    },
    "calendar": {
        "months": ("1", "month monat monate monaten mes meses mois mese mesi mês maand maanden"),
        "years": ("12", "yr yrs year jahr jahre jahren año años ans année années anno anni ano anos jaar jaren"),
        "decades": ("120", "decade"),
        "centuries": ("1200", "century"),
    },
    "length": {
        "mm": ("1/1000", "millimeter millimeters millimetre millimetres"),
        "cm": ("1/100", "centimeter centimeters centimetre centimetres zentimeter"),
        "meters": ("1", "m meter metre metres metro metros mètre mètres metri"),
        "km": ("1000", "kilometer kilometers kilometre kilometres kilómetros kilomètres chilometri quilômetros"),
        "inches": ("0.0254", "in inch"),
        "feet": ("0.3048", "ft foot"),
        "yards": ("0.9144", "yd yds yard"),
        "miles": ("1609.344", "mi mile meile meilen millas milles miglia milhas mijl"),
    },
    "mass": {
        "mg": ("1/1000", "milligram milligrams"),
        "grams": ("1", "g gr gram gramm gramos grammes grammi gramas"),
        "kg": ("1000", "kilo kilos kilogram kilograms kilogramm kilogramme kilogrammes kilogramos"),
        "ounces": ("28.349523125", "oz ounce"),
        "pounds": ("453.59237", "lb lbs pound"),
        "tonnes": ("1000000", "tonne"),
    },
}
UNITS: Final = {
    spelling: Unit(name, measures, Fraction(factor))
    for measures, names in _NAMES.items()
    for name, (factor, spellings) in names.items()
    for spelling in (name, *spellings.split())
}
"""By every spelling, in lower case."""

SCALES: Final = {
    spelling: scale
    for scale, spellings in {
        12: "dozen",
        100: "hundred",
        1_000: "thousand tausend tsd mil mille mila duizend",
        10_000: "万 萬",
        1_000_000: "million millions millionen mio millón millones milioni milione milhão milhões miljoen mn",
        100_000_000: "亿 億",
        1_000_000_000: "billion billions bn milliarde milliarden mrd milliard milliards miliardo miliardi miljard",
        1_000_000_000_000: "trillion trillions billionen billones bilioni",
    }.items()
    for spelling in spellings.split()
}
"""What a number is multiplied by, by every spelling, in lower case."""
