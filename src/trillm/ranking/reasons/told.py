"""Reasons in English. Each is a code with its values, so that a page can tell the same in the reader's language.

What a code is called and holds is a promise to readers (`reasons` of the query object): codes are only ever added.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from trillm.vocabulary.ranking import Reason

Values = Mapping[str, int | str]

_NUMERALS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
FATES: Final = {
    "cut-off": "broke off",
    "wrong-language": "answered in another language",
    "loop": "got stuck repeating",
    "refused": "refused",
    "error-text": "gave an error message",
    "empty": "gave no answer",
}
"""What became of an answer that is not sound; as a value's name it holds how many others it became of."""
CLAUSES: Final = {
    "more-direct": "speaks more directly to what you asked",
    "keeps-length": "keeps to the length you asked for",
    "gives-code": "gives the code you asked for",
    "says-more": "says more about it",
    "fewer-words": "says it in fewer words",
    "clearer": "is clearer to read",
    "near-reference": "is closer to the reference you gave",
    "code-parses": "gives code that is well formed",
    "varied": "uses more varied words",
    "repeats-less": "repeats itself less",
    "each-once": "says each thing once",
    "copies-less": "copies less of the question",
    "answers": "answers where the next one declines",
    "ends": "comes to a proper end",
    "says-something": "says something",
    "brief": "keeps it short, as asked",
}
"""What the first does better than the next, each told of it: two of them make one sentence."""


def in_english(reasons: Sequence[Reason]) -> str:
    """Return the reasons as one or two sentences; KeyError for a code that nobody gives."""
    clauses = [_clause(reason) for reason in reasons if _is_clause(reason)]
    sentences = [SENTENCES[reason.code](reason.values) for reason in reasons if not _is_clause(reason)]
    leading = f"It {' and '.join(clauses)}." if clauses else ""
    at = next((n for n, reason in enumerate(reasons) if _is_clause(reason)), 0)
    return " ".join([*sentences[:at], *([leading] if leading else []), *sentences[at:]])


def _is_clause(reason: Reason) -> bool:
    return reason.code in CLAUSES or reason.code == "covers"


def _clause(reason: Reason) -> str:
    return f"covers {_parts(reason.values)}" if reason.code == "covers" else CLAUSES[reason.code]


def _parts(values: Values) -> str:
    covered, asked = _count(values, "covered"), _count(values, "asked")
    if covered < asked:
        return f"{numeral(covered)} of the {numeral(asked)} parts you asked for"
    return f"{'both' if asked == 2 else f'all {numeral(asked)}'} parts you asked for"


def _fates(values: Values) -> str:
    counts = {name: count for name in values if name in FATES and isinstance(count := values[name], int)}
    others = sum(counts.values())
    if len(counts) == 1:
        fate = FATES[next(iter(counts))]
        return f"the other {fate}" if others == 1 else f"the other {numeral(others)} {fate}"
    told = [f"{numeral(count)} {FATES[name]}" for name, count in counts.items()]
    return f"{', '.join(told[:-1])} and {told[-1]}"


def _only_sound(values: Values) -> str:
    return f"It is the only sound answer: {_fates(values)}." if values else "It is the only sound answer."


def _none_sound(values: Values) -> str:
    return f"No answer is sound. This one {FATES[str(values['fate'])]}; of the rest, {_fates(values)}."


def _who(values: Values) -> str:
    of = _count(values, "of")
    return "Both answers" if of == 2 else f"All {numeral(of)} answers"


def _on(values: Values) -> str:
    return f"on {values['on']}" if "on" in values else "on the same final answer"


def _some_of(values: Values) -> str:
    return f"{numeral(_count(values, 'agree'))} of {numeral(_count(values, 'of'))} agree {_on(values)}."


def _such(values: Values) -> str:
    return f" ({values['sum']})" if "sum" in values else ""


def _sums_fail(values: Values) -> str:
    others = _count(values, "others")
    work = "one of the others works out a sum" if others == 1 else f"{numeral(others)} of the others work out sums"
    return f"The final answers all differ, and {work} that {'does' if others == 1 else 'do'} not hold{_such(values)}."


def _most_sums_fail(values: Values) -> str:
    agree, failing = _count(values, "agree"), _count(values, "failing")
    which = "both" if agree == failing == 2 else "all" if agree == failing else numeral(failing)
    who = f"{numeral(agree)} agree on another final answer, {which} of them by sums that do not hold{_such(values)}."
    return who[0].upper() + who[1:]


def _near(values: Values) -> str:
    others = _count(values, "others")
    return f"It says what your reference says, and the other{f' {numeral(others)} do' if others > 1 else ' does'} not."


