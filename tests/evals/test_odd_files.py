"""The command is pointed at files from anywhere: it scores what can be scored, and else says what is wrong where."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

PAIR = {
    "prompt": "Why is the sky blue?",
    "a": "Air scatters blue light more than red light.",
    "b": "Air.",
    "label": "a",
}
BESIDES = {"n", "random", "longest", "ece", "brier", "judge_share"}
OF_PANELS = {"mean_score", "best_single", "oracle", "recovered"}


def panel(n: int, size: int = 3, **besides: Any) -> dict[str, Any]:
    """One answer in three is wrong, each of them in its own way."""
    finals = [7 * n + (place % 3 == 2) * place for place in range(size)]
    answers = [
        {"text": f"The answer is {final}.", "score": float(final == 7 * n), "model": f"m{place}", "provider": "p"}
        for place, final in enumerate(finals)
    ]
    return {"prompt": f"How much is 7 * {n}?", "answers": answers, **besides}


def saying(*texts: str | None, prompt: str = "How much is 6 * 7?") -> dict[str, Any]:
    answers = [{"text": text, "score": float(place == 0), "model": f"m{place}"} for place, text in enumerate(texts)]
    return {"prompt": prompt, "answers": answers}


def run(capsys: pytest.CaptureFixture[str], path: Path, *options: str) -> tuple[int, str, str]:
    from evals.__main__ import main

    ended = main(["score", str(path), "--json", *options])
    out, err = capsys.readouterr()
    return ended, out, err


LONG = "It goes on and on, and says what it said. " * 2_500
ODD: dict[str, list[Any]] = {
    "two answers": [panel(n, 2) for n in range(9)],
    "four answers": [panel(n, 4) for n in range(9)],
    "nine answers": [panel(n, 9) for n in range(9)],
    "twenty-seven answers": [panel(n, 27) for n in range(9)],
    "all sizes": [panel(n, size) for n, size in enumerate((1, 2, 3, 4, 9, 27, 3, 2))],
    "no model, no provider": [{"prompt": "q?", "answers": [{"text": "x", "score": 1}, {"text": "y", "score": 0}]}] * 9,
    "one model twice": [saying("The answer is 42.", "The answer is 41.") | {"group": str(n)} for n in range(9)],
    "empty texts": [saying("", None, ""), saying("42", "", None), saying(" \n", "\u200b", "41")],
    "an empty question": [saying("42", "41", prompt=""), PAIR | {"prompt": ""}],
    "long texts": [saying(LONG, LONG + "The answer is 42.", "42")],
    "long texts of marks": [saying("{" * 100_000, "\\boxed{" * 14_000, "```" * 33_000), saying("1," * 50_000)],
    "a long question": [PAIR | {"prompt": LONG}],
    "all scores equal": [saying("42", "42") | {"answers": [{"text": t, "score": 0.5} for t in ("x", "y", "z")]}] * 5,
    "scores that are true or false": [{"prompt": "q", "answers": [{"text": "x", "score": True}]}],
    "names that are numbers": [panel(n, group=n, category=n, id=n, gold=n) for n in range(9)],
    "categories, models and vendors unknown": [
        {**panel(n, category="alchemy", judge=1), "answers": [{**a, "model": "new-9"} for a in panel(n)["answers"]]}
        for n in range(9)
    ],
    "one group": [panel(n, group="all") for n in range(9)],
    "Chinese": [saying("答案是42。", "答案是41。", prompt="6乘以7等于多少？"), PAIR | {"prompt": "天空为什么蓝？"}],
    "Arabic and marks of direction": [saying("الجواب هو ٤٢", "\u202e41\u202c \u200f", prompt="كم يساوي 6 × 7؟")],
    "emoji": [saying("👨‍👩‍👧‍👦 42", "🇩🇪", prompt="🟦🌌?")],
    "half a surrogate pair": ['{"prompt": "\\ud800?", "a": "\\udc00", "b": "", "label": "a", "model_a": "\\ud800"}'],
    "characters that nobody sees": [saying("\x00", "\U0010ffff", "e\u0301" * 50)],
    "a single line": [panel(6)],
    "blank lines": ["", " \t", panel(6), "", panel(7), "\r", ""],
    "line ends of another system": [json.dumps(panel(6)) + "\r", json.dumps(PAIR) + "\r"],
}  # fmt: skip


@pytest.mark.parametrize("warm", [(), ("--warm",)], ids=["cold", "warm"])
@pytest.mark.parametrize("rows", ODD.values(), ids=ODD.keys())
def test_whatever_is_odd_but_whole_is_scored_within_0_and_1(
    rows: list[Any], warm: tuple[str, ...], write, capsys
) -> None:
    ended, out, err = run(capsys, write(*rows), *warm)
    assert (ended, err) == (0, "")
    found = json.loads(out)
    held = [json.loads(row) if isinstance(row, str) else row for row in rows if not isinstance(row, str) or row.strip()]
    panels, pairs = any("answers" in row for row in held), any("a" in row for row in held)
    assert found.keys() == BESIDES | (OF_PANELS if panels else set()) | ({"accuracy"} if pairs else set())
    assert found.pop("n") == len(held)
    assert all(0 <= value <= 1 for value in found.values())


def test_the_better_one_of_a_pair_is_found_at_either_side(write, capsys) -> None:
    swapped = {"prompt": PAIR["prompt"], "a": PAIR["b"], "b": PAIR["a"], "label": "b"}
    assert json.loads(run(capsys, write(*[PAIR, swapped] * 20))[1])["accuracy"] == 1


def test_a_group_whose_name_is_0_is_a_group(write) -> None:
    from evals.recorded import read

    assert {panel.group for panel in read(write(panel(1, group=0), panel(2, group=0)))} == {"0"}


def test_what_is_gzipped_is_read_whatever_it_is_called(write, capsys) -> None:
    whole = json.dumps(panel(6)).encode()
    assert run(capsys, write(gzip.compress(whole)))[0] == 0
    assert run(capsys, write(panel(6), name="set.gz"))[0] == 0
    path = write(name="plain.jsonl.gz")
    path.write_bytes(whole)
    assert run(capsys, path)[0] == 0


@pytest.mark.parametrize(("options", "told"), [((), "picked from"), (("--warm",), "read")], ids=["cold", "warm"])
def test_of_thousands_of_lines_the_progress_is_told_and_the_figures_alone_are_printed(
    options: tuple[str, ...], told: str, write, capsys
) -> None:
    path = write(*[PAIR | {"prompt": f"Why is it so, part {n}?"} for n in range(2_000)])
    ended, out, err = run(capsys, path, *options)
    assert (ended, json.loads(out)["n"]) == (0, 2_000)
    assert err.splitlines() == [f"{n} panels {told}" for n in (500, 1_000, 1_500, 2_000)]


LINE = '; a line is {"prompt": "...", "answers": [{"text": "...", "score": 0 to 1,'
ANSWER = {"text": "x", "score": 1}
BAD: dict[str, tuple[Any, str]] = {
    "no JSON": ('{"prompt": ', ", line 3: no JSON (Expecting value, character 12)" + LINE),
    "a list over many lines": ("[", ", line 3: no JSON (Expecting value, character 2)" + LINE),
    "lists within lists": ("[" * 100_000, ", line 3: JSON beyond what is read (maximum recursion depth"),
    "more digits than are read": ('{"prompt": ' + "1" * 5_000 + "}", ", line 3: JSON beyond what is read (Exceeds"),
    "another encoding": ('{"prompt": "é"}'.encode("latin-1"), ", line 3: not UTF-8; save it as UTF-8, "),
    "no object": ([1], ", line 3: a list" + LINE),
    "nothing": ("null", ", line 3: null" + LINE),
    "no answers at all": ({"prompt": "p"}, ", line 3: neither answers nor a and b in it" + LINE),
    "no prompt": ({"a": "x", "b": "y", "label": "a"}, ", line 3: 'prompt' is missing" + LINE),
    "a prompt that is no text": (PAIR | {"prompt": None}, ", line 3: 'prompt' is null; it must be a text"),
    "half a pair": ({"prompt": "p", "a": "x", "label": "a"}, ", line 3: 'b' is missing" + LINE),
    "no label": ({"prompt": "p", "a": "x", "b": "y"}, ", line 3: 'label' is missing" + LINE),
    "a strange label": (PAIR | {"label": "c"}, ', line 3: the label is "c"; it must be "a", "b" or "tie"'),
    "a label of a page": (PAIR | {"label": "c\n" * 999}, 'c\\nc\\...; it must be "a", "b" or "tie"'),
    "an empty list": (saying(), ", line 3: the answers are []; they must be a list of one or more"),
    "answers by name": ({"prompt": "p", "answers": {"x": 1}}, 'the answers are {"x": 1}; they must be a list'),
    "an answer that is a text": ({"prompt": "p", "answers": [ANSWER, "x"]}, ", line 3, answer 2: a text" + LINE),
    "no text": ({"prompt": "p", "answers": [{"score": 1}]}, ", line 3, answer 1: 'text' is missing" + LINE),
    "a text that is none": (PAIR | {"a": 5}, ", line 3: 'a' is a number; it must be a text"),
    "a text in parts": ({"prompt": "p", "answers": [ANSWER | {"text": ["x"]}]}, "answer 1: 'text' is a list; it must"),
    "no score": ({"prompt": "p", "answers": [ANSWER, {"text": "x"}]}, ", line 3, answer 2: 'score' is missing"),
    "a score above 1": ({"prompt": "p", "answers": [ANSWER | {"score": 7}]}, "the score is 7; it must be a number"),
    "a score beyond numbers": ({"prompt": "p", "answers": [ANSWER | {"score": 10**400}]}, "000...; it must be a"),
    "a score that is no number": ({"prompt": "p", "answers": [ANSWER | {"score": float("nan")}]}, "the score is NaN;"),
    "a score in quotes": ({"prompt": "p", "answers": [ANSWER | {"score": "1"}]}, 'the score is "1"; it must'),
}  # fmt: skip


@pytest.mark.parametrize(("row", "told"), BAD.values(), ids=BAD.keys())
def test_a_bad_line_ends_with_2_and_one_line_that_says_where_why_and_what_would_be_right(
    row: Any, told: str, write, capsys
) -> None:
    path = write(panel(6), "", row)
    ended, out, err = run(capsys, path)
    assert (ended, out) == (2, "")
    assert re.fullmatch(r"[^\n]+\n", err)
    assert err.startswith(f"{path}, line 3")
    assert told in err


@pytest.mark.parametrize("rows", [[], ["", " "], [PAIR | {"label": "tie"}] * 3], ids=["empty", "blank", "ties alone"])
def test_a_file_with_nothing_to_score_ends_with_2_and_says_what_a_line_is(rows: list[Any], write, capsys) -> None:
    path = write(*rows)
    ended, _, err = run(capsys, path)
    assert ended == 2
    assert err.startswith(f"{path}: nothing to score in it, no panel and no pair that was decided{LINE}")


def test_a_file_that_is_not_there_or_is_none_ends_with_2(tmp_path: Path, capsys) -> None:
    missing = tmp_path / "none.jsonl"
    assert run(capsys, missing) == (2, "", f"{missing}: No such file or directory; name a file of JSON lines\n")
    assert run(capsys, tmp_path) == (2, "", f"{tmp_path}: Is a directory; name a file of JSON lines\n")


def test_a_gzipped_file_that_is_cut_or_broken_ends_with_2(write, capsys) -> None:
    whole = gzip.compress(b"\n".join([json.dumps(panel(n)).encode() for n in range(99)]))
    told = ": what is gzipped is cut or broken; fetch the file anew\n"
    for broken in (whole[:-12], whole[:2], whole[:-8] + bytes(8)):
        ended, _, err = run(capsys, write(broken))
        assert ended == 2
        assert err.endswith(told)
