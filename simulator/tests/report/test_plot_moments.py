from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_simulator.record.events import (
    Cleared,
    Event,
    FaultBegan,
    FaultEnded,
    KeyPressed,
    SocketClosed,
    SocketOpened,
)
from voice_simulator.report.plot_moments import MAX_ROWS, Mark, find_marks, place_names, row_count
from voice_simulator.report.plot_text import POINTS, text_inches

INCHES = 9.0


def lost(at: float) -> Event:
    return SocketClosed(at, "", 1012, "", "application")


def opened(at: float) -> Event:
    return SocketOpened(at, "", 8000, 0.1)


def found(*events: Event, end: float = 10.0) -> list[object]:
    marks = find_marks(events, 7.0, end)
    return [(mark.name, pytest.approx(mark.begin), pytest.approx(mark.end)) for mark in marks]


@pytest.mark.parametrize(
    ("key", "name"),
    [("0", "0: no delay"), ("5", "5: delay 5 s"), ("*", "*: drop what waits"), ("#", "key #")],
)
def test_a_key_is_marked_by_its_meaning(key: str, name: str) -> None:
    assert found(KeyPressed(9.0, key, "socket")) == [(name, 2.0, 2.0)]


def test_a_stall_and_a_gap_have_an_end() -> None:
    assert found(
        FaultBegan(8.0, "stall"),
        FaultEnded(11.0, "stall"),
        lost(12.0),
        opened(12.04),
        lost(13.0),
        opened(15.26),
    ) == [
        ("network stalled 3 s", 1.0, 4.0),
        ("moved to another socket after 40 ms", 5.0, 5.04),
        ("moved to another socket after 2.3 s", 6.0, 8.26),
    ]


def test_what_has_no_end_lasts_to_the_end_of_the_call() -> None:
    assert found(lost(11.0)) == [("socket lost", 4.0, 10.0)]
    assert found(FaultBegan(11.0, "stall")) == [("network stalled 6 s", 4.0, 10.0)]


def test_clears_that_are_close_have_a_line_each_and_one_name() -> None:
    times = (1.0, 1.1, 1.9, 5.0)
    assert found(*(Cleared(7.0 + time, 1) for time in times)) == [
        ("clear, 3 times", 1.0, 1.0),
        ("", 1.1, 1.1),
        ("", 1.9, 1.9),
        ("clear", 5.0, 5.0),
    ]


NAMES = ("clear", "5: delay 5 s", "moved to another socket")
WIDTHS = {name: text_inches(name, POINTS) / INCHES * 12 for name in NAMES}
MARKS = st.lists(st.tuples(st.sampled_from(NAMES), st.floats(0, 8)), max_size=12)


@given(MARKS)
def test_no_name_covers_another_or_a_line(drawn: list[tuple[str, float]]) -> None:
    placed = place_names([Mark(name, time, time) for name, time in drawn], (0.0, 12.0), INCHES)
    named = [mark for mark in placed if mark.row is not None]
    assert row_count(placed) <= MAX_ROWS
    ends = {id(mark): mark.name_at + WIDTHS[mark.mark.name] for mark in named}
    for one, other in itertools.permutations(named, 2):
        assert one.row is not None
        assert other.row is not None
        if one.row == other.row:
            assert ends[id(one)] < other.name_at or ends[id(other)] < one.name_at
        if one.row < other.row:  # the other's line goes down past this name
            assert not one.name_at <= other.mark.begin <= ends[id(one)]


def test_a_name_near_the_end_stays_within_the_picture() -> None:
    (mark,) = place_names([Mark("moved to another socket", 9.9, 9.9)], (0.0, 10.0), INCHES)
    assert mark.name_at + text_inches(mark.mark.name, POINTS) / INCHES * 10 < 10
    assert mark.row == 0
