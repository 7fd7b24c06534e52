"""What a formula in numbers alone comes to: exact, unless a root or a broken power is in it."""

from __future__ import annotations

import ast
import re
from fractions import Fraction
from math import sqrt
from typing import Final

Number = Fraction | float


class NoSum(ValueError):
    """The formula holds what is not worked out here."""


_MOST: Final = 1e30
_MOST_BASE: Final = 1e6
_MOST_POWER: Final = 64
_MOST_BITS: Final = 2_000
"""Of numerator and denominator: a number near 1 can have billions of them."""
_ROOT_OF: Final = re.compile(r"√ *(\d+(?:\.\d+)?)")
_AMBIGUOUS: Final = re.compile(r"/ *[\d.]+ *[/(]|\d *\(\(\d+\)/\(\d+\)\)|\d√\d|√\d+[-+^]")
"""Who writes "7.5 / 1/2" mostly means a half, a fraction at once behind a number may be added or multiplied, and
"√16+9" and "6/2(1+2)" have two readings."""
_NUMBER: Final = re.compile(r"(?:0|[1-9]\d*)(?:\.\d+)?")
_PRODUCT: Final = re.compile(r"(?<=[\d)]) *(?=[(√])")


def value_of(text: str) -> Number | None:
    """Return what digits, + - * / ^ √ and brackets come to; None where that is no formula, or too large a one."""
    if _NUMBER.fullmatch(text):
        return Fraction(text)
    if _AMBIGUOUS.search(text):
        return None
    written = _PRODUCT.sub("*", _ROOT_OF.sub(r"√(\1)", text)).replace("√", "sqrt").replace("^", "**")
    try:
        return _worked_out(ast.parse(written, mode="eval").body)
    except (NoSum, SyntaxError, ValueError, ArithmeticError, MemoryError, RecursionError):
        return None


def _worked_out(node: ast.expr) -> Number:
    """Return the value of a formula, exact while no root is in it. Raises NoSum or ArithmeticError."""
    match node:
        case ast.Constant(value=int() | float() as value):
            found: Number = Fraction(str(value))
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
            found = _worked_out(operand) * (-1 if isinstance(sign, ast.USub) else 1)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            found = _power(_worked_out(left), _worked_out(right))
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            found = _worked_out(left) + _worked_out(right)
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            found = _worked_out(left) - _worked_out(right)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            found = _worked_out(left) * _worked_out(right)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            found = _worked_out(left) / _worked_out(right)
        case ast.Call(func=ast.Name(id="sqrt"), args=[operand]):
            found = sqrt(_worked_out(operand))
        case _:
            raise NoSum
    if abs(found) > _MOST or 0 < abs(found) < 1 / _MOST or (isinstance(found, Fraction) and _bits(found) > _MOST_BITS):
        raise NoSum
    return found


def _power(base: Number, power: Number) -> Number:
    if abs(power) > _MOST_POWER or abs(base) > _MOST_BASE:
        raise NoSum
    if isinstance(base, Fraction) and _bits(base) * abs(power) > _MOST_BITS:
        raise NoSum
    if power == int(power):
        return base ** int(power)
    if base < 0:
        raise NoSum
    return float(base) ** float(power)


def _bits(number: Fraction) -> int:
    return max(number.numerator.bit_length(), number.denominator.bit_length())
