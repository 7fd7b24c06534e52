"""Which votes and verdicts become labels, and how much they weigh."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.ranking.learning.panels import ADVICE, MINUTE, NOON, panel, verdict, vote

from trillm.ranking.learned.label import Label
from trillm.ranking.learned.learned import Learned
from trillm.ranking.learning.labels import CAUTIONED, CONFIRMS, JUDGE, PERSON, labels_of
from trillm.vocabulary.ids import new_id
from trillm.vocabulary.question import Query
from trillm.vocabulary.response import Response, ResponseStatus

LEARNED = Learned()


def labels(query: Query, *votes) -> list[Label]:
    return labels_of(LEARNED, query, list(votes))


def told(label: Label) -> tuple[str | None, bool | None, float]:
    """Return the model that the label names or shows, whether it was liked, and its weight."""
    place = label.shown if label.better is None else label.better
    assert place is not None
    return label.answers[place].model, label.liked, label.weight


def test_a_vote_for_another_answer_names_the_winner_in_full():
    query = panel(best=0)
    (label,) = labels(query, vote(query, 0, -1, better=1))
    assert told(label) == ("vendor:b", None, PERSON)
    assert (label.category, label.when) == ("advice", NOON.timestamp())
    assert sorted(answer.model for answer in label.answers) == ["vendor:a", "vendor:b", "vendor:c"]


@pytest.mark.parametrize(("blind", "weight"), [(False, CONFIRMS), (True, PERSON)])
def test_a_vote_that_confirms_our_pick_counts_less_unless_it_was_blind(blind: bool, weight: float):
    query = panel(best=1)
    for confirming in (vote(query, 0, -1, better=1, blind=blind), vote(query, 1, 1, blind=blind)):
        (label,) = labels(query, confirming)
        assert label.weight == weight


@pytest.mark.parametrize(("place", "rating"), [(0, -1), (1, 1), (1, -1)])
def test_a_thumb_is_about_the_answer_that_it_was_given_to(place: int, rating: int):
    query = panel(best=0)
    (label,) = labels(query, vote(query, place, rating))
    assert label.better is None
    assert told(label) == (f"vendor:{'abc'[place]}", rating > 0, PERSON)


def test_only_who_has_not_seen_our_pick_tells_how_often_it_is_right():
    query = panel()
    told = [labels_of(Learned(), query, [vote(query, 0, -1, better=1, blind=blind)])[0] for blind in (False, True)]
    query.judgements = [verdict(query, 1)]
    assert [label.blind for label in (*told, *labels_of(Learned(), query, []))] == [False, True, True]


SUMS = ("Let us see. Final answer: 42", "Let us see. Final answer: 41", "Let us see. Final answer: 40")


def sums() -> Query:
    return panel("How much is 6 * 7?", SUMS, category="mathematics")


def test_who_judges_blind_and_votes_all_results_down_says_that_none_is_right():
    query = sums()
    query.judgements = [verdict(query, 1)]
    (label,) = labels(query, *(vote(query, place, -1, blind=True) for place in range(3)))
    assert (label.none, label.blind, label.weight, label.by_judge) == (True, True, PERSON, False)


@pytest.mark.parametrize("blind", [(True, True, False), (True, False, False)])
def test_with_our_pick_in_sight_thumbs_down_are_thumbs(blind: tuple[bool, ...]):
    query = sums()
    (label,) = labels(query, *(vote(query, place, -1, blind=seen) for place, seen in enumerate(blind)))
    assert (label.none, label.liked) == (False, False)


def test_who_then_names_one_takes_back_that_none_is_right():
    query = sums()
    down = [vote(query, place, -1, blind=True) for place in (0, 2)]
    (label,) = labels(query, *down, vote(query, 1, 1, better=1, created_at=NOON + MINUTE))
    assert told(label) == ("vendor:b", None, PERSON)


def test_thumbs_down_on_all_prose_say_nothing_of_any_one():
    query = panel()
    down = [vote(query, place, -1, blind=True) for place in range(3)]
    assert labels(query, *down) == []
    query.judgements = [verdict(query, 1)]
    assert [told(label)[0] for label in labels(query, *down)] == ["vendor:b"]


@pytest.mark.parametrize("up", [0, 1, 2])
def test_who_likes_one_of_them_does_not_say_that_none_is_right(up: int):
    query = sums()
    said = labels(query, *(vote(query, place, 1 if place == up else -1, blind=True) for place in range(3)))
    assert [label.none for label in said] == [False]


def test_none_is_right_only_where_every_answer_with_a_text_was_voted_down():
    query = sums()
    query.responses[2].text, query.responses[2].status = "", ResponseStatus.FAILED
    down = [vote(query, place, -1, blind=True) for place in range(2)]
    assert [label.none for label in labels(query, *down)] == [True]
    query.responses[2].text, query.responses[2].status = "The final answer is", ResponseStatus.TRUNCATED
    assert [label.none for label in labels(query, *down)] == [False]
    assert [label.none for label in labels(query, *down, vote(query, 2, -1, blind=True))] == [True]
    assert not any(label.none for label in labels(query, *down, vote(query, 2, 1, blind=True)))


def test_a_vote_against_an_attempt_that_was_made_again_is_none_against_the_new_one():
    query = sums()
    down = [vote(query, place, -1, blind=True) for place in range(3)]
    query.responses.append(replace(query.responses[0], id=new_id(), attempt=2))
    assert [label.none for label in labels(query, *down)] == [False]
    later = vote(query, 3, -1, blind=True, created_at=NOON + MINUTE)
    (label,) = labels(query, *down, later)
    assert (label.none, label.when) == (True, later.created_at.timestamp())


def test_none_is_right_takes_the_place_of_an_older_vote_for_one_of_them():
    query = sums()
    named = vote(query, 0, -1, better=1)
    query.responses.append(replace(query.responses[0], id=new_id(), attempt=2))
    down = [vote(query, place, -1, blind=True, created_at=NOON + MINUTE) for place in (1, 2, 3)]
    assert [label.none for label in labels(query, named)] == [False]
    assert [label.none for label in labels(query, named, *down)] == [True]


def test_a_judge_is_told_from_people():
    query = panel()
    query.judgements = [verdict(query, 1)]
    assert [label.by_judge for label in labels(query)] == [True]


def test_a_judges_verdict_counts_less_than_a_person_and_still_less_with_a_caution():
    query = panel(best=0)
    for place, caution, weight in ((1, "", JUDGE), (0, "", JUDGE), (1, "Of a candidate's own family.", CAUTIONED)):
        query.judgements = [verdict(query, place, caution=caution)]
        (label,) = labels(query)
        assert told(label) == (f"vendor:{'abc'[place]}", None, weight)
    assert CAUTIONED < JUDGE < PERSON


def test_a_verdict_on_an_audit_counts_as_any_other():
    query = panel()
    query.judgements = [verdict(query, 1, asked_because="audit")]
    assert [label.weight for label in labels(query)] == [JUDGE]


def test_what_a_judge_did_not_decide_says_nothing():
    query = panel()
    query.judgements = [verdict(query, None), verdict(query, None, status="failed")]
    assert labels(query) == []


def test_a_person_comes_before_a_judge_on_the_same_question():
    query = panel()
    query.judgements = [verdict(query, 1)]
    (label,) = labels(query, vote(query, 0, -1, better=2))
    assert told(label)[0] == "vendor:c"


def test_a_thumb_stands_beside_a_verdict_that_it_does_not_contradict():
    query = panel()
    query.judgements = [verdict(query, 1)]
    found = labels(query, vote(query, 0, -1))
    assert [told(label)[:2] for label in found] == [("vendor:b", None), ("vendor:a", False)]
    found = labels(query, vote(query, 1, 1))
    assert [told(label)[:2] for label in found] == [("vendor:b", None), ("vendor:b", True)]


@pytest.mark.parametrize(("place", "rating"), [(1, -1), (0, 1)])
def test_a_verdict_that_a_thumb_contradicts_does_not_count(place: int, rating: int):
    query = panel()
    query.judgements = [verdict(query, 1)]
    (label,) = labels(query, vote(query, place, rating))
    assert label.liked is (rating > 0)


def test_of_several_votes_the_newest_of_a_kind_counts():
    query = panel()
    votes = [vote(query, 0, -1, better=1, created_at=NOON + MINUTE), vote(query, 2, -1, better=0)]
    for order in (votes, votes[::-1]):
        (label,) = labels(query, *order)
        assert told(label)[0] == "vendor:b"
    thumbs = [vote(query, 0, 1), vote(query, 1, -1, created_at=NOON + MINUTE)]
    assert [told(label)[:2] for label in labels(query, *thumbs)] == [("vendor:b", False)]


def test_of_several_verdicts_the_newest_counts():
    query = panel()
    query.judgements = [verdict(query, 2, created_at=NOON + MINUTE), verdict(query, 0)]
    assert [told(label)[0] for label in labels(query)] == ["vendor:c"]


def test_what_is_said_of_a_copy_teaches_nothing():
    query = panel(cached_at=NOON)
    query.judgements = [verdict(query, 1)]
    assert labels(query) == labels(query, vote(query, 0, -1, better=2)) == labels(query, vote(query, 0)) == []


def again(query: Query, place: int, text: str | None = None) -> None:
    """Ask a model once more; without a text it fails."""
    first = query.responses[place]
    status = ResponseStatus.FAILED if text is None else ResponseStatus.COMPLETE
    query.responses.append(Response(f"new-{place}", first.provider, first.model, 2, status, text or ""))


def test_a_vote_stays_with_the_model_whose_answer_was_asked_for_again():
    query = panel()
    again(query, 1, "Rest on Sundays, and do not read the news after six: sleep wants a quiet mind and a cool room.")
    for place in (1, 3):
        (label,) = labels(query, vote(query, 0, -1, better=place))
        assert told(label)[0] == "vendor:b"
        assert len(label.answers) == 3


def test_a_vote_for_an_answer_that_was_lost_when_asked_for_again_leaves_the_word_to_the_judge():
    query = panel()
    again(query, 1)
    query.judgements = [verdict(query, 2)]
    found = labels(query, vote(query, 0, -1, better=1))
    assert [told(label)[:2] for label in found] == [("vendor:c", None), ("vendor:a", False)]


def test_a_thumb_on_an_answer_that_was_asked_for_again_does_not_silence_the_judge():
    query = panel()
    again(query, 1, ADVICE[1] + " And rest.")
    query.judgements = [verdict(query, 2)]
    assert [told(label)[0] for label in labels(query, vote(query, 1, 1))] == ["vendor:c"]


def test_a_vote_on_a_panel_where_all_say_the_same_names_no_winner():
    query = panel("What is 6 times 7?", ("It is 42.", "6 times 7 is 42.", "The answer is 42."), category="mathematics")
    assert labels(query, vote(query, 0, -1, better=1)) == []


def test_a_vote_for_an_answer_that_hygiene_rejects_says_nothing():
    query = panel()
    query.responses[1].text = ""
    assert labels(query, vote(query, 0, -1, better=1)) == []
    assert labels(query, vote(query, 1, -1)) == []


@pytest.mark.parametrize(
    ("named", "kept"), [("code", "code"), (None, "mathematics"), ("my own drawer", "mathematics"), ("", "mathematics")]
)
def test_the_category_is_the_kept_one_where_it_is_one_of_ours_else_the_questions(named: str | None, kept: str):
    query = panel("What is 12.5 % of 480? Compute it.", ("It is 60.", "It is 58.", "It is 62."), category=named)
    assert [label.category for label in labels(query, vote(query, 0, -1, better=1))] == [kept]
