"""The sources as the rules of the house see them: files, functions, and what stands in them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "trillm"
PYTHON = ("src", "tests", "bench", "evals")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """A Python file: where it is, its text and its tree."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """Its path from the root of the checkout."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return len(self.text.splitlines())


@cache
def modules(*tops: str) -> tuple[Module, ...]:
    """Return the Python files under these directories of the checkout."""
    paths = [path for top in tops for path in sorted((ROOT / top).rglob("*.py"))]
    return tuple(Module(path, text, ast.parse(text)) for path in paths for text in [path.read_text("utf-8")])


def functions(*tops: str) -> Iterator[tuple[str, Function]]:
    """Yield every function, as `path::name`."""
    for module in modules(*tops):
        for node in ast.walk(module.tree):
            if isinstance(node, Function):
                yield f"{module.name}::{node.name}", node


def inside(function: Function) -> Iterator[ast.AST]:
    """Yield what stands in a function itself, and not in functions within it."""
    waiting: list[ast.AST] = [*function.body]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, Function):
            waiting += ast.iter_child_nodes(node)


def texts() -> Iterator[tuple[str, str]]:
    """Yield path and text of every file of the project that holds text, leaving out what git leaves out."""
    ignored = [line.rstrip("/") for line in (ROOT / ".gitignore").read_text().split() if "/" not in line.rstrip("/")]
    waiting = [ROOT]
    while waiting:
        for path in sorted(waiting.pop().iterdir()):
            if path.name == ".git" or path.is_symlink() or any(fnmatch(path.name, name) for name in ignored):
                continue
            if path.is_dir():
                if path != PACKAGE / "entrypoints" / "static":
                    waiting.append(path)
                continue
            content = path.read_bytes()
            if b"\0" not in content:
                yield path.relative_to(ROOT).as_posix(), content.decode("utf-8", "replace")
