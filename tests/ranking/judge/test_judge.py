import asyncio
import json
from typing import Any

import pytest
from tests.ranking.judge.scripted_judge import (
    Decide,
    ScriptedJudge,
    candidates,
    judge_of,
    longest,
    material,
    reply,
    texts,
)

from trillm.providers.provider import Model, ModelRequest
from trillm.ranking.fake import FakeRanker
from trillm.ranking.judge.calls import OUTPUT_TOKENS, tokens_of
from trillm.ranking.judge.envelope import HEAD, MOST_TOKENS, TAIL
from trillm.ranking.judge.judge import JudgeFailed, NotAsked, Terms
from trillm.ranking.judge.reading import WHY_LENGTH, Unreadable, read
from trillm.ranking.judge.settle import share
from trillm.ranking.ladder import check
from trillm.ranking.learned.learned import Learned
from trillm.vocabulary.errors import InvalidInput, ProviderError
from trillm.vocabulary.question import Question
from trillm.vocabulary.ranking import Judgement, Ranking

SKY = Question("Why is the sky blue?")
SHORT = "Air scatters blue light more than red."
MIDDLE = "Air scatters blue light more than red light, so blue reaches us from everywhere."
RELATIVE = [Model("other", "makera-wise", "Wise", judges=True)]
LONG = "Air scatters blue light far more than red light, and so blue light reaches our eyes from every part of the sky."


async def verdict(
    judge: ScriptedJudge, *answers: str, question: Question = SKY, terms: Terms | None = None
) -> tuple[Ranking, Ranking, Judgement]:
    """Return the ranking below, the one after the judge, and what the judge said."""
    panel = candidates(*answers or (LONG, MIDDLE, SHORT))
    below = await Learned().rank(question, panel)
    ranking, judgement = await judge_of(judge, terms=terms).judge(question, panel, below, "close")
    check(ranking, panel)
    return below, ranking, judgement


def shortest(answers: dict[str, str]) -> str:
    return min(answers, key=lambda label: len(answers[label]))


def first(answers: dict[str, str]) -> str:
    return next(iter(answers))


async def test_a_verdict_that_holds_in_both_orders_puts_that_answer_first() -> None:
    below, ranking, judgement = await verdict(ScriptedJudge(shortest))
    assert below.best == "a"
    assert ranking.order == ("c", "a", "b")
    assert (ranking.best, ranking.decided_by) == ("c", "judge")
    assert ranking.why == "The judge preferred it in both orders: It is right and leaves nothing out."
    assert 1 / 3 < (ranking.confidence or 0) < share(3)
    assert ranking.scores == below.scores
    assert (judgement.status, judgement.better, judgement.asked_because) == ("consistent", "c", "close")
    assert judgement.why == "It is right and leaves nothing out."
    assert judgement.error is None


async def test_a_verdict_that_turns_with_the_order_is_a_tie_and_the_ranking_stands() -> None:
    below, ranking, judgement = await verdict(ScriptedJudge(first))
    assert (ranking.order, ranking.probabilities, ranking.decided_by) == (below.order, below.probabilities, "learned")
    assert (
        ranking.why
        == f"{below.why} A judge looked at it too and did not settle it: what it preferred changed with the order."
    )
    assert (judgement.status, judgement.better, judgement.why) == ("undecided", None, "")


async def test_rejected_answers_are_not_shown_and_stay_last() -> None:
    judge = ScriptedJudge(longest)
    refusal = "I'm sorry, but I can't help with that request."
    below, ranking, _ = await verdict(judge, MIDDLE, refusal, SHORT)
    assert ranking.order[-1] == "b"
    assert ranking.probabilities["b"] == below.probabilities["b"]
    assert all(refusal not in call.prompt for call in judge.calls)


