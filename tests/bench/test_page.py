"""What the page's benchmark streams, and its medians."""

from bench.answers import MARKDOWN, answer_tokens
from bench.lighthouse import CATEGORIES, TIMES, Sight, middle
from bench.rendering import MODEL, Cost


def test_the_streamed_answer_is_eight_kilobytes_with_every_shape_and_whole() -> None:
    assert "".join(answer_tokens(MODEL, "")) == MARKDOWN
    assert 7_500 < len(MARKDOWN) < 8_500
    for shape in ("## ", "1. ", "```python", "|---|", "> ", "](https://"):
        assert shape in MARKDOWN


def test_rendering_is_what_the_page_itself_does() -> None:
    assert Cost(task=900, script=100, style=20, layout=30).rendering == 150


def test_a_sight_in_the_middle_has_the_median_of_each_figure() -> None:
    sights = [
        Sight(dict.fromkeys(CATEGORIES, score), dict.fromkeys(TIMES, time), 0.0, load, 1500.0)
        for score, time, load in ((90, 30, 1), (99, 10, 3), (95, 20, 2))
    ]
    assert middle(sights) == Sight(dict.fromkeys(CATEGORIES, 95), dict.fromkeys(TIMES, 20), 0.0, 2, 1500.0)
