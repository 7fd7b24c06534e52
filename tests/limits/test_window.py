"""The counters by address are bounded in number."""

from trillm.limits.window import DailyCount, MovingWindow, Standing


def test_case_17_a_hundred_thousand_addresses_leave_no_more_entries_than_the_bound() -> None:
    window, day = MovingWindow(10, 60, max_keys=1000), DailyCount(10, max_keys=1000)
    for n in range(100_000):
        window.hit(str(n), 0.0)
        day.hit(str(n))
    assert (len(window), len(day)) == (1000, 1000)
    assert window.standing("99999", 0.0) == Standing(9, 60.0)
    assert window.standing("0", 0.0) == Standing(10, 0.0)
    assert (day.remaining("99999"), day.remaining("0")) == (9, 10)


def test_a_hit_leaves_the_window_exactly_when_its_time_is_over() -> None:
    window = MovingWindow(2, 60, max_keys=10)
    window.hit("k", 5.0)
    window.hit("k", 10.0)
    assert window.standing("k", 64.0) == Standing(0, 1.0)
    assert window.standing("k", 65.0) == Standing(1, 5.0)
    assert window.standing("k", 70.0) == Standing(2, 0.0)
