"""What code prints: a Python literal in one spelling, the same in every process, and where a text says it."""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Iterable
from typing import Final, cast

_LONGEST: Final = 200
_SPAN: Final = re.compile(r"`([^`\n]{1,200})`")
_EMPHASISED: Final = re.compile(r"^(\*\*|__)(.+)\1$")
_PRINTED: Final = re.compile(
    r"(?:\b(?:outputs?|results?|values?|prints?|printed|returns?|evaluates? to|gives?|displays?)\b(?:[^`\n=:]{0,40}?"
    r"(?:\b(?:is|are|be|as|to)\b|:))?|\bassert [^\n]{1,300}?==)[\s*]*(`[^`\n]{1,200}`|[^\s`][^\n]{0,199})",
    re.IGNORECASE,
)
"""What is said to be printed or returned: a code span, or the rest of the line."""
_STARTS: Final = re.compile(r"(?:^|[\s*_`=:])([\[({'\"\d-]|(?:True|False|None)$)")
"""Where a literal may start."""
_PROGRAM: Final = re.compile(r"[=(]|\b(?:def|import|return|print)\b")


_JSON: Final = json.JSONDecoder()
_STRUCTURE: Final = re.compile(r"\{|\[(?=\s*[\[{\"])")
_MOST_OBJECTS: Final = 20
_ANSWERS: Final = frozenset({"answer", "final_answer", "solution", "result"})
"""Keys under which an object of reasoning and answer has the latter..."""
_BESIDE: Final = frozenset(
    {"reasoning", "explanation", "rationale", "thoughts", "steps", "confidence", "justification"}
)
"""...and those of what it may have beside it."""


class NoLiteral(ValueError):
    """The text is no Python literal."""


def literal(text: str) -> object:
    """Return the value of a Python literal. Raises NoLiteral."""
    try:
        with warnings.catch_warnings(action="ignore"):
            return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise NoLiteral(text) from error


def spelled(value: object) -> str:
    """Return how Python writes the value; the elements of a set, which it writes in any order, by their spelling."""
    if isinstance(value, set):
        elements = sorted(map(spelled, cast("set[object]", value)))
        return f"{{{', '.join(elements)}}}" if elements else "set()"
    if isinstance(value, dict):
        held = cast("dict[object, object]", value)
        return f"{{{', '.join(f'{spelled(key)}: {spelled(kept)}' for key, kept in held.items())}}}"
    if isinstance(value, list | tuple):
        within = ", ".join(map(spelled, cast("Iterable[object]", value)))
        return f"[{within}]" if isinstance(value, list) else f"({within}{',' * (len(cast('tuple[()]', value)) == 1)})"
    return repr(value)


def exact(value: str) -> str:
    """Return a Python literal in one spelling; quotes around a whole string do not count, since many leave them out."""
    value = _EMPHASISED.sub(r"\2", value.strip()).strip("`").rstrip(",")
    if value.startswith(("assert ", "f(")):
        value = value.rpartition("==")[2].strip()
    try:
        found = literal(value if _is_literal(value) else _bare(value))
        return found if isinstance(found, str) else spelled(found)
    except NoLiteral:
        return value.strip("'\"").replace("\\n", "\n")


def printed(text: str) -> str | None:
    """Return what an unmarked text says is printed: nothing after an empty mark (the empty string), else the literal
    that its last line ends in, what a phrase tells last, or the last code span that is a literal."""
    if text.rstrip().lower().endswith("answer:"):
        return ""
    last = _at_end(text.rstrip().rpartition("\n")[2][-_LONGEST:])
    told = [said for said in map(_told, _PRINTED.findall(text)) if said is not None] if last is None else [last]
    found = told or [span for span in _SPAN.findall(text) if _is_literal(span)]
    return exact(found[-1]) if found else None


def printed_in(block: str) -> str | None:
    """Return what a fenced block shows as printed: a literal, or else one line that no program would be."""
    held = block.strip()
    if len(held) > _LONGEST or not held:
        return None
    return exact(held) if _is_literal(held) or not ("\n" in held or _PROGRAM.search(held)) else None


def _told(said: str) -> str | None:
    """Return a code span, or what of the rest of a line is a literal."""
    return said.strip("`") if said.startswith("`") else _at_end(said)


def _at_end(line: str) -> str | None:
    """Return the longest literal that the line ends in, marks around it left out."""
    bare = _bare(line)
    starts = (found.start(1) for found in _STARTS.finditer(bare))
    return next((bare[start:] for start in starts if _is_literal(bare[start:])), None)


def _bare(line: str) -> str:
    """Return a line without the marks and the full stop at its end."""
    return line.rstrip(" *_`").removesuffix(".").rstrip(" *_`")


def _is_literal(text: str) -> bool:
    try:
        literal(text)
    except NoLiteral:
        return False
    return True


def structure(text: str) -> str | None:
    """Return the list or object that a text begins with, as JSON or as Python writes it, in one spelling."""
    if text[:1] not in ("{", "["):
        return None
    try:
        return spelled(_in_order(_JSON.raw_decode(text)[0]))
    except (ValueError, RecursionError):
        line = text.partition("\n")[0]
        return spelled(_in_order(literal(line))) if _is_literal(line) else None


def answered_in_json(text: str) -> str | None:
    """Return the last object or list of JSON in a text, in one spelling; of one with an answer in it, the answer."""
    found: object = None
    end = 0
    for _ in range(_MOST_OBJECTS):
        start = _STRUCTURE.search(text, end)
        if start is None:
            break
        try:
            found, end = _JSON.raw_decode(text, start.start())
        except (ValueError, RecursionError):
            end = start.end()
    try:
        return None if found is None else _answer_in(found)
    except RecursionError:
        return None


def _answer_in(found: object) -> str:
    if isinstance(found, dict):
        members = cast("dict[object, object]", found)
        held = {str(key).casefold().replace(" ", "_"): kept for key, kept in members.items()}
        told = [held[key] for key in held if key in _ANSWERS]
        found = told[0] if len(told) == 1 and _BESIDE.issuperset(held.keys() - _ANSWERS) else members
    return found if isinstance(found, str) else spelled(_in_order(found))


def _in_order(value: object) -> object:
    """Return a value with the keys of its objects in order: in JSON none comes first."""
    if isinstance(value, dict):
        held = cast("dict[object, object]", value)
        return {key: _in_order(held[key]) for key in sorted(held, key=repr)}
    return [_in_order(kept) for kept in cast("list[object]", value)] if isinstance(value, list) else value