def _premise(values: Values) -> str:
    objecting, others = _count(values, "objecting"), _count(values, "others")
    accept = "the other accepts" if others == 1 else f"the other {numeral(others)} accept"
    if objecting == 1:
        return f"It pushes back on a premise that {accept}."
    return f"It is one of {numeral(objecting)} that push back on a premise that {accept}."


def _against_harm(values: Values) -> str:
    against = _count(values, "against")
    if against == 1:
        return "It alone speaks against what would do harm."
    return f"It is one of {numeral(against)} that speak against what would do harm."


def _reliable(values: Values) -> str:
    category, judged = values.get("category", ""), _count(values, "judged")
    who = "its model has" if values["models"] == 1 else "the models behind it have"
    here = (f" on {category}" if category else "") if judged else " on other kinds of question"
    count = "" if not judged else " (1 vote or verdict)" if judged == 1 else f" ({judged} votes and verdicts)"
    reliable = f"{who} been the more reliable here{here}{count}."
    if not (agree := _count(values, "agree")):
        return reliable[0].upper() + reliable[1:]
    return f"{numeral(agree).capitalize()} agree on another final answer, but {reliable}"


def _judge_other(values: Values) -> str:
    most = "the agreement of most" if values["weighs"] == "agreement" else "what speaks for this one"
    return f"A judge preferred another answer in both orders; {most} weighs more."


SENTENCES: Final[Mapping[str, Callable[[Values], str]]] = {
    "only-answer": lambda _: "It is the only answer, so there is nothing to compare it with.",
    "only-answer-unsound": lambda v: f"It is the only answer, and it {FATES[str(v['fate'])]}: take it with care.",
    "only-sound": _only_sound,
    "none-sound": _none_sound,
    "least-wrong": lambda _: "No answer is sound; this one has the least wrong with it.",
    "no-answer": lambda _: "No model gave an answer.",
    "reference": lambda _: "Its final answer is the one you gave as reference.",
    "all-agree": lambda v: f"{_who(v)} agree {_on(v)}. This one sets it out best.",
    "majority": lambda v: _some_of(v)[0].upper() + _some_of(v)[1:],
    "divided": lambda v: f"The answers are divided evenly; {_some_of(v)}",
    "differ-set-out": lambda _: (
        "The final answers all differ and nothing tells which is right; this one is set out best."
    ),
    "differ-doubts": lambda _: (
        "The final answers all differ and nothing shows which is right; this one takes back least of its own working."
    ),
    "differ-reads": lambda _: "The final answers all differ and nothing shows which is right; this one reads best.",
    "differ-sums-fail": _sums_fail,
    "differ-sums-hold": lambda _: (
        "The final answers all differ and nothing shows which is right; this one works out the most sums that hold."
    ),
    "most-sums-fail": _most_sums_fail,
    "sum-fails": lambda v: f"Take it with care: a sum in it does not hold{_such(v)}.",
    "same": lambda v: f"{_who(v)} are the same.",
    "near": _near,
    "near-none": lambda _: "No answer says what your reference says.",
    "premise": _premise,
    "premise-plainest": lambda _: "It pushes back on a premise of the question the most plainly.",
    "against-harm": _against_harm,
    "covers-alone": lambda v: f"It alone covers {_parts(v)}.",
    "covers-other-not": lambda v: f"It covers {_parts(v)}, and the other does not.",
    "equal": lambda _: "The answers are equally good by every sign we can see; this one came first.",
    "close": lambda _: "It is close: the next one is nearly as good.",
    "reliable": _reliable,
    "by-form": lambda _: "By length, structure and speed it looks the best; no closer look was possible.",
    "judge-unsettled": lambda _: (
        "A judge looked at it too and did not settle it: what it preferred changed with the order."
    ),
    "judge-set-aside": lambda _: (
        "A judge's verdict was set aside: the answer that it preferred gives orders to whoever judges it."
    ),
    "judge-own": lambda _: "The judge wrote one of these answers itself, so take its preference with care.",
    "judge-related": lambda _: (
        "The judge comes from the maker of one of these answers, so take its preference with care."
    ),
    "judge-too": lambda _: "A judge preferred it too, in both orders.",
    "judge-other": _judge_other,
}
"""The sentence of each code that is not a clause."""


def _count(values: Values, name: str) -> int:
    return int(values.get(name, 0))


def numeral(number: int) -> str:
    """Return a small number as a word."""
    return _NUMERALS[number] if number < len(_NUMERALS) else str(number)
