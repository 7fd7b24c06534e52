"""Reads files of JSON lines as people write them: panels of answers with scores, pairs with the better one named.

A file may come from anywhere. What is wrong with one is told by file, line and answer, with what would be right.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any, Final, cast

FORMAT: Final = (
    'a line is {"prompt": "...", "answers": [{"text": "...", "score": 0 to 1, "model"?, "provider"?}, ...]}'
    ' or {"prompt": "...", "a": "...", "b": "...", "label": "a", "b" or "tie"}'
)
_GZIP: Final = b"\x1f\x8b"
_SHOWN: Final = 60
_KINDS: Final = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}


class BadFile(Exception):
    """A file cannot be scored; the message says where, why, and what would be right."""


class _Wrong(Exception):
    """What is wrong with a line."""


@dataclass(frozen=True, slots=True)
class Told:
    """An answer as a line tells it; `final` and `cost_usd` are None where it says nothing that could be one."""

    text: str
    score: float
    model: str
    provider: str
    final: str | None
    cost_usd: float | None


@dataclass(frozen=True, slots=True)
class Line:
    """A panel or a pair as a line tells it."""

    prompt: str
    answers: Sequence[Told]
    """Without one where nothing was preferred: a tie."""
    pair: bool
    group: str
    category: str


def lines_of(path: Path) -> Iterator[Line]:
    """Yield the lines of a file that are not blank (JSON, UTF-8, maybe gzipped). Raises BadFile."""
    for number, row in _rows(path):
        try:
            line = _line(row)
        except _Wrong as wrong:
            raise BadFile(f"{path}, line {number}{wrong}") from wrong
        yield line


def _rows(path: Path) -> Iterator[tuple[int, Any]]:
    number = 0
    try:
        with path.open("rb") as file:
            packed = file.peek(len(_GZIP)).startswith(_GZIP)
            for number, line in enumerate(gzip.GzipFile(fileobj=file) if packed else file, 1):
                if line.strip():
                    yield number, json.loads(line)
    except json.JSONDecodeError as error:
        raise BadFile(f"{path}, line {number}: no JSON ({error.msg}, character {error.pos + 1}); {FORMAT}") from error
    except UnicodeDecodeError as error:
        raise BadFile(f"{path}, line {number}: not UTF-8; save it as UTF-8, as it is or gzipped") from error
    except (ValueError, RecursionError) as error:  # thousands of digits in a number, thousands of lists in each other
        raise BadFile(f"{path}, line {number}: JSON beyond what is read ({error}); {FORMAT}") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BadFile(f"{path}, line {number + 1}: what is gzipped is cut or broken; fetch the file anew") from error
    except OSError as error:
        raise BadFile(f"{path}: {error.strerror or error}; name a file of JSON lines") from error


def _line(row: Any) -> Line:
    if not isinstance(row, dict):
        raise _Wrong(f": {_kind(row)}; {FORMAT}")
    told = cast("dict[str, Any]", row)
    if "answers" not in told and not {"a", "b"} & told.keys():
        raise _Wrong(f": neither answers nor a and b in it; {FORMAT}")
    pair = "answers" not in told
    prompt = _text(told, "prompt")
    category, group = (_word(told.get(name)) for name in ("category", "group"))
    return Line(prompt, _pair(told) if pair else _panel(told), pair, group or prompt, category)


def _pair(told: dict[str, Any]) -> Sequence[Told]:
    texts = {side: _text(told, side, or_null=True) for side in ("a", "b")}
    label = _given(told, "label", "")
    if label not in ("a", "b", "tie"):
        raise _Wrong(f': the label is {_shown(label)}; it must be "a", "b" or "tie"')
    if label == "tie":
        return ()
    models = {side: _word(told.get(f"model_{side}")) for side in texts}
    return [Told(text, float(label == side), models[side], "", None, None) for side, text in texts.items()]


def _panel(told: dict[str, Any]) -> Sequence[Told]:
    answers = told["answers"]
    if not isinstance(answers, list) or not answers:
        raise _Wrong(f": the answers are {_shown(answers)}; they must be a list of one or more")
    return [_answer(answer, f", answer {place}") for place, answer in enumerate(cast("list[Any]", answers), 1)]


def _answer(row: Any, where: str) -> Told:
    if not isinstance(row, dict):
        raise _Wrong(f"{where}: {_kind(row)}; {FORMAT}")
    told = cast("dict[str, Any]", row)
    return Told(
        _text(told, "text", where, or_null=True),
        _score(_given(told, "score", where), where),
        _word(told.get("model")),
        _word(told.get("provider")),
        None if told.get("final") is None else _word(told["final"]),
        _cost(told.get("cost_usd")),
    )


def _given(told: dict[str, Any], name: str, where: str) -> Any:
    if name not in told:
        raise _Wrong(f"{where}: {name!r} is missing; {FORMAT}")
    return told[name]


def _text(told: dict[str, Any], name: str, where: str = "", *, or_null: bool = False) -> str:
    """Return a text that must be there; for an answer null is the empty one."""
    text = _given(told, name, where)
    if isinstance(text, str):
        return text
    if text is None and or_null:
        return ""
    raise _Wrong(f"{where}: {name!r} is {_kind(text)}; it must be a text")


def _score(told: Any, where: str) -> float:
    if not isinstance(told, int | float) or not 0 <= told <= 1:
        raise _Wrong(f"{where}: the score is {_shown(told)}; it must be a number from 0 to 1")
    return float(told)


def _word(told: Any) -> str:
    """Return a name; whatever is none is told apart by how it is written."""
    return "" if told is None else told if isinstance(told, str) else json.dumps(told)


def _cost(told: Any) -> float | None:
    """Return a cost in USD; None where it is none, which is no reason to refuse the file: no figure is made of it."""
    try:
        cost = float(told)
    except (TypeError, ValueError, OverflowError):
        return None
    return cost if isfinite(cost) and cost >= 0 else None


def _kind(told: Any) -> str:
    return _KINDS.get(cast("type[Any]", type(told)), "a number")


def _shown(told: Any) -> str:
    written = json.dumps(told)
    return written if len(written) <= _SHOWN else f"{written[:_SHOWN]}..."
