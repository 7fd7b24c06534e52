import pytest
from tests.ranking.judge.scripted_judge import ScriptedJudge

from trillm.providers.catalogue import Catalogue
from trillm.providers.provider import Model
from trillm.providers.registry import Registry
from trillm.providers.vendor import build_vendors
from trillm.ranking.judge.choose import OWN, RELATED, choose, family, judge_told
from trillm.ranking.ranker import Candidate
from trillm.vocabulary.response import ResponseStatus


def panel(*keys: str) -> list[Candidate]:
    found: list[Candidate] = []
    for key in keys:
        provider, _, model = key.partition(":")
        found.append(Candidate(key, provider, model, ResponseStatus.COMPLETE, "An answer."))
    return found


def judge(name: str, price: float | None = 1.0, *, ready: bool = True, capable: bool = True) -> ScriptedJudge:
    prices = None if price is None else (price, price)
    listed = [Model(name, f"{name}-large", name, judges=capable)]
    return ScriptedJudge(name=name, prices=prices, ready=ready, listed=listed)


def test_the_cheapest_of_another_family_judges() -> None:
    registry = Registry([judge("red", 3), judge("blue", 2), judge("green", 1), judge("white", None)])
    chosen = choose(registry, panel("green:green-small", "black:black-small"))
    assert chosen is not None
    assert (chosen.key, chosen.cautions) == ("blue:blue-large", ())


def test_a_price_that_nobody_knows_comes_last() -> None:
    chosen = choose(Registry([judge("white", None), judge("red", 99)]), panel("black:black-small"))
    assert chosen is not None
    assert chosen.key == "red:red-large"


def test_where_all_are_relatives_one_that_wrote_no_answer_judges_with_a_caution() -> None:
    registry = Registry([judge("green", 1), judge("blue", 2)])
    chosen = choose(registry, panel("green:green-large", "blue:blue-small"))
    assert chosen is not None
    assert (chosen.key, chosen.cautions) == ("blue:blue-large", (RELATED,))
    alone = choose(Registry([judge("green", 1)]), panel("green:green-large", "blue:blue-small"))
    assert alone is not None
    assert alone.cautions == (OWN,)


def test_what_cannot_be_asked_or_is_not_capable_or_runs_here_never_judges_unasked() -> None:
    local = ScriptedJudge(name="here", listed=[Model("here", "big", "Big", judges=True, local=True)])
    registry = Registry([judge("red", ready=False), judge("blue", capable=False), local])
    assert choose(registry, panel("green:green-small")) is None


def test_the_operators_model_judges_though_weak_or_local_and_says_whose_it_is() -> None:
    registry = Registry([judge("blue", 1), judge("red", capable=False)])
    named = registry.panel(["red:red-tiny"])[0]
    chosen = choose(registry, panel("red:red-other", "blue:blue-small"), named=named)
    assert chosen is not None
    assert (chosen.key, chosen.cautions) == ("red:red-tiny", (RELATED,))
    away = Registry([judge("red", ready=False)])
    assert choose(away, panel("blue:blue-small"), named=away.panel(["red:red-tiny"])[0]) is None


@pytest.mark.parametrize(
    ("one", "other", "related"),
    [
        ("anthropic:claude-haiku-5-5", "anthropic:claude-sonnet-5-5", True),
        ("anthropic:claude-haiku-5-5", "openrouter:anthropic/claude-opus-5-5", True),
        ("gemini:gemini-3.8-flash", "openrouter:google/gemini-3.5-flash", True),
        ("xai:grok-4.5", "openrouter:x-ai/grok-4.5", True),
        ("ollama:qwen3:8b", "openrouter:qwen/qwen3-235b", True),
        ("openai:gpt-6-luna", "anthropic:claude-haiku-5-5", False),
        ("openrouter:google/gemini-3.5-flash", "openrouter:anthropic/claude-opus-5-5", False),
        ("deepseek:deepseek-v4-pro", "openai:gpt-6-luna", False),
        ("gateway:gpt-4o", "openai:gpt-6-luna", True),
        ("vllm:llama-3.1-8b", "openrouter:meta-llama/llama-3.3-70b-instruct", True),
        ("openai:o3-mini", "gateway:chatgpt-4o-latest", True),
        ("bedrock:us.anthropic.claude-opus-5-5-v1:0", "anthropic:claude-haiku-5-5", True),
        ("gateway:gpt-4o", "gateway:claude-opus-5-5", False),
        ("openai:llama-3.1-8b", "openai:gpt-6-luna", False),
        ("gateway:solar-10b", "gateway:wizard-2", False),
    ],
)
def test_relatives_are_known_by_who_made_them_whoever_serves_them(one: str, other: str, related: bool) -> None:
    assert bool(family(one) & family(other)) is related


async def test_with_the_three_vendors_keys_a_panel_of_two_is_judged_by_a_small_model_of_the_third() -> None:
    vendors = build_vendors(Catalogue.load(), {"openai": "k", "anthropic": "k", "gemini": "k"}, {}, 1.0)
    registry = Registry(vendors)
    two = choose(registry, panel("openai:gpt-6.1-terra", "gemini:gemini-3.8-flash"))
    three = choose(registry, panel("openai:gpt-6.1-terra", "gemini:gemini-3.8-flash", "anthropic:claude-sonnet-5-5"))
    assert two is not None
    assert (two.key, two.cautions) == ("anthropic:claude-haiku-5-5", ())
    assert three is not None
    assert (three.key, three.cautions) == ("anthropic:claude-haiku-5-5", (RELATED,))
    await registry.close()


def test_a_model_that_failed_too_often_just_now_does_not_judge() -> None:
    registry = Registry([judge("green", 1), judge("blue", 2)])
    chosen = choose(registry, panel("red:red-small"), is_left_alone=lambda key: key.startswith("green:"))
    assert chosen is not None
    assert chosen.provider.name == "blue"
    named = registry.panel(["green:green-large"])[0]
    assert choose(registry, panel("red:red-small"), named=named, is_left_alone=lambda key: True) is None


def test_it_is_told_of_a_judge_in_the_settings_why_it_may_not_judge() -> None:
    registry = Registry([judge("red")])
    assert [judge_told(registry, named) for named in ("", "red:red-large")] == ["", ""]
    told = judge_told(registry, "red:mystery")
    assert told == "not in the catalogue: where red has no such model nothing is judged. Known are red-large."
    vendors = build_vendors(Catalogue.load(), {}, {}, 1.0)
    assert judge_told(Registry(vendors), "xai:grok-4.5") == "set XAI_API_KEY to ask xai"
