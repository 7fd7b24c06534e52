"""Every ranker keeps what the socket promises; a third party may run the suite with its own in RANKERS."""

import asyncio
import itertools
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.ranking.judge.scripted_judge import ScriptedJudge, judge_of

from trillm.ranking.criteria import Criteria
from trillm.ranking.fake import FakeRanker
from trillm.ranking.heuristic import Heuristic
from trillm.ranking.ladder import Ladder, check, default_ladder
from trillm.ranking.learned.learned import Learned
from trillm.ranking.ranker import Candidate, Ranker
from trillm.vocabulary.question import Question
from trillm.vocabulary.ranking import Ranking
from trillm.vocabulary.response import ResponseStatus

RANKERS: dict[str, Callable[[], Ranker]] = {
    "criteria": Criteria,
    "heuristic": Heuristic,
    "learned": Learned,
    "ladder": default_ladder,
    "fallen ladder": lambda: Ladder([FakeRanker(failures=[RuntimeError("scripted")] * 10_000), Heuristic()]),
    "fake": FakeRanker,
    "judge": lambda: judge_of(ScriptedJudge()),
}
QUESTION = Question("Why does the sky look blue, and why is it red in the evening?")
SOUND = (
    "Air scatters blue light more than red light, so the sky looks blue. In the evening the light crosses more air, "
    "most of the blue is gone, and what is left looks red."
)
REJECTED = {
    "empty": (ResponseStatus.EMPTY, ""),
    "blank": (ResponseStatus.COMPLETE, " \n\u200b\t"),
    "refusal": (ResponseStatus.COMPLETE, "I'm sorry, but I can't help with that request."),
    "refused by status": (ResponseStatus.REFUSED, "This is not something to talk about here."),
    "truncated": (ResponseStatus.TRUNCATED, SOUND),
    "failed half-way": (ResponseStatus.FAILED, "Air scatters blue light"),
    "timeout": (ResponseStatus.TIMEOUT, "Air scatters blue light more"),
    "cancelled": (ResponseStatus.CANCELLED, "Air scatters"),
    "error text": (ResponseStatus.COMPLETE, "502 Bad Gateway"),
    "loop": (ResponseStatus.COMPLETE, "The sky is blue because the sky is blue. " * 40),
    "wrong language": (
        ResponseStatus.COMPLETE,
        "Der Himmel ist blau, weil die Luft das blaue Licht mehr streut als das rote, und am Abend ist der Weg länger.",
    ),
}
TEXTS = st.one_of(
    st.text(max_size=300),
    st.sampled_from([text for _, text in REJECTED.values()] + [SOUND, "42", "🙂🙂", "سماء زرقاء", "```\nx = 1\n```"]),
)


@pytest.fixture(params=RANKERS)
def ranker(request: pytest.FixtureRequest) -> Ranker:
    return RANKERS[request.param]()


def answer(id: str, text: str, status: ResponseStatus = ResponseStatus.COMPLETE, ms: float | None = None) -> Candidate:
    return Candidate(id, "provider", "model", status, text, ms)


def assert_promises(ranking: Ranking, candidates: list[Candidate]) -> None:
    check(ranking, candidates)
    shares = [ranking.probabilities[id] for id in ranking.order]
    assert shares == sorted(shares, reverse=True)
    for scores in ranking.scores.values():
        shown = (scores.relevance, scores.completeness, scores.clarity, scores.accuracy)
        assert all(0 <= score <= 100 and round(score, 1) == score for score in shown)
        assert scores.total == round(sum(w * s for w, s in zip((0.4, 0.3, 0.2, 0.1), shown, strict=True)), 1)
    if ranking.best is None:
        assert ranking.confidence is None
    else:
        assert ranking.confidence == ranking.probabilities[ranking.best]


async def test_every_id_stands_once_whatever_the_order_of_the_candidates(ranker: Ranker) -> None:
    candidates = [answer("a", SOUND, ms=900), answer("b", "Because of the sea.", ms=100), answer("c", "", ms=5)]
    rankings = [await ranker.rank(QUESTION, list(order)) for order in itertools.permutations(candidates)]
    assert_promises(rankings[0], candidates)
    assert all(ranking == rankings[0] for ranking in rankings)


@pytest.mark.parametrize("defect", REJECTED)
async def test_a_rejected_answer_never_precedes_a_sound_one(ranker: Ranker, defect: str) -> None:
    status, text = REJECTED[defect]
    candidates = [answer("a", text, status, ms=1), answer("b", SOUND, ms=60_000), answer("c", text, status, ms=2)]
    ranking = await ranker.rank(QUESTION, candidates)
    assert_promises(ranking, candidates)
    assert ranking.best == "b"


