"""The rooms: declared in the import contracts, told of in README, furnished alike."""

from __future__ import annotations

import ast
import re
import tomllib

import pytest
from tests.house.source import PACKAGE, ROOT, modules

ROOMS = sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
LAYERS = [re.split(r"\s*[|:]\s*", line) for c in CONTRACTS if c["type"] == "layers" for line in c["layers"]]
ANYWHERE = {"fastapi": {"routes.py"}, "sqlalchemy": {"store.py", "tables.py"}}
WHOLE_ROOMS = {"fastapi": {"http", "entrypoints"}, "sqlalchemy": {"storage"}}
BESIDE_THE_STORE = {"history/rows.py"}
"""Maps records to rows for the store."""


def tree_of_readme() -> str:
    found = re.search(r"```\n(src/trillm/.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert found, "README has no tree of src/trillm/"
    return found[1]


def test_every_room_that_exists_is_in_the_layers_and_no_other() -> None:
    assert sorted(room for layer in LAYERS for room in layer) == ROOMS


def test_the_layers_are_checked_to_be_all_rooms_there_are() -> None:
    assert next(c for c in CONTRACTS if c["type"] == "layers")["exhaustive"] is True


def test_the_tree_of_readme_has_a_line_for_each_room_in_the_order_of_the_layers() -> None:
    told = re.findall(r"^  ([a-z]+) ", tree_of_readme(), re.MULTILINE)
    assert sorted(told) == ROOMS
    level = {room: depth for depth, layer in enumerate(LAYERS) for room in layer}
    assert [level[room] for room in told] == sorted(level[room] for room in told)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_what_it_is_for_and_has_something_in_it(room: str) -> None:
    doc = ast.get_docstring(ast.parse((PACKAGE / room / "__init__.py").read_text()))
    assert doc
    assert len(list((PACKAGE / room).glob("*.py"))) > 1


@pytest.mark.parametrize("package", ["fastapi", "sqlalchemy"])
def test_frameworks_stay_where_they_belong(package: str) -> None:
    strays = []
    for module in modules("src"):
        place = module.path.relative_to(PACKAGE)
        at_home = place.parts[0] in WHOLE_ROOMS[package] or place.name in ANYWHERE[package]
        imports = re.search(rf"^\s*(from|import) {package}\b", module.text, re.MULTILINE)
        if imports and not at_home and place.as_posix() not in BESIDE_THE_STORE:
            strays.append(module.name)
    assert not strays


@pytest.mark.parametrize("path", sorted((ROOT / "tests").iterdir()), ids=lambda path: path.name)
def test_the_folders_of_the_tests_mirror_the_rooms(path) -> None:
    others = {"contracts", "journeys", "house", "bench", "evals"}
    assert path.name in {*ROOMS, *others, "conftest.py", "__pycache__"}, (
        f"{path.name} is no room: put it into tests/<room>/"
    )
