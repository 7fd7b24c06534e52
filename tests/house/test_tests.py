"""What must be proved is proved: each socket has a contract suite, and every implementation goes through it."""

from __future__ import annotations

import ast
import re
import tomllib
from fnmatch import filter as filter_names
from typing import get_args

import pytest
import vulture
from tests.contracts import test_cache_backend, test_provider, test_ranker
from tests.house import exceptions
from tests.house.source import PACKAGE, ROOT, functions, modules

from trillm.providers.catalogue import Catalogue, DialectName
from trillm.vocabulary.errors import ProviderErrorType

SOCKETS = [m for m in modules("src") if (ast.get_docstring(m.tree) or "").startswith("SOCKET")]


def suite_of(socket) -> str:
    named = re.search(r"tests/contracts/test_\w+\.py", ast.get_docstring(socket.tree) or "")
    assert named, f"{socket.name} does not name its contract suite"
    return named[0]


def test_the_sockets_of_the_house_are_found() -> None:
    found = {re.match(r"SOCKET (\w+):", ast.get_docstring(m.tree) or "")[1] for m in SOCKETS}  # type: ignore[index]
    assert found >= {"provider", "ranker", "backend"}


@pytest.mark.parametrize("socket", SOCKETS, ids=lambda socket: socket.name)
def test_a_socket_ships_a_fake_that_its_contract_suite_drives(socket) -> None:
    assert (socket.path.parent / "fake.py").is_file()
    fake = f"trillm.{socket.path.parent.relative_to(PACKAGE).as_posix()}.fake"
    suite = (ROOT / suite_of(socket)).read_text()
    assert fake in suite or f"from {fake.rpartition('.')[0]} import fake" in suite


def test_every_dialect_is_in_the_contract_table_of_the_providers() -> None:
    assert set(get_args(DialectName)) <= set(test_provider.SCRIPTED)


def test_the_catalogue_asks_in_no_dialect_beyond_these() -> None:
    spoken = {facts.dialect for facts in Catalogue.load(None).providers.values()}
    assert spoken <= set(get_args(DialectName))


def test_the_rankers_and_backends_that_exist_are_in_their_contract_tables() -> None:
    for room, table in (("ranking", test_ranker.RANKERS), ("cache", test_cache_backend.BACKENDS)):
        driven = " ".join(m.text for m in modules("tests") if m.path.parent.name == "contracts")
        method = {"ranking": "rank", "cache": "put"}[room]
        for module in modules("src"):
            if module.path.parent.name == room:
                for node in module.tree.body:
                    is_one = isinstance(node, ast.ClassDef) and any(
                        isinstance(item, ast.AsyncFunctionDef) and item.name == method for item in node.body
                    )
                    is_socket = isinstance(node, ast.ClassDef) and "Protocol" in map(ast.unparse, node.bases)
                    if is_one and not is_socket:
                        assert re.search(rf"\b{node.name}\b", driven), f"{node.name} is not driven by the suite"  # type: ignore[union-attr]
        assert "fake" in table


def test_every_failure_of_a_provider_is_driven_by_a_test() -> None:
    tests = "\n".join(m.text for m in modules("tests") if m.path.parent.name != "house")
    missing = [kind for kind in get_args(ProviderErrorType) if not re.search(rf"[\"']{kind}[\"']", tests)]
    assert not missing


def test_a_test_says_in_words_what_holds() -> None:
    short = {name for name, _ in functions("tests") if re.search(r"::test_[a-z0-9]+(_[a-z0-9]+)?$", name)}
    assert short == exceptions.TESTS_NAMED_IN_TWO_WORDS, "name a test as a sentence about behaviour"


def test_what_vulture_is_told_to_pass_over_is_what_it_would_find() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["vulture"]
    finder = vulture.Vulture()
    finder.scavenge([str(ROOT / path) for path in settings["paths"]])
    found = [item.name for item in finder.get_unused_code(settings["min_confidence"])]
    assert not [pattern for pattern in settings["ignore_names"] if not filter_names(found, pattern)]


def test_no_test_is_switched_off() -> None:
    marks = re.compile(r"pytest\.mark\.(skip\b|xfail)|unittest\.skip\b")
    assert not [m.name for m in modules("tests") if m.path.parent.name != "house" and marks.search(m.text)]
