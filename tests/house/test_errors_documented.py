"""The reference of errors is complete: every type and status that the code can answer with, and none that it cannot."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from typing import get_args

import pytest
from tests.house.source import ROOT, modules

from trillm.vocabulary import errors
from trillm.vocabulary.errors import ProviderErrorType, TrillmError

PAGE = (ROOT / "docs" / "reference" / "errors.md").read_text()
CLASSES = {
    kind.__name__: kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, TrillmError)
}
del CLASSES["ProviderError"]


def made_in_code() -> dict[str, set[int]]:
    """Return each problem type with the statuses that the code gives it."""
    found: dict[str, set[int]] = defaultdict(set)
    for module in modules("src"):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and (kind := CLASSES.get(ast.unparse(node.func))):
                given = {k.arg: k.value for k in node.keywords}
                status = given.get("status", ast.Constant(kind.status))
                name = given.get("type", ast.Constant(kind.type))
                if isinstance(status, ast.Constant) and isinstance(name, ast.Constant):
                    found[str(name.value)].add(int(str(status.value)))
    return found


def table(title: str) -> dict[str, list[str]]:
    """Return the rows below a title: the code word of the first cell, and the other cells."""
    part = PAGE.split(f"## {title}\n")[1].split("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if line.startswith("| `")
    ]
    assert len({row[0] for row in rows}) == len(rows), "a type stands twice"
    return {row[0].strip("`"): row[1:] for row in rows}


def statuses(cell: str) -> set[int]:
    return {int(status) for status in re.findall(r"\d{3}", cell)}


def test_every_problem_is_in_the_reference_with_its_statuses() -> None:
    told = {name: statuses(cells[0]) for name, cells in table("Problems").items()}
    made = made_in_code()
    assert len(made) > 15
    assert told == made


@pytest.mark.parametrize("kind", CLASSES.values(), ids=list(CLASSES))
def test_every_error_of_the_tree_is_in_the_reference_under_its_title(kind: type[TrillmError]) -> None:
    cells = table("Problems")[kind.type]
    assert kind.status in statuses(cells[0])
    assert cells[1] == kind.title


def test_every_failure_of_an_answer_is_in_the_reference() -> None:
    assert table("Failures of one answer").keys() == set(get_args(ProviderErrorType))
    assert all(cells[0] and cells[1] in ("yes", "no") for cells in table("Failures of one answer").values())


def test_no_failure_of_an_answer_is_promised_that_the_code_never_gives() -> None:
    nodes = [n for m in modules("src") if not m.name.endswith("vocabulary/errors.py") for n in ast.walk(m.tree)]
    # who sorts failures into sets is told of them and gives none
    sorted_out = {id(word) for node in nodes if isinstance(node, ast.Set) for word in node.elts}
    given = {node.value for node in nodes if isinstance(node, ast.Constant) and id(node) not in sorted_out}
    assert set(get_args(ProviderErrorType)) <= given


def test_the_reference_says_which_failures_are_asked_again() -> None:
    again = {name for name, cells in table("Failures of one answer").items() if cells[1] == "yes"}
    assert again == errors.ProviderError.RETRYABLE
