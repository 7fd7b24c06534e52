"""docs/reference/cli.md has a section for every command and a row for every option, and no others."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest
from tests.house.source import ROOT

from trillm.entrypoints.cli import exit_codes
from trillm.entrypoints.cli.main import commands

PAGE = (ROOT / "docs" / "reference" / "cli.md").read_text()
PARTS = re.split(r"^## `trillm ", PAGE, flags=re.MULTILINE)[1:]
SECTIONS = {re.split(r"[` ]", part, maxsplit=1)[0]: part for part in PARTS}


def leaves(group: click.Group, path: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        yield f"{path}{name}", command
        if isinstance(command, click.Group):
            yield from leaves(command, f"{path}{name} ")


COMMANDS = dict(leaves(commands))


def test_the_sections_are_the_commands() -> None:
    assert set(SECTIONS) == set(commands.commands)


@pytest.mark.parametrize("path", COMMANDS)
def test_each_command_is_named_in_its_section(path: str) -> None:
    assert re.search(rf"`trillm {path}[` ]", "## `trillm " + SECTIONS[path.split()[0]])


@pytest.mark.parametrize("name", commands.commands)
def test_the_rows_of_a_section_are_the_options_of_its_command(name: str) -> None:
    options = {o for p in commands.commands[name].params if isinstance(p, click.Option) for o in p.opts}
    assert set(re.findall(r"^\| `(--[a-z-]+)", SECTIONS[name], re.MULTILINE)) == options


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_each_command_and_option_has_help(command: click.Command) -> None:
    assert command.help
    assert all(p.help for p in command.params if isinstance(p, click.Option))


@pytest.mark.parametrize("code", [exit_codes.ANSWERED, exit_codes.NOT_ANSWERED, exit_codes.BAD_INPUT])
def test_each_exit_code_is_explained(code: int) -> None:
    assert f"\n| {code} | " in PAGE
