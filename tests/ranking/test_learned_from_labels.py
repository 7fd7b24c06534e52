import random
from dataclasses import replace

import pytest
from tests.ranking.test_learned import ACCEPTS, NONSENSE, OBJECTS

from trillm.ranking.judge.policy import why_ask
from trillm.ranking.learned.label import Label
from trillm.ranking.learned.learned import Learned
from trillm.ranking.learned.learnt import Learnt
from trillm.ranking.learned.order import VOTE, vote_of
from trillm.ranking.ranker import Candidate
from trillm.vocabulary.question import Question
from trillm.vocabulary.ranking import Ranking
from trillm.vocabulary.response import ResponseStatus

SUM = Question("How much is 6 * 7?")
WHY = Question("Why is the sky blue?")
LONG = "Air scatters blue light more than red light, so the sky looks blue to us during the day."
SHORT = "Because of how the air scatters the light of the sun."


def candidates(*texts: str, models: str = "abc") -> list[Candidate]:
    return [
        Candidate(model, "p", model, ResponseStatus.COMPLETE, text, 1.0)
        for model, text in zip(models, texts, strict=False)
    ]


def results(*finals: str) -> list[Candidate]:
    return candidates(*(f"Let us see. Final answer: {final}" for final in finals))


async def after(learned: Learned, question: Question, panel: list[Candidate], better: str, n: int) -> Ranking:
    """The ranking of the panel after somebody has found the same answer better so many times."""
    label = learned.label(question, panel, category="mathematics" if question is SUM else "facts", better=better)
    assert label is not None
    learned.adopt(Learnt.fit([label] * n))
    return await learned.rank(question, panel)


async def test_without_labels_the_shipped_numbers_decide_alone() -> None:
    learned, untouched = Learned(), Learned()
    learned.adopt(Learnt())
    for question, panel in ((SUM, results("42", "41", "40")), (WHY, candidates(LONG, SHORT))):
        assert await learned.rank(question, panel) == await untouched.rank(question, panel)


async def test_where_all_differ_the_more_reliable_model_is_picked_and_the_reason_says_so() -> None:
    ranking = await after(Learned(), SUM, results("42", "41", "40"), "c", 31)
    assert ranking.best == "c"
    assert ranking.why == "Its model has been the more reliable here on mathematics (31 votes and verdicts)."


async def test_one_label_does_not_beat_two_that_agree_and_many_do() -> None:
    learned = Learned()
    assert (await after(learned, SUM, results("42", "42", "40"), "c", 1)).best in ("a", "b")
    ranking = await after(learned, SUM, results("42", "42", "40"), "c", 80)
    assert ranking.best == "c"
    assert ranking.why.startswith("Two agree on another final answer, but its model has been the more reliable here")
    assert (ranking.ground, why_ask("auto", ranking, sound=3, audited=False)) == ("divided", "close")


async def test_where_labels_lift_two_against_the_majority_alike_it_is_said_that_they_decided() -> None:
    learned = Learned()
    told = [
        learned.label(
            SUM,
            candidates("Final answer: 42", "Final answer: 41", models=f"{worse}{better}"),
            category="mathematics",
            better=better,
        )
        for better in "bc"
        for worse in "de"
    ]
    learned.adopt(Learnt.fit([label for label in told * 200 if label is not None]))
    panel = candidates(*(f"Final answer: {n}" for n in ("42", "42", "41", "40")), models="debc")
    ranking = await learned.rank(SUM, panel)
    assert ranking.best in ("b", "c")
    assert [reason.code for reason in ranking.reasons] == ["reliable"]


async def test_of_many_who_agree_each_weighs_less_for_models_err_alike() -> None:
    learned = Learned()
    await after(learned, SUM, results("42", "41", "40"), "c", 300)
    nine = candidates(*(f"Final answer: {final}" for final in ("42",) * 5 + ("41",) * 3 + ("40",)), models="defghijkc")
    assert (await Learned().rank(SUM, nine)).best in set("defgh")
    assert vote_of(3) == vote_of(1) == VOTE
    assert 9 * vote_of(9) == pytest.approx(VOTE * 3 * 3**0.5)
    assert 5 * VOTE > VOTE + learned.learnt.of("p:c", "mathematics") > 5 * vote_of(9)
    assert (await learned.rank(SUM, nine)).best == "c"


