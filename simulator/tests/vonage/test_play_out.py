from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_simulator.audio.format import FRAME_SECONDS
from voice_simulator.vonage.play_out import CAPACITY, PlayOut


def test_frames_in_time_are_played_as_they_come() -> None:
    play_out = PlayOut()
    for number in range(5):
        play_out.queue(number * 0.02, now=number * 0.02 + 0.001)
    play_out.end(1.0)
    assert list(play_out.frames.lags) == pytest.approx([0.001] * 5)
    assert play_out.frames.longest_silence == pytest.approx(0.0)


def test_a_burst_stays_as_lag() -> None:
    play_out = PlayOut()
    for number in range(10):
        play_out.queue(number * 0.02, now=max(number * 0.02, 0.1))
    play_out.end(1.0)
    assert list(play_out.frames.lags) == pytest.approx([0.1] * 10)
    assert list(play_out.frames.played_at) == pytest.approx([0.1 + number * 0.02 for number in range(10)])


def test_a_clear_leaves_only_the_frame_that_is_being_played() -> None:
    play_out = PlayOut()
    for _ in range(5):
        play_out.queue(0.0, now=1.0)
    play_out.clear(1.03)
    play_out.queue(1.03, now=1.03)
    play_out.end(2.0)
    assert (play_out.frames_played, play_out.frames.cleared) == (3, 3)
    assert play_out.frames.lags[-1] == pytest.approx(0.01)


def test_the_queue_overflows() -> None:
    play_out = PlayOut()
    for _ in range(CAPACITY + 11):
        play_out.queue(0.0, now=0.0)
    assert play_out.counts == {"cleared": 0, "overflowed": 10}  # the first one is being played
    play_out.end(0.0)
    assert play_out.frames_played == CAPACITY + 1


def test_a_notification_comes_when_all_before_it_has_been_played() -> None:
    play_out = PlayOut()
    play_out.notify({"a": 0}, now=0.0)
    assert play_out.notifications_due(0.0) == [{"a": 0}]
    for _ in range(3):
        play_out.queue(0.0, now=0.0)
    play_out.notify({"a": 1}, now=0.0)
    play_out.queue(0.0, now=0.0)
    assert play_out.notifications_due(0.0599) == []
    assert play_out.notifications_due(0.0601) == [{"a": 1}]
    assert play_out.notifications_due(1.0) == []


def test_a_notification_comes_when_all_before_it_has_been_cleared() -> None:
    play_out = PlayOut()
    for _ in range(10):
        play_out.queue(0.0, now=0.0)
    play_out.notify({"a": 1}, now=0.0)
    play_out.clear(0.01)
    assert play_out.notifications_due(0.01) == []
    assert play_out.notifications_due(0.02) == [{"a": 1}]


def test_a_gap_lasts_from_the_last_sound_to_the_next() -> None:
    play_out = PlayOut()
    play_out.lose_socket(0.5)  # before there was any sound
    play_out.queue(1.0, now=1.0)
    play_out.queue(1.0, now=1.3)
    play_out.lose_socket(1.4)
    play_out.queue(2.0, now=2.02)
    play_out.end(5.0)
    assert list(play_out.frames.gaps) == pytest.approx([0.7])
    assert play_out.frames.longest_silence == pytest.approx(0.7)


def test_a_gap_that_nothing_ends_lasts_to_the_end_of_the_call() -> None:
    play_out = PlayOut()
    play_out.queue(1.0, now=1.0)
    play_out.lose_socket(1.1)
    play_out.end(3.02)
    assert list(play_out.frames.gaps) == pytest.approx([2.0])


def test_the_end_of_a_socket_drops_its_frames_and_wishes() -> None:
    play_out = PlayOut()
    for _ in range(3):
        play_out.queue(1.0, now=1.0)
    play_out.notify({}, now=1.0)
    play_out.lose_socket(1.01)
    play_out.end(3.0)
    assert (play_out.frames_played, play_out.frames.cleared) == (1, 2)
    assert play_out.notifications_due(9.0) == []


STEPS = st.lists(st.tuples(st.sampled_from(["frame", "frame", "frame", "clear", "lose"]), st.integers(0, 100)))


@given(STEPS)
def test_whatever_comes_is_played_one_to_one_or_counted(steps: list[tuple[str, int]]) -> None:
    play_out, now, queued = PlayOut(), 0.0, []
    for step, milliseconds in steps:
        now += milliseconds / 1000
        if step == "frame":
            play_out.queue(now, now)
            queued.append(now)
        elif step == "clear":
            play_out.clear(now)
        else:
            play_out.lose_socket(now)
    play_out.end(now)
    starts, lags = list(play_out.frames.played_at), list(play_out.frames.lags)
    assert play_out.frames_played + play_out.frames.cleared == len(queued)
    assert all(later - earlier > FRAME_SECONDS - 1e-9 for earlier, later in itertools.pairwise(starts))
    assert all(-1e-9 < lag < len(queued) * FRAME_SECONDS for lag in lags)
    # First in, first out: those played are a subsequence of those queued.
    sent = iter(queued)
    assert all(
        any(math.isclose(start - lag, candidate, abs_tol=1e-9) for candidate in sent)
        for start, lag in zip(starts, lags, strict=True)
    )


class Ticking:
    """A second model, which goes through every millisecond."""

    def __init__(self) -> None:
        self.clock = self.free_at = 0
        self.waiting: list[int] = []
        self.played: list[tuple[int, int]] = []

    def tick_until(self, end: int) -> None:
        while self.clock < end:
            self.play()
            self.clock += 1
        self.play()

    def play(self) -> None:
        if self.waiting and self.clock >= self.free_at:
            self.played.append((self.clock, self.waiting.pop(0)))
            self.free_at = self.clock + 20


@given(STEPS)
def test_it_agrees_with_a_player_that_ticks(steps: list[tuple[str, int]]) -> None:
    play_out, ticking, now = PlayOut(), Ticking(), 0
    for step, milliseconds in steps:
        now += milliseconds
        ticking.tick_until(now)
        if step == "frame":
            play_out.queue(now / 1000, now / 1000)
            ticking.waiting.append(now)
        else:
            # A frame that is due at this very moment may be played or cleared: the clear comes a little later.
            ticking.play()
            play_out.clear(now / 1000 + 1e-6)
            ticking.waiting.clear()
    ticking.tick_until(now + 20 * len(steps) + 100)
    play_out.end(now)
    assert [round(time * 1000) for time in play_out.frames.played_at] == [time for time, _ in ticking.played]
    lags = [(time - sent) / 1000 for time, sent in ticking.played]
    assert list(play_out.frames.lags) == pytest.approx(lags, abs=1e-6)


def test_what_waits_and_when_the_next_is_due() -> None:
    play_out = PlayOut()
    assert (play_out.waiting, play_out.next_at) == (0, None)
    for _ in range(3):
        play_out.queue(None, 1.0)
    assert (play_out.waiting, play_out.next_at) == (2, 1.02)  # the second call of queue() has played the first
    play_out.advance(1.03)
    assert play_out.waiting == 1
    assert play_out.next_at == pytest.approx(1.04)
