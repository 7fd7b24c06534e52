"""`python -m evals claims`: how final answers are compared with what a source recorded."""

from __future__ import annotations

from trillm.ranking.ranker import Candidate
from trillm.vocabulary.response import ResponseStatus


def test_recorded_results_are_compared_by_what_they_amount_to() -> None:
    from evals.claims import results_of_panel
    from evals.recorded import Panel

    said = {
        "a": ("That is 2 hours.\nThe answer is 2 hours.", "2"),
        "b": ("It takes a while.\nThe answer is 120 minutes.", "2"),
    }
    said["c"] = ("It takes longer.\nThe answer is 3 hours.", "3")
    answers = tuple(Candidate(id, "p", "m", ResponseStatus.COMPLETE, text) for id, (text, _) in said.items())
    finals = {id: final for id, (_, final) in said.items()}
    panel = Panel("How many hours does it take?", answers, dict.fromkeys(said, 1.0), "g", False, True, finals=finals)
    found = list(results_of_panel(7, panel))
    assert [(r.prompt, r.equal, r.told) for r in found] == [(7, True, True), (7, False, False), (7, False, False)]


def test_every_pair_by_hand_is_read_and_most_are_told_as_they_are() -> None:
    from evals.claims import hand_made

    for part in ("held", "dev"):
        pairs = hand_made(part)
        assert {pair.truth for pair in pairs} == {"agree", "contradict", "unrelated"}
        assert sum(pair.right for pair in pairs) > 0.7 * len(pairs)
