"""Diagrams as SVG: how often the pick is right where it is this sure, and what it gains by labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from xml.sax.saxutils import escape

from evals.figures import Pick, reliability

_SIDE = 320
_EDGE = 50
_COLOURS = ("#1f6feb", "#bf5b04", "#1a7f37")
_LARGEST = 12.0


def reliability_diagram(curves: Mapping[str, Sequence[Pick]]) -> str:
    """Return the diagram: a dot for each tenth of confidence, as large as it has picks; the diagonal is honest."""
    parts = [_frame()]
    for place, (name, picks) in enumerate(curves.items()):
        if not picks:
            continue
        colour = _COLOURS[place % len(_COLOURS)]
        found = reliability(picks)
        most = max(n for _, _, n in found)
        points = " ".join(f"{_x(sure):.1f},{_y(right):.1f}" for sure, right, _ in found)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}"/>')
        parts += [
            f'<circle cx="{_x(sure):.1f}" cy="{_y(right):.1f}" r="{max(2.0, _LARGEST * sqrt(n / most)):.1f}" '
            f'fill="{colour}" fill-opacity="0.5"><title>{escape(name)}: {n} picks</title></circle>'
            for sure, right, n in found
        ]
        parts.append(f'<text x="{_EDGE + 10}" y="{_EDGE + 18 + 18 * place}" fill="{colour}">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>", ""])


def learning_diagram(counts: Sequence[int], curves: Mapping[str, Sequence[float]]) -> str:
    """Return the diagram of learning curves: points gained after so many labels."""
    across = [place / (len(counts) - 1) for place in range(len(counts))]
    most = max(0.01, *(max(gains) for gains in curves.values()))
    least = min(0.0, *(min(gains) for gains in curves.values()))
    up = {name: [(gain - least) / (most - least) for gain in gains] for name, gains in curves.items()}
    zero = _y(-least / (most - least))
    whole = _SIDE + 2 * _EDGE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole + 170} {whole}"',
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{whole + 170}" height="{whole}" fill="#ffffff"/>',
        f'<line x1="{_EDGE}" y1="{zero:.1f}" x2="{_EDGE + _SIDE}" y2="{zero:.1f}" stroke="#888888"/>',
        f'<text x="{whole / 2:.0f}" y="{whole - 10}" text-anchor="middle">labels that name the better answer</text>',
        f'<text x="{_EDGE - 8}" y="{zero + 4:.0f}" text-anchor="end">0</text>',
        f'<text x="{_EDGE - 8}" y="{_y(1) + 4:.0f}" text-anchor="end">+{100 * most:.1f}</text>',
        *(
            f'<text x="{_x(x):.0f}" y="{_y(0) + 18:.0f}" text-anchor="middle">{count}</text>'
            for x, count in zip(across, counts, strict=True)
        ),
    ]
    for place, (name, heights) in enumerate(sorted(up.items(), key=lambda one: -one[1][-1])):
        colour = f"hsl({360 * place // len(up)} 65% 38%)"
        points = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in zip(across, heights, strict=True))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="{_x(1) + 10:.0f}" y="{_EDGE + 18 + 18 * place}" fill="{colour}">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _frame() -> str:
    whole = _SIDE + 2 * _EDGE
    ticks = [
        f'<text x="{_x(t / 4):.0f}" y="{_y(0) + 18:.0f}" text-anchor="middle">{t / 4:g}</text>'
        f'<text x="{_x(0) - 8:.0f}" y="{_y(t / 4) + 4:.0f}" text-anchor="end">{t / 4:g}</text>'
        for t in range(5)
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {whole}"',
            ' font-family="sans-serif" font-size="12">',
            f'<rect width="{whole}" height="{whole}" fill="#ffffff"/>',
            f'<rect x="{_EDGE}" y="{_EDGE}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#888888"/>',
            f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" stroke="#888888" stroke-dasharray="4 4"/>',
            *ticks,
            f'<text x="{whole / 2}" y="{whole - 10}" text-anchor="middle">confidence of the pick</text>',
            f'<text text-anchor="middle" transform="translate(14 {whole / 2}) rotate(-90)">came true</text>',
        ]
    )


def _x(share: float) -> float:
    return _EDGE + share * _SIDE


def _y(share: float) -> float:
    return _EDGE + (1 - share) * _SIDE
