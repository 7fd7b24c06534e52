"""What the documents say is so: names exist, links lead somewhere, nothing of one machine stands in a file."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import get_args

import click
import pytest
from fastapi.routing import APIRoute
from tests.house.source import ROOT, modules, texts

from trillm import __version__
from trillm.analytics import routes as analytics_routes
from trillm.billing import routes as billing_routes
from trillm.entrypoints import status
from trillm.entrypoints.cli.main import commands
from trillm.entrypoints.settings import NOT_OURS, PREFIX, Settings
from trillm.query import routes as query_routes
from trillm.sharing import routes as sharing_routes
from trillm.telemetry.metrics import Metrics
from trillm.vocabulary.errors import ProviderErrorType
from trillm.vocabulary.event import EventType

ROUTERS = [room.router for room in (query_routes, sharing_routes, analytics_routes, billing_routes, status)]
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
CALLING = ROOT / "docs" / "guide" / "calling.md"
MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = set(re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[1].split())  # type: ignore[index]

# in pieces, so that this file does not hold what it looks for
REGISTRIES = ["registry." + "npmjs", "files." + "pythonhosted", "pypi.org/" + "simple", "--extra-" + "index-url"]
MACHINE = re.compile(r"(?<![\w.$}])/(?:wo" + r"rk|ro" + r"ot|ho" + r"me/\w+|Us" + r"ers|opt/py" + r"pi)/")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def in_code(text: str) -> str:
    """Return what stands in code blocks and code words."""
    blocks = re.findall(r"```.*?```", text, re.DOTALL)
    return "\n".join([*blocks, *re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))])


@pytest.mark.parametrize("page", DOCS, ids=named)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text())
    assert not [link for link in links if not (page.parent / link).exists()]


def test_every_page_is_on_the_map() -> None:
    page = ROOT / "docs" / "README.md"
    linked = {(page.parent / link).resolve() for link in re.findall(r"\]\(([^)#\s]+)", page.read_text())}
    missing = [named(other) for other in (ROOT / "docs").rglob("*.md") if other != page and other not in linked]
    assert not missing, "docs/README.md does not list it"


@pytest.mark.parametrize("page", DECISIONS, ids=named)
def test_a_decision_has_a_number_of_its_own_and_says_what_it_cost(page: Path) -> None:
    number = page.name[:4]
    assert number.isdigit()
    assert [other.name for other in DECISIONS if other.name.startswith(number)] == [page.name]
    text = page.read_text()
    assert int(re.match(r"# (\d+)[:.] ", text)[1]) == int(number)  # type: ignore[index]
    assert re.search(r"Price", text), "a decision tells its price"


def test_the_tree_of_readme_names_what_exists() -> None:
    tree = re.search(r"```\n(src/trillm/.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert tree
    tops = re.findall(r"^([\w./-]+)", tree[1], re.MULTILINE)
    assert len(tops) > 5
    assert not [top for top in tops if not (ROOT / top).exists()]


def test_every_make_target_has_a_line_of_help() -> None:
    helped = set(re.findall(r"^([a-z-]+):.*## \w", MAKEFILE, re.MULTILINE))
    assert helped == TARGETS


@pytest.mark.parametrize("page", DOCS, ids=named)
def test_the_commands_that_a_page_names_exist(page: Path) -> None:
    code = in_code(page.read_text())
    assert not set(re.findall(r"\bmake ([a-z][a-z-]*)", code)) - TARGETS
    for line in re.findall(r"(?:^|[\s;&|(])trillm ([a-z][^\n|;&)`]*)", code):
        context: click.Command = commands
        words = line.split()
        while isinstance(context, click.Group) and words and words[0] in context.commands:
            context = context.commands[words.pop(0)]
        assert context is not commands, f"`trillm {line}` is no command"
        known = {option for parameter in context.params for option in parameter.opts} | {"--help", "-h"}
        assert not {word for word in words if word.startswith("--")} - known, f"`trillm {line}`"


@pytest.mark.parametrize("page", DOCS, ids=named)
def test_the_settings_and_metrics_that_a_page_names_exist(page: Path) -> None:
    text = page.read_text()
    settings = {PREFIX + name.upper() for name in Settings.model_fields} | NOT_OURS
    assert not set(re.findall(r"TRILLM_[A-Z_]*[A-Z]", text)) - settings
    shown = Metrics().render()[0].decode()
    kept = {"trillm_session"}
    stems = {re.sub(r"_(total|bucket|count|sum)$", "", name) for name in re.findall(r"\btrillm_[a-z_]+\b", text)}
    assert not [name for name in stems - kept if f"# HELP {name}" not in shown]


@pytest.mark.parametrize("kind", EventType)
def test_every_event_of_the_stream_is_in_the_calling_guide(kind: EventType) -> None:
    assert f"`{kind}`" in CALLING.read_text()


@pytest.mark.parametrize("kind", EventType)
def test_every_event_of_the_stream_is_in_the_typed_client(kind: EventType) -> None:
    assert f'"{kind}"' in (ROOT / "clients" / "sdk" / "src" / "events.ts").read_text()


@pytest.mark.parametrize("kind", get_args(ProviderErrorType))
def test_every_failure_of_an_answer_is_in_the_calling_guide(kind: str) -> None:
    assert f"`{kind}`" in CALLING.read_text()


def problem_types() -> set[str]:
    """The `type` of every TrillmError but the vendors': of the classes, and of those made with another one."""
    found: set[str] = set()
    for module in modules("src"):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in PROBLEMS:
                found |= {ast.literal_eval(k.value) for k in node.keywords if k.arg == "type"}
    return found | {problem.type for problem in PROBLEMS.values()}


