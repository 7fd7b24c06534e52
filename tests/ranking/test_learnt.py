import json
import random
from dataclasses import replace
from typing import Any

import pytest

from trillm.ranking.learned import choice
from trillm.ranking.learned.came_true import TRUST_VARIANCE
from trillm.ranking.learned.label import Answered, Label
from trillm.ranking.learned.learnt import Learnt

MODELS = ("p:good", "p:fair", "q:poor")
CHANCES = (0.6, 0.3, 0.1)


def panel(category: str = "facts", *groups: int) -> tuple[Answered, ...]:
    return tuple(Answered(model, 0.0, group) for model, group in zip(MODELS, groups or (0, 1, 2), strict=True))


def winners(n: int, category: str = "facts", seed: int = 1) -> list[Label]:
    chance = random.Random(seed)
    return [
        Label(category, panel(), better=chance.choices(range(3), CHANCES)[0], when=float(place)) for place in range(n)
    ]


def thumbs(n: int) -> list[Label]:
    chance = random.Random(2)
    shown = [chance.randrange(3) for _ in range(n)]
    return [Label("facts", panel(), shown=s, liked=chance.random() < (0.9, 0.7, 0.4)[s]) for s in shown]


def order(learnt: Learnt, category: str = "facts") -> list[str]:
    return sorted(MODELS, key=lambda model: -learnt.of(model, category))


def test_without_labels_nothing_is_known() -> None:
    assert Learnt().labels == 0
    assert {Learnt().of(model, "facts") for model in MODELS} == {0.0}


def test_who_is_named_better_more_often_gets_the_higher_prior() -> None:
    learnt = Learnt.fit(winners(200))
    assert order(learnt) == list(MODELS)
    assert (learnt.winners, learnt.thumbs, learnt.judged("p:good", "facts")) == (200, 0, 200)


def test_learning_one_by_one_comes_near_the_fit_of_all() -> None:
    labels = winners(200) + thumbs(100)
    online = Learnt()
    for label in labels:
        online = online.updated(label)
    fitted = Learnt.fit(labels)
    assert online.labels == fitted.labels == 300
    for model in MODELS:
        assert online.of(model, "facts") == pytest.approx(fitted.of(model, "facts"), abs=0.25)


def test_the_order_of_labels_does_not_count() -> None:
    labels = winners(60) + thumbs(30)
    shuffled = random.Random(3).sample(labels, len(labels))
    assert Learnt.fit(shuffled) == Learnt.fit(labels)


def test_the_fit_is_where_no_number_can_move_to_anything_more_probable() -> None:
    from math import exp, log

    labels = winners(40)
    learnt = Learnt.fit(labels)
    at = {name: belief.mean for name, belief in learnt.beliefs.items()}

    def loss(moved: dict[tuple[str, str], float]) -> float:
        from trillm.ranking.learned.came_true import CATEGORY_VARIANCE, OVERALL_VARIANCE

        found = sum(v * v / 2 / (CATEGORY_VARIANCE if name[1] else OVERALL_VARIANCE) for name, v in moved.items())
        for label in labels:
            values = [moved[a.model, ""] + moved[a.model, "facts"] for a in label.answers]
            found -= values[label.better or 0] - log(sum(map(exp, values)))
        return found

    for name in at:
        for step in (-1e-3, 1e-3):
            assert loss({**at, name: at[name] + step}) > loss(at)


def test_one_label_changes_little_and_labels_that_even_out_nothing() -> None:
    assert 0.1 < Learnt().updated(winners(1)[0]).of("p:good", "facts") < 0.5
    even = [Label("facts", panel(), better=n % 3) for n in range(9)]
    assert [Learnt.fit(even).of(model, "facts") for model in MODELS] == pytest.approx([0.0] * 3)


def test_a_thumb_speaks_of_the_model_shown_alone() -> None:
    liked = Learnt.fit([Label("facts", panel(), shown=0, liked=True)] * 40)
    disliked = Learnt.fit([Label("facts", panel(), shown=0, liked=False)] * 40)
    assert disliked.of("p:good", "facts") < liked.of("p:good", "facts")
    assert disliked.of("p:fair", "facts") == disliked.of("q:poor", "facts") == 0


def test_a_label_that_names_the_winner_teaches_more_than_a_thumb() -> None:
    named = Learnt.fit([Label("facts", panel(), better=2)] * 10)
    thumbed = Learnt.fit([Label("facts", panel(), shown=2, liked=True)] * 10)
    assert named.of("q:poor", "facts") > 2 * abs(thumbed.of("q:poor", "facts"))


