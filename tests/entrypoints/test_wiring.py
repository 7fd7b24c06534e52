"""The house is built from settings and keys, and what cannot be built is said at the start."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from tests.providers.scripted_ollama import ScriptedOllama
from tests.providers.vendors import Script, ScriptedVendor

from trillm.entrypoints.models import models_object
from trillm.entrypoints.settings import Settings
from trillm.entrypoints.wiring import open_house
from trillm.history.store import accept, claimable, running
from trillm.query.deciding.economy import estimate
from trillm.vocabulary.errors import InvalidInput, Unavailable
from trillm.vocabulary.ids import new_id, now
from trillm.vocabulary.question import Caller, Query, QueryStatus, Question
from trillm.vocabulary.response import Response, ResponseStatus

NO_OLLAMA = {"OLLAMA_HOST": "127.0.0.1:9"}
LOCAL = "local:smollm2-135m-"


async def panel_of(tmp_path: Path, settings: Settings | None = None, **keys: str) -> tuple[str, ...]:
    async with open_house(settings or Settings(data_dir=tmp_path), NO_OLLAMA | keys, "ask") as house:
        return house.asker.terms.panel


async def test_without_keys_the_local_voices_are_asked(tmp_path: Path) -> None:
    panel = await panel_of(tmp_path)
    assert len(panel) == 3
    assert all(key.startswith(LOCAL) for key in panel)


async def test_without_keys_and_without_the_local_model_an_ollama_that_runs_is_asked(tmp_path: Path) -> None:
    async with ScriptedOllama() as ollama:
        for number in range(4):
            ollama.script(f"llama{number}", Script(["Yes."]))
        async with open_house(Settings(data_dir=tmp_path), {"OLLAMA_HOST": ollama.root}, "ask") as house:
            assert house.asker.terms.panel == ("ollama:llama0", "ollama:llama1", "ollama:llama2")
            assert models_object(house)["local_only"] is False


async def test_one_default_of_each_vendor_with_a_key_is_asked(tmp_path: Path) -> None:
    panel = await panel_of(tmp_path, OPENAI_API_KEY="sk-a", GOOGLE_API_KEY="AIza-b")
    assert [key.partition(":")[0] for key in panel] == ["openai", "gemini"]


async def test_a_single_vendor_is_joined_by_its_models_of_the_nearest_price(tmp_path: Path) -> None:
    panel = await panel_of(tmp_path, ANTHROPIC_API_KEY="sk-ant")
    assert panel[0] == "anthropic:claude-sonnet-5-5"
    assert len(panel) == 3
    assert all(key.startswith("anthropic:") for key in panel)
    assert "anthropic:claude-haiku-5-5" not in panel, "it costs a twentieth"


async def test_the_panel_of_the_settings_comes_first(tmp_path: Path) -> None:
    named = ("openrouter:some/model", f"{LOCAL}brief")
    assert await panel_of(tmp_path, Settings(data_dir=tmp_path, panel=named), OPENAI_API_KEY="sk-a") == named


@pytest.mark.parametrize("panel", [("nobody:model",), ("no-colon",), (f"{LOCAL}brief", f"{LOCAL}brief")])
async def test_a_panel_that_cannot_be_is_said_at_the_start(tmp_path: Path, panel: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput, match=r"^TRILLM_PANEL: "):
        await panel_of(tmp_path, Settings(data_dir=tmp_path, panel=panel))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("[providers.openai\n", "line 1"),
        ('[providers.openai]\nbase_urll = "x"\n', "providers.openai.base_urll"),
        ("[providers.openai]\nkey_env = 3\n", "providers.openai.key_env"),
    ],
)
async def test_a_broken_models_file_is_named_with_the_place(tmp_path: Path, content: str, told: str) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(content)
    with pytest.raises(InvalidInput) as refusal:
        await panel_of(tmp_path, Settings(data_dir=tmp_path, models_file=mine))
    assert refusal.value.detail.startswith(f"{mine}: ")
    assert told in refusal.value.detail


async def test_a_models_file_that_goes_away_after_it_was_named_is_told(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.touch()
    settings = Settings(data_dir=tmp_path, models_file=mine)
    mine.unlink()
    with pytest.raises(InvalidInput, match=r"mine\.toml: No such file"):
        await panel_of(tmp_path, settings)


async def test_a_database_out_of_reach_is_said_without_its_password(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url="postgresql://me:secret@127.0.0.1:9/db")
    with pytest.raises(Unavailable) as refusal:
        await panel_of(tmp_path, settings)
    assert "secret" not in refusal.value.detail
    assert "TRILLM_DATABASE_URL" in refusal.value.detail


async def test_a_key_that_cannot_be_one_keeps_its_vendor_from_the_panel(tmp_path: Path) -> None:
    panel = await panel_of(tmp_path, OPENAI_API_KEY="sk-a\nb", GEMINI_API_KEY="AIza")
    assert not [key for key in panel if key.startswith("openai:")]


async def test_a_house_that_closes_lets_go_of_its_queries(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, panel=("openai:gpt-6.1-terra",), moderation="off")
    async with ScriptedVendor() as vendor:
        vendor.script("gpt-6.1-terra", Script(fault="silence"))
        keys = {"OPENAI_API_KEY": "sk-a", "OPENAI_BASE_URL": vendor.base_url("openai-responses")}
        async with open_house(settings, NO_OLLAMA | keys, "serve") as house:
            query = await house.asker.ask(Question("Still there?"), Caller("me"))
            assert query.status is QueryStatus.RUNNING
            assert await house.rooms.database.read(running) == [(query.id, house.asker.terms.owner)]
        async with open_house(settings, NO_OLLAMA | keys, "serve") as house:
            assert [found for found, _ in await house.rooms.database.read(partial(claimable, moment=now()))] == [
                query.id
            ]


async def test_what_the_day_has_cost_is_known_after_a_restart(tmp_path: Path) -> None:
    settings, keys = Settings(data_dir=tmp_path), NO_OLLAMA | {"OPENAI_API_KEY": "sk-a"}
    timeout, complete = ResponseStatus.TIMEOUT, ResponseStatus.COMPLETE
    known = Response(new_id(), "openai", "gpt-6.1-terra", status=complete, text="x", cost_usd=0.25)
    unknown = Response(new_id(), "openai", "gpt-6.1-terra", status=timeout)
    cut_short = Response(new_id(), "openai", "gpt-6.1-terra")
    unpriced = [Response(new_id(), "gone", model, status=complete, text="x") for model in "abc"]
    query = Query(new_id(), Question("q"), Caller("me"), now(), responses=[known, unknown, cut_short, *unpriced])
    async with open_house(settings, keys, "serve") as house:
        assert house.rooms.limits.spent_today_usd == 0
        await house.rooms.database.write(partial(accept, query=query))
    async with open_house(settings, keys, "serve") as house:
        reserved = estimate(house.rooms.registry.panel(["openai:gpt-6.1-terra"]), 0)
        assert reserved
        spent = house.rooms.limits.spent_today_usd
    assert spent == pytest.approx(0.25 + 2 * reserved + 0.05, abs=1e-6)
