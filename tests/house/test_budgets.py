"""Sizes that keep a file readable in one sitting, and habits that keep it honest (docs/decisions/0001-house.md)."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Mapping

import pytest
from tests.house import exceptions
from tests.house.source import PACKAGE, PYTHON, ROOT, Function, functions, inside, modules

DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "service", "services", "manager", "managers"}


def assert_within(figures: Mapping[str, int], limit: int, allowed: Mapping[str, int]) -> None:
    """Fail for what passes the limit or its own exception, and for exceptions that nothing needs any more."""
    over = {name: figure for name, figure in figures.items() if figure > allowed.get(name, limit)}
    idle = [name for name in allowed if figures.get(name, 0) <= limit]
    assert not over, f"over {limit}: {over}. Make two things of it; each should have a name of its own."
    assert not idle, f"no longer needed in tests/house/exceptions.py: {idle}"


def lines_of_files(*tops: str) -> dict[str, int]:
    return {module.name: module.lines for module in modules(*tops)}


def lines_of_functions(*tops: str) -> dict[str, int]:
    return {name: (node.end_lineno or node.lineno) - node.lineno + 1 for name, node in functions(*tops)}


def parameters(node: Function) -> int:
    names = [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    return sum(name not in ("self", "cls") for name in names)


def test_a_file_stops_at_400_lines() -> None:
    assert_within(lines_of_files(*PYTHON), 400, exceptions.FILES_OVER_400_LINES)


def test_a_function_stops_at_60_lines() -> None:
    assert_within(lines_of_functions(*PYTHON), 60, exceptions.FUNCTIONS_OVER_60_LINES)


@pytest.mark.parametrize(("figures", "aim"), [(lines_of_files, 200), (lines_of_functions, 25)])
def test_nine_in_ten_files_and_functions_of_the_package_keep_to_the_aim(figures, aim: int) -> None:
    found = figures("src")
    over = {name: figure for name, figure in found.items() if figure > aim}
    assert len(over) <= len(found) / 10, f"{len(over)} of {len(found)} are over {aim}: {over}"


def test_a_function_takes_6_parameters_at_most_then_a_dataclass() -> None:
    found = {name: parameters(node) for name, node in functions(*PYTHON)}
    assert_within(found, 6, exceptions.FUNCTIONS_OVER_6_PARAMETERS)


@pytest.mark.parametrize("room", sorted({module.path.parent for module in modules("src")} - {PACKAGE}), ids=str)
def test_a_room_has_10_files_at_most_beside_its_docstring(room) -> None:
    assert len([path for path in room.glob("*.py") if path.name != "__init__.py"]) <= 10


def test_there_are_two_levels_under_the_package_at_most() -> None:
    deep = [m.name for m in modules("src") if len(m.path.parent.relative_to(PACKAGE).parts) > 2]
    assert not deep


def test_no_file_is_a_drawer_without_a_label() -> None:
    found = [m.name for m in modules(*PYTHON) if DRAWERS & {m.path.stem, *m.path.parent.relative_to(ROOT).parts}]
    assert not found, "name a file for what it does, so that it can refuse the rest"


def test_nothing_is_global() -> None:
    assert not [m.name for m in modules(*PYTHON) for node in ast.walk(m.tree) if isinstance(node, ast.Global)]


def test_imports_stand_at_the_head_of_the_file() -> None:
    found = {
        name.partition("::")[0] if name.partition("::")[0] in exceptions.IMPORTS_INSIDE_FUNCTIONS else name
        for name, function in functions("src")
        for node in inside(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert found == set(exceptions.IMPORTS_INSIDE_FUNCTIONS)


def is_broad(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or ast.unparse(kind) in ("Exception", "BaseException") for kind in caught)


def reraises(handler: ast.ExceptHandler) -> bool:
    """Whether it only tidies up: whatever was caught goes on at its end."""
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def broad_handlers() -> list[tuple[str, ast.ExceptHandler]]:
    return [
        (name, node)
        for name, function in functions("src")
        for node in inside(function)
        if isinstance(node, ast.ExceptHandler) and is_broad(node) and not reraises(node)
    ]


def test_everything_is_caught_at_doors_only() -> None:
    assert {name for name, _ in broad_handlers()} == set(exceptions.DOORS)


def test_what_a_door_catches_is_recorded() -> None:
    silent = []
    for name, handler in broad_handlers():
        words = {node.id for statement in handler.body for node in ast.walk(statement) if isinstance(node, ast.Name)}
        if not words & {"log", "_logger", handler.name}:
            silent.append(name)
    assert not silent, "log it, or hand it to whoever waits"


def test_the_environment_is_read_at_the_door_only() -> None:
    found = {m.name for m in modules("src") if "os.environ" in m.text or "getenv" in m.text}
    assert found == set(exceptions.READS_ENVIRONMENT)


def test_importing_every_module_starts_and_writes_nothing() -> None:
    names = [".".join(m.path.relative_to(ROOT / "src").with_suffix("").parts) for m in modules("src")]
    wanted = [name.removesuffix(".__init__") for name in names if not name.endswith("__main__")]
    script = f"""
import importlib, sys, threading
def watch(event, arguments):
    wrote = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    if armed and (wrote and "__pycache__" not in str(arguments[0]) or event in {{
        "socket.connect", "socket.bind", "subprocess.Popen", "os.posix_spawn", "os.mkdir"
    }}):
        sys.exit(f"{{event}} {{arguments}} while importing {{armed[-1]}}")
armed = []
sys.addaudithook(watch)
for name in {wanted!r}:
    armed.append(name)
    importlib.import_module(name)
sys.exit("a thread runs after the imports" if threading.active_count() > 1 else 0)
"""
    # -B: Python itself may keep what it compiles
    command = [sys.executable, "-B", "-c", script]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("path", sorted((ROOT / "clients").glob("*/src/**/*.tsx")), ids=lambda path: path.name)
def test_a_component_file_stops_at_250_lines(path) -> None:
    assert len(path.read_text().splitlines()) <= 250
