from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.echo_check import EchoCheck
from simulator.frame_mark import FrameMark, write_mark

SILENCE = bytes(320)


def frame(number: int, call_index: int = 7) -> bytes:
    return write_mark(SILENCE, FrameMark(call_index, number))


def corrupted(number: int) -> bytes:
    return frame(number)[:-1] + b"\x55"


def check_after_sending(count: int) -> EchoCheck:
    check = EchoCheck(7)
    for number in range(count):
        check.send(frame(number), time=number * 0.02)
    return check


def test_a_perfect_echo() -> None:
    check = check_after_sending(3)
    for number in range(3):
        check.receive(frame(number), time=number * 0.02 + 0.001)
    assert check.fault == ""
    assert list(check.returned_numbers) == [0, 1, 2]
    assert list(check.round_trips) == pytest.approx([0.001] * 3)


@pytest.mark.parametrize(
    ("returned", "fault"),
    [
        ([], "4 lost"),
        ([frame(0), frame(1), frame(3)], "1 lost"),
        ([frame(0), frame(2), frame(1), frame(3)], "1 out of order"),
        ([frame(0), frame(1), corrupted(2), frame(3)], "1 corrupted"),
        ([frame(0), frame(1), frame(1), frame(2), frame(3)], "1 duplicated"),
        ([frame(0), corrupted(0), frame(1), frame(2), frame(3)], "1 duplicated"),
        ([frame(0), frame(1), frame(2), frame(3), frame(4)], "1 foreign"),
        ([frame(0), frame(1, call_index=8), frame(2), frame(3)], "1 lost, 1 foreign"),
        ([frame(0), frame(1), frame(2), bytes(320)], "1 lost, 1 foreign"),
    ],
)
def test_each_fault_is_named(returned: list[bytes], fault: str) -> None:
    check = check_after_sending(4)
    for data in returned:
        check.receive(data, time=1.0)
    assert check.fault == f"of 4 frames sent: {fault}"


@given(st.permutations(range(12)))
def test_any_order_loses_nothing_and_only_the_right_order_is_faultless(order: list[int]) -> None:
    check = check_after_sending(12)
    for number in order:
        check.receive(frame(number), time=1.0)
    assert check.frames_lost == 0
    assert (check.fault == "") == (order == sorted(order))


@given(
    st.lists(
        st.one_of(
            st.builds(frame, st.integers(0, 12), st.integers(6, 8)),
            st.builds(corrupted, st.integers(0, 9)),
            st.binary(min_size=320, max_size=320),
        )
    )
)
def test_the_books_balance_whatever_comes_back(returned: list[bytes]) -> None:
    check = check_after_sending(10)
    for data in returned:
        check.receive(data, time=1.0)
    counts = check.counts
    assert counts["sent"] == counts["returned"] + counts["lost"] + counts["corrupted"]
    assert len(returned) == counts["returned"] + counts["corrupted"] + counts["duplicated"] + counts["foreign"]


@given(st.integers(0, 9), st.integers(0, 319), st.integers(1, 255))
def test_no_changed_bit_goes_unseen(number: int, place: int, change: int) -> None:
    check = check_after_sending(10)
    for sent in range(10):
        data = bytearray(frame(sent))
        if sent == number:
            data[place] ^= change
        check.receive(bytes(data), time=1.0)
    assert check.fault