async def test_where_what_was_learnt_agrees_with_the_majority_it_stays_one() -> None:
    ranking = await after(Learned(), SUM, results("42", "42", "40"), "a", 80)
    assert (ranking.best, ranking.ground) == ("a", "majority")


@pytest.mark.parametrize("texts", [("42", "42", None), ("42", "41", None)], ids=str)
async def test_an_answer_without_a_result_is_not_lifted_over_one_that_has_one(texts: tuple[str | None, ...]) -> None:
    learned = Learned()
    await after(learned, SUM, results("42", "41", "40"), "c", 300)
    assert learned.learnt.of("p:c", "mathematics") > 2
    said = [f"Final answer: {text}" if text else "I would rather think about that for a while." for text in texts]
    panel = candidates(*said)
    cold, warm = await Learned().rank(SUM, panel), await learned.rank(SUM, panel)
    assert warm.best != "c"
    assert texts["abc".index(str(warm.best))] is not None
    assert warm.ground == cold.ground


async def test_a_reliable_model_without_a_result_leaves_those_that_agree_as_sure_as_they_were() -> None:
    learned = Learned()
    await after(learned, SUM, results("42", "41", "40"), "c", 300)
    panel = candidates("Final answer: 42", "Final answer: 42", "I would rather think about that for a while.")
    cold, warm = await Learned().rank(SUM, panel), await learned.rank(SUM, panel)
    assert (warm.ground, cold.ground) == ("unanimous", "unanimous")
    assert (warm.confidence or 0) >= (cold.confidence or 1)


async def test_an_answer_that_people_prefer_beats_the_longer_one_in_prose() -> None:
    learned = Learned()
    assert (await learned.rank(WHY, candidates(LONG, SHORT))).best == "a"
    ranking = await after(learned, WHY, candidates(LONG, SHORT), "b", 60)
    assert ranking.best == "b"
    assert "on facts (60 votes and verdicts)" in ranking.why


async def test_prose_may_be_surer_only_with_labels_behind_it() -> None:
    learned = Learned()
    cold = await learned.rank(WHY, candidates(LONG, SHORT))
    warm = await after(learned, WHY, candidates(LONG, SHORT), "a", 400)
    assert cold.confidence is not None
    assert warm.confidence is not None
    assert cold.confidence <= learned.weights.cap < warm.confidence < 0.95


async def test_a_reference_is_not_overruled_by_what_was_learnt() -> None:
    learned, panel = Learned(), results("42", "41", "41")
    await after(learned, SUM, panel, "c", 80)
    ranking = await learned.rank(Question(SUM.text, reference="42"), panel)
    assert (ranking.best, ranking.ground) == ("a", "reference")


async def test_what_is_learnt_holds_for_the_category_that_the_caller_names() -> None:
    learned, panel = Learned(), candidates(LONG, SHORT)
    label = learned.label(WHY, panel, category="writing", better="b")
    assert label is not None
    learned.adopt(Learnt.fit([label] * 40))
    named = await learned.rank(Question(WHY.text, category="writing"), panel)
    assert named.best == "b"
    assert "on writing (40 votes and verdicts)" in named.why


async def test_an_unknown_category_is_told_from_the_words() -> None:
    learned, panel = Learned(), candidates(LONG, SHORT)
    await after(learned, WHY, panel, "b", 60)
    assert "on facts" in (await learned.rank(Question(WHY.text, category="my own"), panel)).why


@pytest.mark.parametrize(
    ("panel", "said"),
    [
        (results("42", "42", "42"), {"better": "a"}),
        (results("42", "41"), {"better": "nobody"}),
        (results("42", "41"), {"shown": "a"}),
        (results("42", "41"), {}),
        (results("42"), {"better": "a"}),
        (candidates(LONG, "", models="ab"), {"better": "a"}),
        (candidates("Final answer: 42", ""), {"better": "b"}),
    ],
    ids=["all agree", "no such answer", "a thumb up or down?", "nothing", "alone", "one sound", "a rejected one"],
)
def test_what_tells_nothing_is_no_label(panel: list[Candidate], said: dict[str, str]) -> None:
    assert Learned().label(SUM, panel, category="mathematics", **said) is None  # pyright: ignore[reportArgumentType]


