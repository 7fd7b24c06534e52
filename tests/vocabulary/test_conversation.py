"""How much of a conversation is sent: the oldest goes first, the newest never."""

from __future__ import annotations

from trillm.vocabulary.conversation import LEFT_OUT, MOST_CHARACTERS, MOST_TURNS, Turn, bounded


def test_a_short_conversation_is_sent_whole_oldest_first() -> None:
    newest_first = [Turn("Three?", "3"), Turn("Two?", "2"), Turn("One?", "1")]
    assert bounded(newest_first) == tuple(reversed(newest_first))
    assert bounded([]) == ()


def test_of_too_many_turns_the_oldest_are_left_out() -> None:
    turns = [Turn(f"{n}?", str(n)) for n in range(MOST_TURNS + 3)]
    assert bounded(reversed(turns)) == tuple(turns[3:])


def test_of_too_long_turns_the_oldest_are_left_out_and_none_that_stands_before_a_gap_is_sent() -> None:
    long = Turn("Long?", "x" * MOST_CHARACTERS)
    assert bounded([Turn("New?", "new"), long, Turn("Old?", "old")]) == (Turn("New?", "new"),)


def test_of_a_newest_answer_that_is_too_long_the_middle_is_left_out() -> None:
    (turn,) = bounded([Turn("Long?", "a" + "x" * MOST_CHARACTERS + "z"), Turn("Old?", "old")])
    assert turn.question == "Long?"
    assert turn.answer.startswith("ax")
    assert turn.answer.endswith("xz")
    assert LEFT_OUT in turn.answer
    assert turn.characters <= MOST_CHARACTERS
