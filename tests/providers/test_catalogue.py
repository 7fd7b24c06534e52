"""Models, capabilities and prices as data."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from trillm.providers.catalogue import Catalogue
from trillm.vocabulary.errors import InvalidInput
from trillm.vocabulary.response import Usage

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


def overlay(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    return path


def test_the_default_panel_is_one_mid_size_model_of_each_of_three_vendors(catalogue: Catalogue) -> None:
    assert catalogue.default_panel() == [
        ("openai", "gpt-6.1-terra"),
        ("gemini", "gemini-3.8-flash"),
        ("anthropic", "claude-sonnet-5-5"),
    ]
    efforts = {catalogue.providers[provider].model(name).effort for provider, name in catalogue.default_panel()}
    assert efforts == {"medium"}


def test_every_listed_model_has_a_label_a_price_today_and_efforts_that_fit(catalogue: Catalogue) -> None:
    for facts in catalogue.providers.values():
        for name in facts.listed:
            model = facts.model(name)
            assert model.label, name
            assert model.price(TODAY) is not None, name
            assert model.effort is None or model.effort in model.efforts, name


def test_cost_is_tokens_times_price_with_cached_input_at_its_own_price(catalogue: Catalogue) -> None:
    usage = Usage(input_tokens=1_000_000, output_tokens=100_000, cached_input_tokens=900_000)
    cost = catalogue.providers["anthropic"].cost("claude-sonnet-5-5", usage, TODAY)
    assert cost == pytest.approx(0.1 * 2 + 0.9 * 0.10 + 0.1 * 10)


def test_a_tier_prices_the_whole_request_once_its_input_is_over_the_limit(catalogue: Catalogue) -> None:
    anthropic = catalogue.providers["anthropic"]
    at = anthropic.cost("claude-haiku-5-5", Usage(100_000, 1_000), TODAY)
    over = anthropic.cost("claude-haiku-5-5", Usage(100_001, 1_000), TODAY)
    assert at == pytest.approx(0.0105)
    assert over == pytest.approx(0.0500005 + 0.0025)


@pytest.mark.parametrize(
    ("day", "price"),
    [
        (date(2026, 10, 6), None),
        (date(2026, 10, 7), 0.75),
        (date(2026, 12, 31), 0.75),
        (date(2027, 1, 1), 1.50),
    ],
)
def test_the_price_in_force_is_the_newest_that_has_begun(catalogue: Catalogue, day: date, price: float | None) -> None:
    found = catalogue.providers["gemini"].model("gemini-3.8-flash").price(day)
    assert (None if found is None else found.input) == price


@pytest.mark.parametrize(
    ("provider", "model", "usage"),
    [
        ("openai", "gpt-7-nova", Usage(10, 10)),  # not listed
        ("openai", "gpt-6.1-terra-mini", Usage(10, 10)),  # of a known family: capabilities, but no price
        ("openai", "gpt-6.1-terra", Usage(10, None)),  # the vendor reported no output
        ("gemini", "gemini-3.8-flash", Usage(10, 10, cached_input_tokens=5)),  # the price of cached input is not known
    ],
)
def test_what_is_not_known_costs_none_and_never_nothing(
    catalogue: Catalogue, provider: str, model: str, usage: Usage
) -> None:
    assert catalogue.providers[provider].cost(model, usage, TODAY) is None


def test_a_model_that_is_not_listed_runs_with_default_capabilities(catalogue: Catalogue) -> None:
    model = catalogue.providers["openai"].model("gpt-4.1-mini")
    assert (model.refuses, model.thinks, model.effort, model.prices) == ((), False, None, ())


def test_the_longest_pattern_that_matches_wins(catalogue: Catalogue) -> None:
    openai, anthropic = catalogue.providers["openai"], catalogue.providers["anthropic"]
    assert "temperature" not in openai.model("gpt-5.4").refuses
    assert "temperature" in openai.model("gpt-5.4-pro").refuses
    assert "temperature" in openai.model("gpt-5-mini").refuses
    assert anthropic.model("claude-sonnet-4-5-20250929").efforts == ()
    assert "low" in anthropic.model("claude-opus-4-8").efforts


def test_an_overlay_adds_a_vendor_and_changes_a_price_and_leaves_the_rest(tmp_path: Path) -> None:
    path = overlay(
        tmp_path,
        """
        [providers.house]
        dialect = "openai-chat"
        base_url = "http://127.0.0.1:9000/v1"
        [providers.house.models."qwen-house"]
        label = "House Qwen"
        prices = [{ valid_from = 2026-01-01, input = 0, output = 0 }]
        [providers.openai.models."gpt-6.1-terra"]
        prices = [{ valid_from = 2026-11-01, input = 3, output = 4 }]
        """,
    )
    catalogue = Catalogue.load(path)
    assert catalogue.providers["house"].key_env == ()
    assert catalogue.providers["house"].cost("qwen-house", Usage(10, 10), TODAY) == 0.0
    price = catalogue.providers["openai"].model("gpt-6.1-terra").price(TODAY)
    assert price is not None
    assert (price.input, price.output) == (3, 4)
    assert catalogue.providers["openai"].model("gpt-6.1-terra").label == "GPT-6.1 Terra"
    assert len(catalogue.default_panel()) == 3


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[providers.x]\ndialect = "klingon"\nbase_url = "http://a"', "providers.x.dialect"),
        ('[providers.x]\ndialect = "gemini"\nbase_url = "ftp://a"', "providers.x.base_url"),
        ('[providers.openai]\napi_key = "sk-1"', "providers.openai.api_key"),
        ('[providers.openai.models."m"]\nprices = [{ input = 1, output = 1 }]', "prices.0.valid_from"),
        (
            '[providers.openai.models."m"]\nprices = [{ valid_from = 2026-01-01, input = -1, output = 1 }]',
            "prices.0.input",
        ),
        ('[providers.openai.models."m"]\nthinks = "yes"', "providers.openai.models.m.thinks"),
    ],
)
def test_a_wrong_overlay_is_refused_by_file_and_key(tmp_path: Path, text: str, key: str) -> None:
    path = overlay(tmp_path, text)
    with pytest.raises(InvalidInput) as raised:
        Catalogue.load(path)
    assert "mine.toml" in raised.value.detail
    assert key in raised.value.detail
    assert "sk-1" not in raised.value.detail


def test_an_overlay_that_is_no_toml_or_not_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"mine\.toml"):
        Catalogue.load(overlay(tmp_path, "[providers"))
    with pytest.raises(InvalidInput, match=r"absent\.toml"):
        Catalogue.load(tmp_path / "absent.toml")


def test_there_is_a_cheap_judge_in_each_of_several_families(catalogue: Catalogue) -> None:
    judging = {
        provider: [
            price.output
            for name in facts.listed
            if (model := facts.model(name)).judges and (price := model.price(TODAY))
        ]
        for provider, facts in catalogue.providers.items()
    }
    families = {provider: min(prices) for provider, prices in judging.items() if prices}
    assert families.keys() >= {"openai", "anthropic", "gemini"}
    assert sorted(families.values())[2] < 5
    assert not any(facts.local for name, facts in catalogue.providers.items() if name in families)


def test_a_family_does_not_make_its_members_judges(catalogue: Catalogue) -> None:
    assert not catalogue.providers["openai"].model("gpt-6-nano").judges