def _problems() -> dict[str, type]:
    from trillm.vocabulary import errors

    kinds = [k for k in vars(errors).values() if isinstance(k, type) and issubclass(k, errors.TrillmError)]
    return {k.__name__: k for k in kinds if k is not errors.ProviderError}


PROBLEMS = _problems()


@pytest.mark.parametrize("kind", sorted(problem_types()))
def test_every_problem_type_is_in_the_calling_guide(kind: str) -> None:
    assert f"`{kind}`" in CALLING.read_text()


def test_every_endpoint_is_in_the_calling_guide() -> None:
    text = CALLING.read_text()
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute):
                path = (
                    re.sub(r"\{query_id\}", "{id}", route.path)
                    .replace("{response_id}", "{rid}")
                    .replace("{share_id}", "{sid}")
                )
                assert f"`{next(iter(route.methods or ()))} {path}`" in text


def test_the_changelog_knows_this_version() -> None:
    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text()


def test_no_file_names_a_package_registry_or_a_place_of_one_machine() -> None:
    found = [
        (path, hit)
        for path, text in texts()
        for hit in [*(host for host in REGISTRIES if host in text), *MACHINE.findall(text)]
    ]
    assert not found


def test_locked_packages_of_the_page_come_from_wherever_the_installer_looks() -> None:
    lock = json.loads((ROOT / "clients" / "package-lock.json").read_text())
    assert not [name for name, entry in lock["packages"].items() if "://" in entry.get("resolved", "")]
    outside = [name for name in lock["packages"] if "node_modules/" in name and not name.endswith("trillm/web")]
    assert outside
    assert not [n for n in outside if not lock["packages"][n].get("integrity") and not lock["packages"][n].get("link")]


@pytest.mark.parametrize("part", ["run", "dev"])
def test_requirements_are_pinned_and_hashed_and_name_no_index(part: str) -> None:
    text = (ROOT / "requirements" / f"{part}.txt").read_text()
    assert "://" not in text
    assert "index-url" not in text
    entries = re.split(r"\n(?=\S)", text.strip())
    assert entries
    assert not [entry.split()[0] for entry in entries if "==" not in entry or "--hash=sha256:" not in entry]