def test_answers_of_one_model_teach_nothing_of_models() -> None:
    twins = [Candidate(id, "p", "m", ResponseStatus.COMPLETE, text) for id, text in (("a", LONG), ("b", SHORT))]
    assert Learned().label(WHY, twins, category="facts", better="a") is None


def test_a_label_holds_models_values_and_groups_and_no_text() -> None:
    label = Learned().label(SUM, results("42", "41", "42"), category="mathematics", better="b", weight=0.7)
    assert isinstance(label, Label)
    assert label.better is not None
    assert label.answers[label.better].model == "p:b"
    groups = {answer.model: answer.group for answer in label.answers}
    assert groups["p:a"] == groups["p:c"] != groups["p:b"]
    assert (label.category, label.weight) == ("mathematics", 0.7)
    assert "42" not in repr(label)


def test_a_thumb_is_a_label_of_the_answer_shown() -> None:
    label = Learned().label(WHY, candidates(LONG, SHORT), category="facts", shown="b", liked=False)
    assert label is not None
    assert label.shown is not None
    assert (label.answers[label.shown].model, label.liked, label.better) == ("p:b", False, None)


NINE = ("42",) * 4 + ("41",) * 3 + ("40",) * 2


async def sure(learned: Learned, *finals: str, models: str = "abcdefghi") -> float:
    """How sure the pick is among answers with these results."""
    ranking = await learned.rank(SUM, candidates(*(f"Final answer: {final}" for final in finals), models=models))
    return ranking.confidence or 0


async def test_without_labels_the_shipped_numbers_say_how_sure_more_than_three_results_are() -> None:
    learned = Learned()
    weights = learned.weights
    assert await sure(learned, *NINE) == pytest.approx(weights.agreed("plain", "many 0.4 near"), abs=1e-3)
    assert await sure(learned, "42", "42", "41", "40") == pytest.approx(
        weights.agreed("plain", "few 0.5 far"), abs=1e-3
    )


async def test_however_reliable_a_model_is_its_pick_is_no_surer_than_that_any_is_right() -> None:
    learned = Learned()
    await after(learned, SUM, results("42", "41", "40"), "a", 20)
    some = learned.weights.some_right("plain", "many 0.4 near") or 0
    cold, warm = [await sure(one, *NINE, models="ajklmnopq") for one in (Learned(), learned)]
    assert cold < warm < (1 + some) / 2


async def test_where_one_model_is_far_more_reliable_it_is_likelier_that_any_is_right() -> None:
    learned = Learned()
    await after(learned, SUM, results("42", "41", "40"), "c", 200)
    cold = learned.weights.agreed("plain", "1-1-1")
    held = cold / 0.45  # how likely any is right while nothing tells the models apart, about
    assert await sure(learned, "42", "41", "40") > held + 0.1


async def test_where_what_was_said_did_not_come_true_the_pick_is_less_sure() -> None:
    trusted, doubted, panel = Learned(), Learned(), results("42", "42", "40")
    for learned, blind in ((trusted, False), (doubted, True)):
        labels = [learned.label(SUM, panel, category="mathematics", better=better) for better in "ac" * 20]
        told = [replace(label, when=float(n), blind=blind) for n, label in enumerate(labels) if label is not None]
        learned.adopt(Learnt.fit(told))
    assert await sure(doubted, "42", "42", "40") < await sure(trusted, "42", "42", "40")
    assert (await doubted.rank(SUM, panel)).order == (await trusted.rank(SUM, panel)).order


def test_who_rejects_all_results_says_that_none_is_right() -> None:
    label = Learned().label(SUM, results("42", "41", "42"), category="mathematics", rejected="abc")
    assert label is not None
    assert (label.none, label.better, label.shown) == (True, None, None)
    assert label.some is not None
    assert 0.5 < label.some < 1


@pytest.mark.parametrize(
    ("question", "panel", "rejected"),
    [
        (SUM, results("42", "41", "40"), "ab"),
        (SUM, results("42", "41", "40"), ""),
        (SUM, results("42", "42", "42"), "abc"),
        (WHY, candidates(LONG, SHORT), "ab"),
    ],
    ids=["one is left", "none is named", "all agree", "prose"],
)
def test_what_does_not_say_that_all_results_are_wrong_is_no_such_label(
    question: Question, panel: list[Candidate], rejected: str
) -> None:
    assert Learned().label(question, panel, category="mathematics", rejected=rejected) is None