def test_who_stands_alone_and_right_comes_to_weigh_more_than_two_that_share_a_belief() -> None:
    shared = tuple(Answered(m, 1.4, g) for m, g in zip(MODELS, (0, 1, 1), strict=True))
    learnt = Learnt.fit([Label("mathematics", shared, better=0)] * 60)
    alone = 1.4 + learnt.of("p:good", "mathematics")
    assert alone > 2.8 + learnt.of("p:fair", "mathematics") + learnt.of("q:poor", "mathematics")


def test_what_is_learnt_in_one_category_says_less_in_another() -> None:
    learnt = Learnt.fit(winners(100, "code"))
    assert learnt.of("p:good", "code") > learnt.of("p:good", "writing") >= 0
    assert (learnt.judged("p:good", "code"), learnt.judged("p:good", "writing")) == (100, 0)
    assert learnt.models() == [(model, "code") for model in sorted(MODELS)]


def test_a_label_counts_as_much_as_its_weight() -> None:
    twice = Learnt.fit([Label("facts", panel(), better=0)] * 20)
    heavy = Learnt.fit([Label("facts", panel(), better=0, weight=2.0)] * 10)
    light = Learnt.fit([Label("facts", panel(), better=0, weight=0.1)] * 20)
    assert heavy.of("p:good", "facts") == pytest.approx(twice.of("p:good", "facts"))
    assert light.of("p:good", "facts") < twice.of("p:good", "facts")


def test_a_label_that_says_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="names the better answer"):
        Learnt().updated(Label("facts", panel()))


def test_what_was_learnt_is_kept_as_json_and_read_back() -> None:
    learnt = Learnt.fit(winners(20) + thumbs(10))
    assert Learnt.of_object(json.loads(json.dumps(learnt.as_object()))) == learnt
    assert Learnt.of_object(Learnt().as_object()) == Learnt()


@pytest.mark.parametrize(
    "held",
    [
        {},
        [],
        {"format": 2},
        {"format": 1, "winners": 1, "thumbs": 0, "beliefs": [["m", "c", float("nan"), 1.0, 1]]},
        {"format": 1, "winners": 1, "thumbs": 0, "beliefs": [["m", "c", 0.0, -1.0, 1]]},
        {"format": 1, "winners": 1, "thumbs": 0, "beliefs": [["m"]]},
    ],
    ids=str,
)
def test_what_cannot_be_used_is_refused(held: object) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        Learnt.of_object(held)


def test_of_twenty_four_models_the_fit_ends() -> None:
    chance = random.Random(4)
    names = [f"p:{n}" for n in range(24)]
    labels = [
        Label("facts", tuple(Answered(m, 0.0, n) for n, m in enumerate(chance.sample(names, 24))), better=0)
        for _ in range(5)
    ]
    assert Learnt.fit(labels).labels == 5


def test_the_fit_of_many_labels_ends_after_a_few_looks_at_them(monkeypatch: pytest.MonkeyPatch) -> None:
    chance, looks = random.Random(3), list[float]()

    def label() -> Label:
        category, members = chance.choice(("facts", "code")), enumerate(chance.sample(range(12), 3))
        answers = tuple(Answered(f"p:{m}", chance.random(), group) for group, m in members)
        return Label(category, answers, better=chance.randrange(3))

    loss = choice._loss  # pyright: ignore[reportPrivateUsage]
    monkeypatch.setattr(choice, "_loss", lambda *of: looks.append(loss(*of)) or looks[-1])
    Learnt.fit([label() for _ in range(500)])
    assert len(looks) < 15
    assert looks[-1] <= min(looks) * (1 + 1e-9)


def test_a_label_against_all_that_the_text_says_is_fitted_too() -> None:
    far = tuple(
        Answered(model, value, group) for group, (model, value) in enumerate(zip(MODELS, (2e3, 0, 0), strict=True))
    )
    learnt = Learnt.fit([Label("facts", far, better=2)] * 3)
    assert learnt.of("q:poor", "facts") > 0 > learnt.of("p:good", "facts")


def compared(better: int, category: str = "mathematics", **said: Any) -> Label:
    """A label of two that agree and one that does not."""
    return Label(category, tuple(Answered(m, 1.4, g) for m, g in zip(MODELS, (0, 0, 1), strict=True)), better, **said)


def told(rights: list[bool], **said: Any) -> list[Label]:
    """Labels in turn of categories, so that what one says is news to the others: two that agree are right, or not."""
    names = ("mathematics", "code", "facts")
    return [compared(0 if right else 2, names[n % 3], when=float(n), **said) for n, right in enumerate(rights)]


