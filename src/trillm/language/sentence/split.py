"""Splits an answer into the sentences and list items of its prose, each with its place in the text.

Left out are code, headings, tables, rules, questions, and what only leads in or offers help. Linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

READ: Final = 24_000
"""Characters of an answer that are looked at."""
_MOST_PIECES: Final = 200
_WRAPPED: Final = 60
"""A line at least so long may go on in the next one."""
_FENCE: Final = re.compile(r" {0,12}(`{3,}|~{3,})")
_FURNITURE: Final = re.compile(r"\s*(?:#{1,6}\s|\||[-*_=]{3,}\s*$|\[[^\]\n]{1,80}\]:\s|\\?[\[\]]\s*$|\$\$\s*$)")
_MARKER: Final = re.compile(r"\s*(?:>\s?){0,6}\s*(?:[-*+•\u2013]\s+|\(?\d{1,3}[.)]\s+)?(?:\[[ xX]\]\s+)?")
_END: Final = re.compile(
    '[.!?\u061f]["\')\\]*_\u201d\u2019\u00bb]{0,4}(?=\\s)|[。\uff01\uff1f]["\u201d\u2019」』\uff09]{0,2}'
)
_ABBREVIATED: Final = re.compile(
    r"(?:^|[\s(])(?:(?-i:[A-Z])|e\.g|i\.e|etc|vs|cf|approx|ca|no|nr|dr|mr|mrs|ms|prof|st|fig|jr|inc"
    r"|z\. ?b|p\. ?ej|bzw|u\.s|a\.m|p\.m)$",
    re.IGNORECASE,
)
_LEAD: Final = re.compile(r"[*_]{0,3}(?:\S+ ){2,9}\S+[*_]{0,3}:[*_]{0,3}\s")
_TALK: Final = re.compile(
    r"(?:of course|sure|certainly|absolutely|great question|i hope|i'd be|i would be|i'm happy|let me know|feel free"
    r"|here (?:is|are)|here's|let's|let us|in (?:summary|conclusion),?$|if you (?:have|need|want|would like) "
    r"(?:any|more|further)|gerne|natürlich|hier (?:ist|sind)|claro|bien sûr|voici|por supuesto|aquí (?:está|tienes))\b",
    re.IGNORECASE,
)
_EDGE: Final = " \t\r\n*_"


class Piece(NamedTuple):
    """A stretch of a text, in characters."""

    start: int
    end: int


def pieces(text: str) -> list[Piece]:
    """Return the sentences and list items of the prose, some two hundred at most."""
    found: list[Piece] = []
    for block in _blocks(text[:READ]):
        for piece in _sentences(text, block):
            said = text[piece.start : piece.end]
            if said and not said.endswith(("?", "？", "؟", ":", "：")) and not _TALK.match(said):  # noqa: RUF001
                found.append(piece)
        if len(found) >= _MOST_PIECES:
            break
    return found[:_MOST_PIECES]


def _blocks(text: str) -> Iterator[Piece]:
    """Yield paragraphs and list items; lines that only wrap stay together."""
    fence, start, end, place = "", -1, -1, 0
    for line in text.split("\n"):
        begun, place = place, place + len(line) + 1
        mark = _FENCE.match(line)
        if fence or mark:
            # a fence closes with its own mark, else it runs to the end
            closes = mark is not None and mark[1].startswith(fence) and fence != ""
            fence = "" if closes else fence or (mark[1] if mark else "")
            content = -1
        else:
            content = _content(line)
        goes_on = start >= 0 and content == 0 and end - start >= _WRAPPED and not line.startswith("    ")
        if goes_on:
            end = begun + len(line)
            continue
        if start >= 0:
            yield Piece(start, end)
        start, end = (begun + content, begun + len(line)) if content >= 0 else (-1, -1)
    if start >= 0:
        yield Piece(start, end)


def _content(line: str) -> int:
    """Return where a line's prose begins; 0 only where it may go on a paragraph, -1 where there is none."""
    if not line.strip() or _FURNITURE.match(line):
        return -1
    marker = _MARKER.match(line)
    begins = marker.end() if marker is not None else 0
    bare = line[begins:].strip()
    if bare.startswith("**") and bare.rstrip(":").endswith("**") and bare.count("**") == 2 and "." not in bare:
        return -1  # a heading in bold
    return begins


def _sentences(text: str, block: Piece) -> Iterator[Piece]:
    ends = [block.start]
    lead = _LEAD.match(text, block.start, min(block.end, block.start + 200))
    if lead is not None and lead.end() < block.end:
        ends.append(lead.end())
    marks = _END.finditer(text, ends[-1], block.end)
    ends += [mark.end() for mark in marks if not _is_inside(text, mark, block)]
    ends.append(block.end)
    for start, end in pairwise(ends):
        piece = _trimmed(text, start, end)
        if lead is not None and end == lead.end():
            piece = _trimmed(text, piece.start, piece.end - text[piece.start : piece.end].endswith(":"))
        if piece.start < piece.end:
            yield piece


def _is_inside(text: str, match: re.Match[str], block: Piece) -> bool:
    """Whether the mark belongs to an abbreviation, or the sentence goes on behind it in small letters."""
    follows = text[match.end() : min(block.end, match.end() + 4)].lstrip()[:1]
    before = text[max(block.start, match.start() - 12) : match.start()]
    return follows.islower() or (match[0][0] == "." and _ABBREVIATED.search(before) is not None)


def _trimmed(text: str, start: int, end: int) -> Piece:
    while start < end and text[start] in _EDGE:
        start += 1
    while end > start and text[end - 1] in _EDGE:
        end -= 1
    return Piece(start, end)