def people_say(learned: Learned, right: int, nones: int, *finals: str) -> None:
    """Have it learn from so many who say that the first is right, and so many who say that none is."""
    panel = results(*finals)
    named = learned.label(SUM, panel, category="mathematics", better="a")
    none = learned.label(SUM, panel, category="mathematics", rejected="abc")
    assert named is not None
    assert none is not None
    said = [named] * right + [none] * nones
    learned.adopt(Learnt.fit(replace(label, blind=True) for label in said))


async def test_where_people_often_say_that_none_is_right_the_pick_is_less_sure_and_the_same() -> None:
    learned, panel, found = Learned(), results("42", "42", "40"), list[Ranking]()
    for nones in (20, 80, 300):
        people_say(learned, 80, nones, "42", "42", "40")
        found.append(await learned.rank(SUM, panel))
    assert [(one.order, one.too_close) for one in found] == [(found[0].order, found[0].too_close)] * 3
    sure = [one.confidence or 0 for one in found]
    assert sure == [pytest.approx(expected, abs=0.06) for expected in (0.8, 0.5, 80 / 380)]


async def test_that_none_is_right_brings_no_answer_nearer_to_the_first() -> None:
    learned = Learned()
    people_say(learned, 40, 0, "42", "42", "40")
    before = await learned.rank(SUM, results("42", "42", "40"))
    people_say(learned, 40, 200, "42", "42", "40")
    after_all = await learned.rank(SUM, results("42", "42", "40"))
    odds = [one.probabilities["a"] / one.probabilities["c"] for one in (before, after_all)]
    assert odds[1] > 0.8 * odds[0]
    assert sum(after_all.probabilities.values()) < 0.4


async def test_the_level_holds_where_results_agree_as_well_and_in_categories_of_which_nobody_spoke_less() -> None:
    learned, untouched = Learned(), Learned()
    people_say(learned, 40, 160, "42", "41", "40")
    for finals in (("42", "42", "42"), ("42", "42", "40")):
        assert await sure(learned, *finals) < await sure(untouched, *finals) - 0.1
    other = replace(SUM, category="code")
    of_code = (await learned.rank(other, results("42", "42", "42"))).confidence or 0
    assert await sure(learned, "42", "42", "42") < of_code < await sure(untouched, "42", "42", "42")


async def test_where_no_results_are_compared_the_level_changes_nothing() -> None:
    learned, untouched = Learned(), Learned()
    people_say(learned, 40, 160, "42", "41", "40")
    learned.adopt(replace(learned.learnt, beliefs={n: b for n, b in learned.learnt.beliefs.items() if not n[0]}))
    assert learned.learnt.level("facts") < -0.5
    contested = Question(NONSENSE), candidates(ACCEPTS, OBJECTS, ACCEPTS.replace("three", "many"))
    for question, panel in ((WHY, candidates(LONG, SHORT)), contested):
        ranking = await learned.rank(question, panel)
        assert ranking == await untouched.rank(question, panel)
    assert ranking.ground == "premise"


async def test_where_two_against_one_came_true_less_often_than_was_foretold_they_alone_are_less_sure() -> None:
    learned, before = Learned(), Learned()
    said: list[Label | None] = []
    for finals, right in ((("42", "42", "40"), 60), (("42", "41", "40"), 120)):
        panel = results(*finals)
        named = [learned.label(SUM, panel, category="mathematics", better=id) for id in "abc" * (right // 3)]
        said += named + [learned.label(SUM, panel, category="mathematics", rejected="abc")] * (180 - right)
    random.Random(1).shuffle(said)
    told = [replace(label, when=1.0, blind=True) for label in said if label is not None]
    learned.adopt(Learnt.fit(told))
    kept = {name: held for name, held in learned.learnt.beliefs.items() if not name[1].startswith(("sure", "stretch"))}
    before.adopt(replace(learned.learnt, beliefs=kept))
    assert await sure(learned, "42", "42", "40") < await sure(before, "42", "42", "40")
    assert await sure(learned, "42", "42", "42") == await sure(before, "42", "42", "42")
    panel = results("42", "42", "40")
    assert (await learned.rank(SUM, panel)).order == (await before.rank(SUM, panel)).order
