"""A curve for each source as SVG: what is saved against the quality that is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

_WIDE, _HIGH, _EDGE, _NAMES = 420, 300, 50, 290
_COLOURS = ("#1f6feb", "#bf5b04", "#1a7f37", "#8250df", "#cf222e", "#57606a", "#9a6700")
_DASHES = ("none", "6 3", "2 3")


def trade_off(curves: Mapping[str, Sequence[tuple[float, float]]], saved: str, most_lost: float) -> str:
    """Return the drawing: shares saved (0 to 1) to the right, points lost upwards, a dot for each setting."""
    whole = _WIDE + 2 * _EDGE + _NAMES, _HIGH + 2 * _EDGE
    middle = f"{_y(0, most_lost):.1f}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole[0]} {whole[1]}" font-family="sans-serif"',
        ' font-size="12">',
        f'<rect width="{whole[0]}" height="{whole[1]}" fill="#ffffff"/>',
        f'<rect x="{_EDGE}" y="{_EDGE}" width="{_WIDE}" height="{_HIGH}" fill="none" stroke="#888888"/>',
        f'<line x1="{_EDGE}" x2="{_EDGE + _WIDE}" y1="{middle}" y2="{middle}"',
        ' stroke="#888888" stroke-dasharray="4 4"/>',
        f'<text x="{_EDGE + _WIDE / 2}" y="{whole[1] - 10}" text-anchor="middle">{escape(saved)}</text>',
        f'<text text-anchor="middle" transform="translate(14 {whole[1] / 2}) rotate(-90)">points lost</text>',
    ]
    for tick in range(5):
        lost = most_lost * (2 * tick - 4) / 4
        parts.append(f'<text x="{_x(tick / 4):.0f}" y="{_EDGE + _HIGH + 18}" text-anchor="middle">{25 * tick} %</text>')
        parts.append(f'<text x="{_EDGE - 8}" y="{_y(lost, most_lost) + 4:.0f}" text-anchor="end">{100 * lost:g}</text>')
    for place, (name, points) in enumerate(curves.items()):
        parts += _curve(place, name, [(_x(x), _y(y, most_lost)) for x, y in points])
    return "\n".join([*parts, "</svg>", ""])


def _curve(place: int, name: str, points: Sequence[tuple[float, float]]) -> list[str]:
    colour, dash = _COLOURS[place % len(_COLOURS)], _DASHES[place // len(_COLOURS) % len(_DASHES)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    left, low = _EDGE + _WIDE + 20, _EDGE + 12 + 20 * place
    return [
        f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-dasharray="{dash}"/>',
        *(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{colour}"/>' for x, y in points),
        f'<line x1="{left}" x2="{left + 24}" y1="{low - 4}" y2="{low - 4}" stroke="{colour}"',
        f' stroke-dasharray="{dash}"/>',
        f'<text x="{left + 30}" y="{low}">{escape(name)}</text>',
    ]


def _x(share: float) -> float:
    return _EDGE + _WIDE * min(1.0, max(0.0, share))


def _y(lost: float, most: float) -> float:
    return _EDGE + _HIGH * (0.5 - 0.5 * min(1.0, max(-1.0, lost / most)))
