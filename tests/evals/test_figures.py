from functools import partial

import pytest

from trillm.ranking.ranker import Candidate
from trillm.vocabulary.response import ResponseStatus


def pick(score: float, sure: float, group: str = "g", *, others: tuple[float, ...] = (0.0,), objective: bool = True):
    from evals.figures import Pick
    from evals.recorded import Panel

    scores = {"0": score} | {str(n): other for n, other in enumerate(others, 1)}
    answers = tuple(Candidate(id, "p", f"m{id}", ResponseStatus.COMPLETE, "x" * (1 + int(id))) for id in scores)
    return Pick(Panel("p", answers, scores, group, False, objective), "0", sure, False, "divided")


def test_a_calibrated_ranker_has_no_error_and_an_overconfident_one_has_the_difference() -> None:
    from evals.figures import brier, calibration_error

    honest = [pick(1, 0.75), pick(1, 0.75), pick(1, 0.75), pick(0, 0.75)]
    boastful = [pick(1, 0.95), pick(0, 0.95, others=(1.0,))]
    assert calibration_error(honest) == pytest.approx(0)
    assert calibration_error(boastful) == pytest.approx(0.45)
    assert brier(boastful) == pytest.approx((0.05**2 + 0.95**2) / 2)


def test_an_exact_confidence_has_an_error_too_and_the_less_the_more_picks_there_are() -> None:
    from evals.figures import calibration_error, error_by_chance

    few, many = ([pick(n % 4 > 0, 0.75) for n in range(size)] for size in (40, 4_000))
    (mean, high), (less, _) = error_by_chance(few), error_by_chance(many)
    assert calibration_error(few) < less < mean < high < 0.25
    assert error_by_chance(few) == (mean, high)


def test_where_all_are_wrong_an_objective_pick_is_wrong_and_another_is_as_good_as_any() -> None:
    assert not pick(0, 0.5).right
    assert pick(0, 0.5, objective=False).right


def test_groups_are_resampled_whole() -> None:
    from evals.figures import interval

    spread = [pick(n % 2, 0.5, str(n)) for n in range(40)]
    clustered = [pick(n % 2, 0.5, str(n % 4)) for n in range(40)]
    low, high = interval(spread, lambda p: p.score)
    wide_low, wide_high = interval(clustered, lambda p: p.score)
    assert 0 < low < 0.5 < high < 1
    assert wide_high - wide_low > high - low


def test_the_longest_and_the_best_single_are_those_of_the_answers() -> None:
    from evals.figures import best_single, longest_score, random_score

    panels = [pick(1, 0.5, others=(0.0, 0.5)).panel, pick(1, 0.5, others=(1.0, 0.0)).panel]
    assert [longest_score(p) for p in panels] == [0.5, 0.0]
    assert [random_score(p) for p in panels] == pytest.approx([0.5, 2 / 3])
    assert best_single(panels) == 1


def test_what_is_recovered_is_the_way_from_chance_to_the_oracle_within_0_and_1() -> None:
    from evals.figures import recovered

    assert recovered(0.6, 0.5, 0.7) == pytest.approx(0.5)
    assert (recovered(0.4, 0.5, 0.7), recovered(0.5, 0.5, 0.5)) == (0.0, 1.0)


def test_the_diagram_names_its_curves_and_has_a_dot_for_each_tenth_with_picks() -> None:
    from evals.diagram import reliability_diagram

    drawn = reliability_diagram({"sums & more": [pick(1, 0.9), pick(0, 0.3)], "empty": []})
    assert "sums &amp; more" in drawn
    assert drawn.count("<circle ") == 2
    assert drawn.rstrip().endswith("</svg>")


def test_a_diagram_of_learning_has_a_line_for_each_source_and_zero_where_nothing_is_gained() -> None:
    from evals.diagram import learning_diagram

    drawn = learning_diagram((0, 10, 30), {"sums & more": [0.0, 0.01, 0.03], "chat": [0.0, -0.01, 0.0]})
    assert drawn.count("<polyline ") == 2
    assert "sums &amp; more" in drawn
    assert "+3.0" in drawn


def test_a_simulated_judge_is_asked_below_the_threshold_and_right_as_often_as_stated() -> None:
    from evals.judged import is_judged, score_with_judge

    picks = [pick(0, 0.4, others=(1.0, 0.0)), pick(1, 0.9, others=(0.0,))]
    assert score_with_judge(picks, partial(is_judged, threshold=0.0), 0.8) == (0.0, 0.5)
    assert score_with_judge(picks, partial(is_judged, threshold=0.5), 0.8) == (0.5, pytest.approx(0.9))
    assert score_with_judge(picks, partial(is_judged, threshold=1.0), 0.8) == (1.0, pytest.approx(0.8))


def test_a_simulated_judge_is_never_asked_where_all_agree() -> None:
    from evals.figures import Pick
    from evals.judged import is_judged

    agreed = Pick(pick(1, 0.2).panel, "0", 0.2, True, "unanimous")
    assert not is_judged(agreed, 1.0)