async def test_at_most_four_answers_are_shown_the_most_probable() -> None:
    judge = ScriptedJudge(shortest)
    answers = [f"{MIDDLE} Number {n} of these says {'so ' * n}much." for n in range(7)]
    below, ranking, _ = await verdict(judge, *answers)
    leading = {text for panel in [candidates(*answers)] for c in panel if c.id in below.order[:4] for text in [c.text]}
    assert all(set(texts(call.prompt).values()) == leading for call in judge.calls)
    assert ranking.best in below.order[:4]


async def test_the_two_readings_are_in_opposite_orders_under_labels_of_their_own() -> None:
    judge = ScriptedJudge(longest)
    await verdict(judge)
    one, other = (texts(call.prompt) for call in judge.calls)
    assert list(one.values()) == list(other.values())[::-1]
    assert not set(one) & set(other)
    assert all(len(label) == 1 and label not in "AEIOUY" for label in (*one, *other))
    assert [sorted(texts(call.prompt)) for call in judge.calls] == [labels_in(call) for call in judge.calls]


def labels_in(call: ModelRequest) -> list[str]:
    schema: Any = call.schema
    return schema["properties"]["better"]["enum"]


async def test_the_prompt_names_nobody_and_keeps_data_apart_from_instruction() -> None:
    judge = ScriptedJudge(longest)
    question = Question('Is "x" a letter?', reference="Yes,\nit is.")
    await verdict(judge, LONG, MIDDLE, question=question)
    for call in judge.calls:
        said = f"{call.system} {call.prompt}"
        assert "maker" not in said
        assert "court" not in said
        assert LONG not in (call.system or "")
        assert material(call.prompt)["question"] == question.text
        assert material(call.prompt)["reference"] == "Yes,\nit is."
    assert len({call.prompt.split("\n")[0] for call in judge.calls}) == 2


async def test_a_long_answer_is_cut_in_the_middle() -> None:
    judge = ScriptedJudge(longest)
    words = " ".join(f"word{n}" for n in range(20_000))
    await verdict(judge, words, MIDDLE)
    seen = max(texts(judge.calls[0].prompt).values(), key=len)
    assert len(seen) < HEAD + TAIL + 20
    assert (seen[:20], seen[-20:]) == (words[:20], words[-20:])


async def test_scores_are_the_mean_of_both_readings_with_the_weighted_total() -> None:
    _, _, judgement = await verdict(ScriptedJudge(first), LONG, MIDDLE)
    scores = judgement.scores["a"]
    assert (scores.relevance, scores.completeness, scores.clarity, scores.accuracy) == (85, 80, 75, 70)
    assert scores.total == round(0.4 * 85 + 0.3 * 80 + 0.2 * 75 + 0.1 * 70, 1)


async def test_tokens_and_cost_of_both_calls_are_counted() -> None:
    _, _, judgement = await verdict(ScriptedJudge(longest))
    assert (judgement.input_tokens, judgement.output_tokens) == (2000, 200)
    assert judgement.cost_usd == pytest.approx(2 * (1000 * 0.1 + 100 * 0.5) / 1e6)
    _, _, judgement = await verdict(ScriptedJudge(longest, prices=(0.1234, 0.4567)))
    assert judgement.cost_usd == 0.000338  # to six places, as it is kept
    assert judgement.response_time_ms is not None
    assert judgement.response_time_ms > 0


async def test_an_unknown_price_is_an_unknown_cost_and_never_nothing() -> None:
    _, _, judgement = await verdict(ScriptedJudge(longest, prices=None))
    assert judgement.cost_usd is None


async def test_a_relative_of_a_candidate_judges_with_a_caution_that_people_read() -> None:
    _, ranking, judgement = await verdict(ScriptedJudge(longest, listed=RELATIVE))
    assert judgement.caution.startswith("The judge comes from the maker of one of these answers")
    assert ranking.why.endswith(judgement.caution)