def test_what_is_compared_is_trusted_as_far_as_it_came_true_of_labels_not_seen() -> None:
    as_said, wrong, right = ([True, True, True, False] * 10, [True, False] * 20, [True] * 40)
    trust = [Learnt.fit(told(rights, some=0.6, blind=True)).trust for rights in (wrong, as_said, right)]
    assert trust == sorted(trust)
    assert trust[0] < 0.5 < trust[1] < 1.05 < trust[2]


@pytest.mark.parametrize(
    "said", [{"some": 0.6}, {"blind": True}, {}], ids=["with our pick in sight", "of prose", "neither"]
)
def test_only_blind_labels_on_what_is_compared_say_how_far_to_trust(said: dict[str, Any]) -> None:
    assert Learnt.fit(told([False] * 20, **said)).trust == 1.0


def test_trust_is_kept_and_stays_until_the_next_fit() -> None:
    labels = told([True, False] * 20, some=0.6, blind=True)
    fitted = Learnt.fit(labels)
    assert fitted.trust < 1
    assert Learnt.of_object(json.loads(json.dumps(fitted.as_object()))).trust == fitted.trust
    assert fitted.updated(labels[0]).trust == fitted.trust
    assert ("", "trust") not in fitted.models()


def right(n: int, category: str = "mathematics", **said: Any) -> list[Label]:
    """Labels that name the better answer as often as two that agree are right, so that they move no prior."""
    labels = told(([True] * 4 + [False]) * (n // 5), **{"some": 0.6, "blind": True, **said})
    return [replace(label, category=category) for label in labels]


def refused(n: int, category: str = "mathematics", **said: Any) -> list[Label]:
    """Labels of the same panels that say that none is right."""
    return [replace(label, better=None, none=True) for label in right(n, category, **said)]


def test_the_level_is_what_makes_it_as_likely_that_any_is_right_as_people_say() -> None:
    rarely, mostly = Learnt.fit(right(40) + refused(160)), Learnt.fit(right(190) + refused(10))
    assert rarely.level("mathematics") < -1.5
    assert mostly.level("mathematics") > 1.5
    assert Learnt.fit(right(120) + refused(80)).level("mathematics") == pytest.approx(0, abs=0.05)


def test_the_level_of_a_category_is_drawn_to_that_of_all() -> None:
    learnt = Learnt.fit(right(5) + refused(60) + right(60, "facts") + refused(5, "facts"))
    assert learnt.level("mathematics") < learnt.level("code") < learnt.level("facts")
    assert learnt.levels() == [("", 130), ("facts", 65), ("mathematics", 65)]


def test_what_says_that_none_is_right_moves_no_prior_and_no_trust() -> None:
    labels = told([True, False] * 20, some=0.6, blind=True)
    without, with_nones = Learnt.fit(labels), Learnt.fit(labels + refused(30))
    assert (with_nones.nones, with_nones.labels) == (30, 70)
    assert {n: b for n, b in with_nones.beliefs.items() if not n[1].startswith("level")} == without.beliefs


@pytest.mark.parametrize(
    "labels",
    [
        right(60),
        right(60) + refused(20, blind=False),
        right(60) + [replace(label, some=1.0) for label in refused(20)],
    ],
    ids=["nobody says none", "with our pick in sight", "any is right for sure"],
)
def test_what_cannot_tell_how_often_any_is_right_gives_no_level(labels: list[Label]) -> None:
    assert Learnt.fit(labels).level("mathematics") == 0.0


def test_a_judge_does_not_tell_how_often_any_is_right_for_it_must_name_one() -> None:
    people = right(20) + refused(20)
    judged = people + right(200, by_judge=True)
    assert Learnt.fit(judged).levels() == Learnt.fit(people).levels() == [("", 40), ("mathematics", 40)]
    assert Learnt.fit(people + right(200)).level("mathematics") > Learnt.fit(judged).level("mathematics") + 1


def test_votes_with_our_pick_in_sight_do_not_tell_how_often_any_is_right() -> None:
    learnt = Learnt.fit(right(20) + refused(20) + right(200, blind=False))
    assert learnt.levels() == [("", 40), ("mathematics", 40)]


def test_the_first_that_none_is_right_never_makes_anybody_surer() -> None:
    before = right(300)
    none = [replace(label, when=1000.0) for label in refused(5)[:1]]
    later = [replace(label, when=2000.0 + label.when) for label in right(50)]
    assert Learnt.fit(before + none).level("mathematics") < 0
    assert Learnt.fit(before + none + later).levels()[0] == ("", 51)
    assert Learnt.fit(before + none + later).level("mathematics") > 0


def by_ground(n: int, majority: float, divided: float) -> list[Label]:
    """Labels of panels where two are against one and where all differ, right as often as is said; else none is."""
    chance, labels = random.Random(3), list[Label]()
    for when in range(n):
        ground, share, groups = (("majority", majority, (0, 0, 1)), ("divided", divided, (0, 1, 2)))[when % 2]
        answers = tuple(Answered(m, 1.4 - 0.4 * g, g) for m, g in zip(MODELS, groups, strict=True))
        label = Label("mathematics", answers, some=0.6, blind=True, ground=ground, when=float(when))
        labels.append(replace(label, better=0) if chance.random() < share else replace(label, none=True))
    return labels


def test_how_often_the_pick_came_true_is_told_ground_by_ground() -> None:
    learnt = Learnt.fit(by_ground(400, 0.2, 0.9))
    assert learnt.came_true("majority", 0.5) < 0.4
    assert learnt.came_true("divided", 0.5) > 0.6
    assert learnt.came_true("majority", 0.4) < learnt.came_true("majority", 0.6) < 1
    assert [learnt.came_true("majority", sure) for sure in (0.0, 1.0)] == [0.0, 1.0]


def test_few_labels_hardly_change_how_sure_we_are_and_none_where_nobody_votes() -> None:
    few, many = (Learnt.fit(by_ground(n, 0.2, 0.9)) for n in (10, 400))
    for ground, sign in (("majority", 1), ("divided", -1)):
        assert 0.5 > sign * (0.5 - few.came_true(ground, 0.5)) < sign * (0.5 - many.came_true(ground, 0.5))
    assert many.came_true("unanimous", 0.7) == Learnt().came_true("majority", 0.7) == 0.7


def test_what_never_says_none_does_not_tell_how_often_the_pick_came_true() -> None:
    learnt = Learnt.fit([label for label in by_ground(200, 0.2, 0.9) if not label.none])
    assert learnt.came_true("majority", 0.7) == learnt.came_true("divided", 0.7) == 0.7


def test_a_label_tells_the_level_by_its_weight() -> None:
    light = [replace(label, weight=0.02) for label in refused(50)]
    heavy, lighter = (Learnt.fit(right(50) + nones).level("mathematics") for nones in (refused(50), light))
    assert heavy < lighter - 1


def test_where_models_are_told_apart_more_is_foretold_and_less_is_left_to_the_level() -> None:
    apart = [replace(label, better=0) for label in right(60)]
    assert Learnt.fit(apart + refused(40)).level("mathematics") < Learnt.fit(right(60) + refused(40)).level(
        "mathematics"
    )


def test_the_level_is_kept_and_stays_until_the_next_fit() -> None:
    fitted = Learnt.fit(right(30) + refused(60))
    assert Learnt.of_object(json.loads(json.dumps(fitted.as_object()))) == fitted
    later = fitted.updated(refused(5)[0])
    assert (later.nones, later.beliefs) == (61, fitted.beliefs)
    assert all(model for model, _ in fitted.models())


def test_trust_is_never_below_nothing() -> None:
    beliefs = [["", "trust", -1.5, TRUST_VARIANCE, 9]]
    assert Learnt.of_object({"format": 1, "winners": 9, "thumbs": 0, "beliefs": beliefs}).trust == 0.0


def test_what_was_not_seen_is_told_as_by_a_fit_without_it() -> None:
    labels = [*winners(60), *winners(40, "code", seed=2)]
    asked = [
        choice.Choice(
            tuple(choice.Option(0.0, {(a.model, ""): 1.0, (a.model, label.category): 1.0}) for a in label.answers),
            label.better or 0,
        )
        for label in labels
    ]
    prior = {name: choice.Belief(0.0, 0.5) for one in asked for option in one.options for name in option.parts}
    seen = list(choice.unseen(asked, prior, choice.most_probable(asked, prior)))
    worth_of = {id(asked[n]): worth for n, worth in seen}
    assert len(worth_of) == len(asked)
    for fold in range(10):
        without = choice.most_probable([one for n, one in enumerate(asked) if n % 10 != fold], prior)
        at = {name: without.get(name, belief).mean for name, belief in prior.items()}
        for one in asked[fold::10]:
            said = worth_of[id(one)]
            assert said == pytest.approx(choice.utilities(one.options, at), abs=0.01)
