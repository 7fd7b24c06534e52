"""What a measurement consists of."""

import pytest
from bench.suite import DIRECT, LITELLM, ROUNDS, TRILLM, WHOLE, full, in_order, quick, side_by_side


@pytest.mark.parametrize("suite", [quick, full, side_by_side])
def test_no_scenario_is_measured_twice_in_a_turn(suite) -> None:
    named = [(scenario.name, scenario.subject) for scenario in suite()]
    assert len(named) == len(set(named))


@pytest.mark.parametrize("suite", [full, side_by_side])
def test_every_figure_of_ours_has_the_floors_beside_it(suite) -> None:
    named = {(scenario.name, scenario.subject) for scenario in suite()}
    assert all((name, DIRECT) in named for name, subject in named if subject == TRILLM)


@pytest.mark.parametrize("askers", [40, 50, 200])
def test_the_peer_streams_as_many_vendor_streams_as_our_questions_make(askers: int) -> None:
    named = {(scenario.name, scenario.subject): scenario for scenario in full()}
    ours, peer = (named[f"{askers} at once", who] for who in (TRILLM, LITELLM))
    assert ours.load.askers * ours.streams == peer.load.askers * peer.streams == 3 * askers


def test_a_quick_run_needs_no_peer() -> None:
    assert all(scenario.subject != LITELLM for scenario in quick())


def test_what_is_waited_for_comes_last_and_its_subjects_take_turns() -> None:
    *streamed, waited = in_order(full())
    assert all(len({scenario.subject for scenario in some}) == 1 for some in streamed)
    assert all(scenario.streams for some in streamed for scenario in some)
    rounds = [scenario.subject for scenario in waited if scenario.name == WHOLE]
    assert rounds == [DIRECT, TRILLM, LITELLM] * ROUNDS
