from __future__ import annotations

import logging
from pathlib import Path

import pytest

from trillm.providers.fake import FakeProvider, Script
from trillm.providers.provider import Availability
from trillm.providers.registry import Registry
from trillm.vocabulary.errors import InvalidInput


def fake(name: str, *, ready: bool = True) -> FakeProvider:
    return FakeProvider({"m": Script()}, name=name, availability=Availability(ready, "" if ready else "Set a key."))


@pytest.fixture
def registry() -> Registry:
    return Registry([fake("one"), fake("two", ready=False), fake("three")])


def test_providers_are_found_by_name_and_keep_their_order(registry: Registry) -> None:
    assert registry.get("two").name == "two"
    assert registry.names == ["one", "two", "three"]
    assert [provider.name for provider in registry] == registry.names


def test_only_those_that_can_be_asked_now_are_available(registry: Registry) -> None:
    assert [provider.name for provider in registry.available()] == ["one", "three"]


def test_an_unknown_provider_is_refused_naming_the_known_and_not_the_input(registry: Registry) -> None:
    with pytest.raises(InvalidInput) as caught:
        registry.get("<script>" * 1000)
    assert caught.value.detail == "There is no such provider. Known are: one, two, three."
    assert caught.value.field == "models"


@pytest.mark.parametrize("name", ["", "Upper", "a:b", "a b", "-a", "a" * 65])
def test_a_name_that_a_panel_could_not_hold_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no provider name"):
        Registry([fake(name)])


def test_two_providers_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two providers named 'one'"):
        Registry([fake("one"), fake("one")])


def test_a_panel_is_split_at_the_first_colon(registry: Registry) -> None:
    members = registry.panel(["one:m", " three:meta/llama-3:8b@latest "])
    assert [(member.provider.name, member.model) for member in members] == [
        ("one", "m"),
        ("three", "meta/llama-3:8b@latest"),
    ]
    assert members[1].key == "three:meta/llama-3:8b@latest"
    assert registry.panel([]) == []


@pytest.mark.parametrize(
    "item", ["one", "one:", ":m", "one:a b", "one:\x1b[31m", "one:é", "one:" + "m" * 201, "one:../m"]
)
def test_what_is_no_member_of_a_panel_is_refused_without_echoing_it(registry: Registry, item: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        registry.panel([item])
    assert caught.value.field == "models"
    assert item not in caught.value.detail


def test_a_model_named_twice_is_refused(registry: Registry) -> None:
    with pytest.raises(InvalidInput, match="twice"):
        registry.panel(["one:m", "three:m", " one:m"])


class Stubborn(FakeProvider):
    async def close(self) -> None:
        raise OSError("the pipe is gone")


async def test_closing_closes_all_even_where_one_fails(caplog: pytest.LogCaptureFixture) -> None:
    providers = [fake("one"), Stubborn({}, name="stubborn"), fake("two")]
    with caplog.at_level(logging.ERROR):
        await Registry(providers).close()
    assert [provider.closed for provider in providers] == [True, False, True]
    assert "stubborn" in caplog.text


PLUGIN = """
from trillm.providers.fake import FakeProvider, Script

def good():
    return FakeProvider({"m": Script()}, name="good")

def taken():
    return FakeProvider({}, name="one")

def raising():
    raise RuntimeError("no licence")

def shapeless():
    return object()
"""


@pytest.fixture
def installed_plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install a distribution with good and bad plugins, as pip would lay it down."""
    (tmp_path / "trillm_toy_plugins.py").write_text(PLUGIN)
    info = tmp_path / "trillm_toy-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: trillm-toy\nVersion: 1.0\n")
    entries = [f"{name} = trillm_toy_plugins:{name}" for name in ("raising", "shapeless", "taken", "missing", "good")]
    (info / "entry_points.txt").write_text("[trillm.providers]\n" + "\n".join(entries) + "\n")
    monkeypatch.syspath_prepend(tmp_path)


@pytest.mark.usefixtures("installed_plugins")
def test_a_broken_plugin_is_reported_by_name_and_does_not_stop_the_others(
    registry: Registry, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        broken = {plugin.name: plugin.reason for plugin in registry.load_plugins()}
    assert registry.names == ["one", "two", "three", "good"]
    assert broken["raising"] == "RuntimeError: no licence"
    assert "lacks name, query" in broken["shapeless"]
    assert "two providers named 'one'" in broken["taken"]
    assert broken["missing"].startswith("AttributeError")
    assert "good" not in broken
    assert all(name in caplog.text for name in broken)


def test_without_plugins_nothing_is_broken(registry: Registry) -> None:
    assert registry.load_plugins() == []