async def test_with_no_text_at_all_nothing_is_best(ranker: Ranker) -> None:
    candidates = [answer("a", "", ResponseStatus.FAILED), answer("b", "", ResponseStatus.EMPTY)]
    ranking = await ranker.rank(QUESTION, candidates)
    assert_promises(ranking, candidates)
    assert (ranking.best, set(ranking.probabilities.values())) == (None, {0.0})


async def test_when_all_are_rejected_the_best_with_text_wins_without_confidence(ranker: Ranker) -> None:
    candidates = [
        answer("a", "", ResponseStatus.EMPTY),
        answer("b", "I'm sorry, but I can't help with that."),
        answer("c", SOUND, ResponseStatus.TRUNCATED),
    ]
    ranking = await ranker.rank(QUESTION, candidates)
    assert_promises(ranking, candidates)
    assert (ranking.best, ranking.too_close, ranking.order[-1]) == ("c", True, "a")
    assert ranking.confidence is not None
    assert ranking.confidence < 0.5


async def test_a_single_candidate_is_the_best(ranker: Ranker) -> None:
    ranking = await ranker.rank(QUESTION, [answer("only", SOUND)])
    assert_promises(ranking, [answer("only", SOUND)])
    assert (ranking.best, ranking.too_close) == ("only", False)


async def test_twenty_four_candidates_are_ranked(ranker: Ranker) -> None:
    candidates = [answer(f"{n:02}", SOUND[: 40 + 6 * n] + ".", ms=n) for n in range(24)]
    assert_promises(await ranker.rank(QUESTION, candidates), candidates)


HOSTILE = [
    *("[" * 50_000, "<div>" * 50_000, "*" * 50_000, "`" * 50_000, "'" * 50_000, "$" * 50_000, "\n" * 50_000 + "x"),
    *("word " * 200_000, "a" * 1_000_000, "I " * 50_000, ". " * 50_000, "1," * 50_000, "(A) " * 50_000),
    *("\\boxed{" * 20_000, "answer is " * 20_000, "sorry " * 50_000, "ERROR: " * 50_000, "```python\n" + "(" * 50_000),
    *("as an ai " * 20_000, "pick me " * 20_000, "A) B) " * 20_000, "é" * 50_000, "天" * 50_000, "1." * 50_000),
]


@pytest.mark.parametrize(
    "text",
    HOSTILE,
    ids=lambda text: f"{text[:9]!r}",
)
@pytest.mark.timeout(20)
async def test_a_hostile_text_costs_bounded_work(ranker: Ranker, text: str) -> None:
    candidates = [answer("a", text), answer("b", SOUND)]
    assert_promises(await ranker.rank(QUESTION, candidates), candidates)


@pytest.mark.parametrize(
    "text", ["السماء زرقاء بسبب تشتت الضوء", "🙂🔵🌅", "```python\nprint('blue')\n```", "天空是蓝色的", "\ud800"]
)
async def test_any_script_emoji_and_code_alone_are_ranked(ranker: Ranker, text: str) -> None:
    candidates = [answer("a", text), answer("b", SOUND)]
    assert_promises(await ranker.rank(QUESTION, candidates), candidates)


@pytest.mark.parametrize("name", ["criteria", "learned", "ladder"])
async def test_identical_answers_go_to_the_faster_then_to_the_smaller_id(name: str) -> None:
    ranker = RANKERS[name]()
    candidates = [answer("c", SOUND), answer("b", SOUND, ms=9), answer("d", SOUND, ms=9), answer("a", SOUND, ms=20)]
    ranking = await ranker.rank(QUESTION, candidates)
    assert ranking.order == ("b", "d", "a", "c")
    assert ranking.too_close is (name == "criteria")  # those above know that there is nothing to choose


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    question=st.one_of(st.text(min_size=1, max_size=200), st.just(QUESTION.text)),
    drawn=st.lists(
        st.tuples(TEXTS, st.sampled_from(ResponseStatus), st.none() | st.floats(0, 1e6)), min_size=1, max_size=5
    ),
    name=st.sampled_from(sorted(RANKERS)),
    reference=st.none() | st.text(max_size=40),
)
def test_no_text_breaks_a_promise(
    question: str, drawn: list[tuple[str, ResponseStatus, float | None]], name: str, reference: str | None
) -> None:
    candidates = [answer(str(n), text, status, ms) for n, (text, status, ms) in enumerate(drawn)]
    asked = Question(question, reference=reference)
    forwards = asyncio.run(RANKERS[name]().rank(asked, candidates))
    backwards = asyncio.run(RANKERS[name]().rank(asked, candidates[::-1]))
    assert_promises(forwards, candidates)
    assert forwards == backwards
    assert (forwards.best is None) == all(forwards.probabilities[c.id] == 0 for c in candidates)
