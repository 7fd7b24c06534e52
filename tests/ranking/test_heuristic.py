from trillm.ranking.heuristic import Heuristic
from trillm.ranking.ranker import Candidate
from trillm.vocabulary.question import Question
from trillm.vocabulary.response import ResponseStatus

QUESTION = Question("How do I reverse a list in Python?")


def answer(id: str, text: str, ms: float = 1_000) -> Candidate:
    return Candidate(id, "p", "m", ResponseStatus.COMPLETE, text, ms)


async def test_each_of_the_specifications_signs_earns_something() -> None:
    plain = answer("z", "Call reversed on the list.")
    for better in (
        answer("b", "Call reversed on the list, or slice it with a step of minus one."),
        answer("b", "Call reversed on the list.\n```\nx[::-1]\n```"),
        answer("b", "- Call reversed\n- on the list."),
        answer("b", "Call reversed on the list.", ms=10),
    ):
        assert (await Heuristic().rank(QUESTION, [plain, better])).best == "b"


async def test_it_is_never_sure_and_says_what_it_looked_at() -> None:
    ranking = await Heuristic().rank(QUESTION, [answer("a", "Call reversed. " * 10), answer("b", "No.")])
    assert ranking.decided_by == "heuristic"
    assert ranking.confidence is not None
    assert ranking.confidence <= 0.72
    assert "length" in ranking.why
