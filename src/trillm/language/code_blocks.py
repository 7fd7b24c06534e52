"""Fenced code in an answer, and whether it is well formed."""

from __future__ import annotations

import ast
import re
import warnings
from typing import NamedTuple

_FENCE = re.compile(r"^[ \t]{0,3}(`{3,}|~{3,})[ \t]*([\w+#.-]*)[^\n]*$", re.MULTILINE)
_PARSED_UP_TO = 6_000
_CLOSING = {")": "(", "]": "[", "}": "{"}
_BRACKET = re.compile(r"[()\[\]{}]")
_QUOTED = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|//[^\n]*|#[^\n]*")


class CodeBlock(NamedTuple):
    """One fenced block: the language named after the fence (lower case, maybe empty) and the code."""

    language: str
    code: str


class Fenced(NamedTuple):
    """The code blocks of a text, the text without them, and whether a fence was left open."""

    blocks: tuple[CodeBlock, ...]
    prose: str
    unclosed: bool


def split_code(text: str) -> Fenced:
    """Separate fenced code from prose; a fence that never closes runs to the end."""
    if "```" not in text and "~~~" not in text:
        return Fenced((), text, unclosed=False)
    blocks: list[CodeBlock] = []
    prose: list[str] = []
    opened: re.Match[str] | None = None
    position = 0
    for fence in _FENCE.finditer(text):
        if opened is None:
            prose.append(text[position : fence.start()])
            opened, position = fence, fence.end()
        elif fence[1].startswith(opened[1]):
            blocks.append(CodeBlock(opened[2].lower(), text[position : fence.start()]))
            opened, position = None, fence.end()
    rest = text[position:]
    if opened is None:
        prose.append(rest)
    else:
        blocks.append(CodeBlock(opened[2].lower(), rest))
    return Fenced(tuple(blocks), "\n".join(prose), unclosed=opened is not None)


def is_well_formed(block: CodeBlock) -> bool:
    """Whether Python parses; for other languages, and for long blocks, whether the brackets balance."""
    if block.language in ("python", "py", "python3") and len(block.code) <= _PARSED_UP_TO:
        return _parses(block.code)
    return _balances(block.code)


def _parses(code: str) -> bool:
    lines = code.splitlines()
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    try:
        # The parser warns about odd escapes in other people's code; that is no defect of ours to report.
        with warnings.catch_warnings(action="ignore"):
            ast.parse("\n".join(line[indent:] for line in lines))
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    return bool(code.strip())


def _balances(code: str) -> bool:
    stack: list[str] = []
    for bracket in _BRACKET.findall(_QUOTED.sub("", code)):
        if bracket not in _CLOSING:
            stack.append(bracket)
        elif not stack or stack.pop() != _CLOSING[bracket]:
            return False
    return not stack and bool(code.strip())