@pytest.mark.parametrize(
    ("judge", "error"),
    [
        (ScriptedJudge(failures=[ProviderError("authentication", "No.")] * 2), "authentication"),
        (ScriptedJudge(failures=[ProviderError("bad-request", "No.")]), "bad-request"),
        (ScriptedJudge(finish="refused"), "refused"),
        (ScriptedJudge(finish="truncated"), "truncated"),
        (ScriptedJudge(finish=None), "truncated"),
        (ScriptedJudge(wrap=lambda _: ""), "empty"),
        (ScriptedJudge(wrap=lambda _: "The first one is better, clearly."), "malformed"),
        (ScriptedJudge(wrap=lambda said: said[:-20]), "malformed"),
        (ScriptedJudge(wrap=lambda said: said.replace('"better": "', '"better": "A')), "malformed"),
        (ScriptedJudge(wrap=lambda said: said.replace("90", "900")), "malformed"),
        (ScriptedJudge(wrap=lambda said: said.replace("90", '"90"')), "malformed"),
        (ScriptedJudge(wrap=lambda said: said.replace("90", "NaN")), "malformed"),
        (ScriptedJudge(wrap=lambda said: said.replace("90", "true")), "malformed"),
        (ScriptedJudge(wrap=lambda said: said.replace('"why"', '"because"')), "malformed"),
        (ScriptedJudge(wrap=lambda said: said.replace('"analysis"', '"better"')), "malformed"),
        (ScriptedJudge(wrap=lambda said: "{" * 100_000 + said), "malformed"),
        (ScriptedJudge(wrap=lambda said: f"[{said}, {said.replace('80', '81')}]"), "malformed"),
        (ScriptedJudge(failures=[RuntimeError("scripted")]), "internal"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_judge_that_fails_changes_nothing_and_says_why(judge: ScriptedJudge, error: str) -> None:
    below, ranking, judgement = await verdict(judge)
    assert ranking == below
    assert (judgement.status, judgement.better) == ("failed", None)
    assert judgement.error is not None
    assert judgement.error.type == error
    assert judge.open_streams == 0


async def test_a_failure_before_anything_was_sent_costs_nothing_and_one_under_way_is_unknown() -> None:
    refused = ScriptedJudge(failures=[ProviderError("authentication", "No.")] * 2)
    assert (await verdict(refused))[2].cost_usd == 0.0
    assert (await verdict(ScriptedJudge(finish=None)))[2].cost_usd is None


async def test_one_clock_holds_for_both_readings() -> None:
    judge = ScriptedJudge(stall=True)
    below, ranking, judgement = await verdict(judge, terms=Terms(seconds=0.02))
    assert ranking == below
    assert judgement.error is not None
    assert judgement.error.type == "total-timeout"
    assert judgement.cost_usd is None
    assert (len(judge.calls), judge.open_streams) == (2, 0)


async def test_stopping_while_the_judge_works_cancels_both_calls() -> None:
    judge = ScriptedJudge(stall=True)
    work = asyncio.create_task(verdict(judge))
    for _ in range(200):
        await asyncio.sleep(0)
    assert judge.open_streams == 2
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert judge.open_streams == 0


@pytest.mark.parametrize(
    "wrap",
    [
        lambda said: f"```json\n{said}\n```",
        lambda said: f"Let me think {{so}}. Here it is:\n{said}\nThat is all.",
        lambda said: json.dumps(json.loads(said), indent=2),
        lambda said: f"{said}\n{said}",
    ],
    ids=["fence", "words", "indented", "twice the same"],
)
async def test_a_reply_is_read_in_a_fence_and_between_words(wrap: Any) -> None:
    _, ranking, judgement = await verdict(ScriptedJudge(shortest, wrap=wrap))
    assert (judgement.status, ranking.best) == ("consistent", "c")


async def test_the_judges_sentence_is_cleaned_bounded_and_free_of_labels() -> None:
    why = "Answer  {label} is\x1b[31m right\u202e.\n" + "It " + "goes on " * 60
    judge = ScriptedJudge(shortest, wrap=lambda said: said)
    judge.wrap = lambda said: json.dumps(json.loads(said) | {"why": why.format(label=json.loads(said)["better"])})
    _, ranking, judgement = await verdict(judge)
    assert judgement.why.startswith("It is [31m right . It goes on")
    assert len(judgement.why) <= WHY_LENGTH
    assert judgement.why in ranking.why
    assert ranking.why.isprintable()


async def test_a_label_that_stands_alone_is_replaced_too() -> None:
    judge = ScriptedJudge(shortest, wrap=lambda said: said)
    why = "{label} is right about the second part, and {label}-means is a word."
    judge.wrap = lambda said: json.dumps(json.loads(said) | {"why": why.format(label=json.loads(said)["better"])})
    _, _, judgement = await verdict(judge)
    assert judgement.why.startswith("It is right about the second part")
    assert judgement.why.endswith("-means is a word.")


@pytest.mark.parametrize("decide", [shortest, longest, first])
async def test_a_judgement_that_was_kept_leads_to_the_same_ranking(decide: Decide) -> None:
    below, ranking, judgement = await verdict(ScriptedJudge(decide))
    assert judge_of(ScriptedJudge()).recall(SKY, candidates(LONG, MIDDLE, SHORT), below, judgement) == ranking


async def test_a_judgement_that_was_kept_counts_no_more_once_its_pick_is_not_sound() -> None:
    _, _, judgement = await verdict(ScriptedJudge(shortest))
    panel = candidates(LONG, MIDDLE, "")
    below = await Learned().rank(SKY, panel)
    assert judge_of(ScriptedJudge()).recall(SKY, panel, below, judgement) == below


async def test_nobody_is_asked_where_no_model_is_capable() -> None:
    for judge in (ScriptedJudge(ready=False), ScriptedJudge(listed=[Model("court", "tiny", "Tiny")])):
        with pytest.raises(NotAsked):
            await verdict(judge)
        assert judge.calls == []


async def test_nobody_is_asked_about_one_sound_answer() -> None:
    judge = ScriptedJudge()
    with pytest.raises(NotAsked):
        await verdict(judge, LONG, "")
    assert judge.calls == []


async def test_a_judgement_over_its_cap_is_not_asked_for() -> None:
    judge = ScriptedJudge(prices=(10, 50))
    panel = candidates(LONG, MIDDLE)
    expected = judge_of(judge).estimate(SKY, panel)
    assert expected is not None
    with pytest.raises(NotAsked):
        await verdict(judge, LONG, MIDDLE, terms=Terms(cap_usd=expected * 0.9))
    assert judge.calls == []
    await verdict(judge, LONG, MIDDLE, terms=Terms(cap_usd=expected * 1.1))
    assert len(judge.calls) == 2


def worst(call: ModelRequest, prices: tuple[float, float]) -> float:
    said = f"{call.system}{call.prompt}"
    read = sum(1 / 3 if character.isascii() else 1 for character in said)
    return (read * prices[0] + (call.max_output_tokens or 0) * prices[1]) / 1e6


@pytest.mark.parametrize(
    "reference", ["空气分子散射蓝光。" * 300, "The air scatters blue light. " * 100], ids=["wide", "ascii"]
)
async def test_what_the_readings_may_say_is_bounded_by_what_the_cap_leaves(reference: str) -> None:
    prices, question = (3.0, 15.0), Question(SKY.text, reference=reference)
    expected = judge_of(ScriptedJudge(prices=prices)).estimate(question, candidates(LONG, MIDDLE, SHORT))
    assert expected is not None
    for cap, bounded in ((expected * 1.2, True), (expected * 10, False)):
        judge = ScriptedJudge(longest, prices=prices)
        await verdict(judge, question=question, terms=Terms(cap_usd=cap))
        assert sum(worst(call, prices) for call in judge.calls) <= cap
        assert all((call.max_output_tokens != MOST_TOKENS) is bounded for call in judge.calls)
        assert all((call.max_output_tokens or 0) >= OUTPUT_TOKENS for call in judge.calls)
    free = ScriptedJudge(longest, prices=prices)
    await verdict(free, question=question)
    assert {call.max_output_tokens for call in free.calls} == {MOST_TOKENS}


@pytest.mark.parametrize("cap", [0.0, 0.000_001, 0.005])
async def test_a_cap_that_leaves_no_room_for_a_verdict_asks_nobody(cap: float) -> None:
    judge = ScriptedJudge(longest, prices=(0.1, 15.0))
    with pytest.raises(NotAsked):
        await verdict(judge, LONG, MIDDLE, terms=Terms(cap_usd=cap))
    assert judge.calls == []


def test_outside_of_ascii_a_character_is_a_token() -> None:
    assert tokens_of("") == 0
    assert tokens_of("abcd") == 2
    assert tokens_of("天空是蓝色的") == 6
    assert tokens_of("sky: 天空 \ud800") == 2 + 3


async def test_under_a_cap_a_model_of_unknown_price_is_asked_only_if_the_operator_named_it() -> None:
    unknown = ScriptedJudge(longest, prices=None)
    with pytest.raises(NotAsked):
        await verdict(unknown, terms=Terms(cap_usd=1.0))
    assert unknown.calls == []
    assert not judge_of(unknown, terms=Terms(cap_usd=1.0)).may_cost(None)
    await verdict(unknown, terms=Terms(model="court:wise", cap_usd=1.0))
    await verdict(unknown)
    assert len(unknown.calls) == 4


async def test_under_a_cap_a_relative_with_a_price_judges_before_a_stranger_without_one() -> None:
    stranger, relative = ScriptedJudge(prices=None), ScriptedJudge(longest, name="other", listed=RELATIVE)
    panel = candidates(LONG, MIDDLE)
    chosen = judge_of(stranger, relative, terms=Terms(cap_usd=1.0)).chosen(panel)
    assert chosen is not None
    assert chosen.provider.name == "other"
    free = judge_of(stranger, relative).chosen(panel)
    assert free is not None
    assert free.provider.name == "court"


async def test_an_estimate_is_unknown_without_a_judge_or_a_price() -> None:
    panel = candidates(LONG, MIDDLE)
    assert judge_of(ScriptedJudge(prices=None)).estimate(SKY, panel) is None
    assert judge_of(ScriptedJudge(ready=False)).estimate(SKY, panel) is None


async def test_the_operators_model_judges_whatever_else_there_is() -> None:
    judge = ScriptedJudge(listed=[Model("court", "wise", "Wise", judges=True), Model("court", "mine", "Mine")])
    await verdict(judge, terms=Terms(model="court:mine"))
    assert {call.model for call in judge.calls} == {"mine"}
    with pytest.raises(InvalidInput):
        judge_of(judge, terms=Terms(model="nobody:mine"))


async def test_as_a_rung_it_raises_when_the_judge_fails_so_that_the_ladder_falls() -> None:
    judge = judge_of(ScriptedJudge(failures=[ProviderError("bad-request", "No.")] * 2))
    with pytest.raises(JudgeFailed):
        await judge.rank(SKY, candidates(LONG, MIDDLE))


async def test_as_a_rung_it_passes_on_the_ranking_below_where_nobody_can_be_asked() -> None:
    below = FakeRanker(["b"])
    panel = candidates(LONG, MIDDLE)
    ranking = await judge_of(ScriptedJudge(ready=False), below=below).rank(SKY, panel)
    assert ranking == await below.rank(SKY, panel)


def test_a_reply_with_the_scores_of_a_stranger_is_unreadable() -> None:
    said = reply(["K", "T"], "K")
    said["scores"][1]["label"] = "Q"
    with pytest.raises(Unreadable):
        read(json.dumps(said), {"K": "a", "T": "b"})
