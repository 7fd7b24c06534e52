"""The pick is fixed when nobody outstanding is likely to change it, and not before."""

from __future__ import annotations

from trillm.query.deciding.pick import LAGGARD_SECONDS, pick_is_settled
from trillm.vocabulary.ranking import Ranking
from trillm.vocabulary.response import Response, ResponseStatus

DEADLINE = 120.0


def response(name: str, status: ResponseStatus = ResponseStatus.COMPLETE, ms: float | None = 500) -> Response:
    return Response(name, "fake", name, status=status, response_time_ms=ms)


def ranking(*order: str, ground: str = "prose", confidence: float = 0.6, groups: tuple[int, ...] = ()) -> Ranking:
    shares, best = dict.fromkeys(order, 0.1), order[0] if order else None
    return Ranking(order, shares, best, confidence, False, "learned", "why", ground=ground, groups=groups)


def test_nothing_is_settled_before_there_is_a_best() -> None:
    assert not pick_is_settled(None, [response("a", ResponseStatus.PENDING)], DEADLINE + 1, DEADLINE)
    assert not pick_is_settled(ranking(), [response("a", ResponseStatus.FAILED)], DEADLINE + 1, DEADLINE)


def test_at_the_deadline_the_best_so_far_is_the_pick() -> None:
    panel = [response("a"), response("b", ResponseStatus.STREAMING)]
    assert pick_is_settled(ranking("a"), panel, DEADLINE, DEADLINE)
    assert not pick_is_settled(ranking("a"), panel, DEADLINE - 1, DEADLINE)


def test_two_that_agree_are_not_made_to_wait_for_a_third_that_cannot_outvote_them() -> None:
    panel = [response("a"), response("b"), response("c", ResponseStatus.STREAMING)]
    assert pick_is_settled(ranking("a", "b", ground="unanimous", confidence=0.95, groups=(2,)), panel, 1, DEADLINE)
    divided = ranking("a", "b", ground="divided", confidence=0.3, groups=(1, 1))
    assert not pick_is_settled(divided, panel, 1, DEADLINE)
    assert not pick_is_settled(ranking("a", "b", confidence=0.72), panel, 1, DEADLINE)


def test_who_tolerates_a_loss_waits_less() -> None:
    panel = [response("a"), response("b"), response("c", ResponseStatus.STREAMING)]
    told = ranking("a", "b")
    assert pick_is_settled(told, panel, 1, DEADLINE, tolerated_loss=0.2)
    assert not pick_is_settled(told, panel, 1, DEADLINE, tolerated_loss=0.05)


def test_one_answer_alone_is_never_the_pick_while_others_are_out() -> None:
    panel = [response("a"), response("b", ResponseStatus.STREAMING)]
    assert not pick_is_settled(ranking("a", confidence=0.9), panel, 1, DEADLINE, tolerated_loss=1)


def test_an_answer_that_has_ended_but_is_not_ranked_yet_is_waited_for() -> None:
    panel = [response("a"), response("b"), response("c", ResponseStatus.STREAMING)]
    assert not pick_is_settled(ranking("a", ground="unanimous", confidence=0.95), panel, 1, DEADLINE)


def test_silent_laggards_are_not_waited_for_but_one_that_speaks_is() -> None:
    two = [response("a"), response("b")]
    silent, speaking = response("c", ResponseStatus.PENDING, None), response("c", ResponseStatus.STREAMING, None)
    assert pick_is_settled(ranking("a", "b"), [*two, silent], LAGGARD_SECONDS, DEADLINE)
    assert not pick_is_settled(ranking("a", "b"), [*two, silent], LAGGARD_SECONDS - 0.1, DEADLINE)
    assert not pick_is_settled(ranking("a", "b"), [*two, speaking], LAGGARD_SECONDS, DEADLINE)


def test_slow_answers_give_the_others_more_time() -> None:
    two = [response("a", ms=5_000), response("b", ms=6_000)]
    silent = response("c", ResponseStatus.PENDING, None)
    assert not pick_is_settled(ranking("a", "b"), [*two, silent], 20, DEADLINE)
    assert pick_is_settled(ranking("a", "b"), [*two, silent], 24, DEADLINE)
