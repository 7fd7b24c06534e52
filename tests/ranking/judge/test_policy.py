import pytest

from trillm.ranking.judge.policy import why_ask
from trillm.vocabulary.question import JudgePolicy
from trillm.vocabulary.ranking import Ranking


def ranking(ground: str, confidence: float = 0.6, *, too_close: bool = False) -> Ranking:
    rest = (1 - confidence) / 2
    shares = {"a": confidence, "b": rest, "c": rest}
    return Ranking(("a", "b", "c"), shares, "a", confidence, too_close, "learned", "So.", ground=ground)


@pytest.mark.parametrize("policy", ["auto", "always", "never"])
@pytest.mark.parametrize("sound", [0, 1])
def test_nobody_judges_fewer_than_two_sound_answers(policy: JudgePolicy, sound: int) -> None:
    assert why_ask(policy, ranking("divided", too_close=True), sound=sound, audited=True) is None


@pytest.mark.parametrize("ground", ["unanimous", "reference", "same"])
def test_a_settled_panel_is_neither_judged_nor_audited(ground: str) -> None:
    assert why_ask("auto", ranking(ground, too_close=True), sound=3, audited=True) is None


@pytest.mark.parametrize("policy", ["auto", "always", "never"])
def test_where_a_reference_decided_nobody_is_asked_not_even_always(policy: JudgePolicy) -> None:
    assert why_ask(policy, ranking("reference", 0.95, too_close=True), sound=3, audited=True) is None


def test_two_against_one_is_judged_only_as_an_audit() -> None:
    assert why_ask("auto", ranking("majority", 0.78), sound=3, audited=False) is None
    assert why_ask("auto", ranking("majority", 0.78), sound=3, audited=True) == "audit"


@pytest.mark.parametrize("ground", ["divided", "premise", "near"])
def test_all_different_a_contested_premise_and_a_reference_that_is_no_result_are_always_close(ground: str) -> None:
    assert why_ask("auto", ranking(ground, 0.9), sound=3, audited=False) == "close"


@pytest.mark.parametrize(("confidence", "reason"), [(0.5, "close"), (0.69, "close"), (0.7, None), (0.72, None)])
def test_prose_is_judged_unless_the_lead_is_clear(confidence: float, reason: str | None) -> None:
    assert why_ask("auto", ranking("prose", confidence), sound=2, audited=False) == reason


@pytest.mark.parametrize(("too_close", "reason"), [(True, "close"), (False, None)])
def test_without_a_ground_being_too_close_decides(too_close: bool, reason: str | None) -> None:
    assert why_ask("auto", ranking("", 0.5, too_close=too_close), sound=2, audited=False) == reason


@pytest.mark.parametrize("ground", ["unanimous", "majority", "prose", ""])
def test_who_asks_for_a_judge_gets_one_and_who_refuses_one_is_not_audited(ground: str) -> None:
    assert why_ask("always", ranking(ground, 0.95), sound=2, audited=False) == "asked"
    assert why_ask("never", ranking(ground, 0.3, too_close=True), sound=3, audited=True) is None
