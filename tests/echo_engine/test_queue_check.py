"""A call against the simulator's play-out queue, in simulated time."""

from __future__ import annotations

import pytest

from echo_engine.platform_messages import notify
from echo_engine.play_out import PlayOut
from echo_engine.queue_check import ANSWER_SECONDS, QueueCheck
from shared.audio import FRAME_SECONDS
from tests.harness.engine import echo_call
from tests.harness.simulated_platform import Ping, SimulatedPlatform

CONNECTED = '{"event": "websocket:connected", "content-type": "audio/l16;rate=16000"}'


class Talk:
    """A call that goes on at its pace; the engine's sweep comes twice a second."""

    def __init__(self, *, max_lag: float = 0.2, swept: bool = True, answers_notify: bool = True) -> None:
        self.call = echo_call(max_lag=max_lag)
        self._swept = swept
        self.call.receive([CONNECTED], 0.0)
        self.platform = SimulatedPlatform(answers_notify=answers_notify)
        self.found: list[float] = []
        self.now = 0.0
        self._frames = 0

    def go_on(self, seconds: float) -> None:
        for _ in range(round(seconds / FRAME_SECONDS)):
            self._frames += 1
            self.now = self._frames * FRAME_SECONDS
            self._receive([*self.platform.answers(self.now), self.platform.next_frame(self.now)])
            if self._swept and self._frames % 25 == 0:
                self._sweep()
            for mark in self.platform.pongs:
                self.call.queue_check.receive_pong(mark, self.now)
            self.platform.pongs.clear()

    def _receive(self, messages: list[bytes | str]) -> None:
        for reply in self.call.receive(messages, self.now):
            self.platform.receive(reply, self.now)
        if (found := self.call.queue_check.take_found()) is not None:
            self.found.append(found)

    def _sweep(self) -> None:
        self.call.quality.digest()
        if (mark := self.call.send_mark(self.now)) is not None:
            self.platform.receive(notify(mark), self.now)
            self.platform.receive(Ping(mark), self.now)


def test_a_stall_of_2_s_on_the_way_back_is_found_and_healed() -> None:
    talk = Talk()
    talk.go_on(8)
    assert talk.platform.lag() < 0.05
    talk.platform.stall()
    talk.go_on(2)
    talk.platform.resume(talk.now)
    talk.go_on(2)
    assert talk.platform.lag() > 1.9  # the model can't know
    assert talk.call.play_out.waits(talk.now) < 0.05
    talk.go_on(10)
    assert talk.platform.lag() < 0.05
    assert talk.platform.clears == talk.call.play_out.lag_resets == talk.call.queue_check.corrections == 1
    assert talk.call.play_out.frames_cut == pytest.approx(100, abs=3)
    assert talk.platform.play_out.frames.cleared == pytest.approx(100, abs=3)
    assert talk.call.queue_check.longest_wait == pytest.approx(2.0, abs=0.05)
    assert max(talk.found) == talk.call.queue_check.longest_wait


def test_without_probes_the_delay_stays() -> None:
    talk = Talk(swept=False)
    talk.go_on(8)
    talk.platform.stall()
    talk.go_on(2)
    talk.platform.resume(talk.now)
    talk.go_on(60)
    assert talk.platform.lag() > 1.9
    assert talk.platform.marks_asked == 0


def test_a_stall_within_the_bound_corrects_the_model_and_cuts_nothing() -> None:
    talk = Talk()
    talk.go_on(8)
    talk.platform.stall()
    talk.go_on(0.12)
    talk.platform.resume(talk.now)
    talk.go_on(10)
    assert talk.call.queue_check.corrections == 1
    assert talk.call.play_out.waits(talk.now) == pytest.approx(0.12, abs=0.03)
    assert talk.platform.clears == 0


def test_without_the_bound_the_wait_is_told_and_nothing_is_cut() -> None:
    talk = Talk(max_lag=0.0)
    talk.platform.stall()
    talk.go_on(2)
    talk.platform.resume(talk.now)
    talk.go_on(20)
    assert talk.call.queue_check.longest_wait == pytest.approx(2.0, abs=0.05)
    assert talk.platform.clears == 0


def test_a_platform_that_ignores_notify_changes_nothing() -> None:
    ignoring, unasked = Talk(answers_notify=False), Talk(swept=False)
    for talk in (ignoring, unasked):
        talk.go_on(ANSWER_SECONDS + 20)
    assert ignoring.platform.marks_asked == 2  # the second one when no answer to the first one can come any more
    assert ignoring.platform.play_out.frames.lags == unasked.platform.play_out.frames.lags
    assert ignoring.call.play_out.ends_at == unasked.call.play_out.ends_at
    assert ignoring.call.queue_check.longest_wait is None
    assert ignoring.found == []


def test_a_model_that_is_too_high_is_brought_down() -> None:
    talk = Talk(max_lag=0.0)
    talk.call.play_out.correct(0.15)
    talk.go_on(10)
    assert talk.call.play_out.waits(talk.now) < 0.05
    assert talk.call.queue_check.corrections == 1


def test_a_calm_call_is_asked_every_five_seconds() -> None:
    talk = Talk()
    talk.go_on(60)
    assert talk.platform.marks_asked == 12
    assert talk.call.queue_check.answers in (11, 12)
    assert talk.call.queue_check.round_trip == pytest.approx(0.0)
    assert talk.call.queue_check.corrections == 0


def test_a_plain_client_is_never_asked() -> None:
    call = echo_call()
    call.receive([b"hello"], 0.0)
    assert call.send_mark(100.0) is None


def checked(play_out: PlayOut) -> tuple[QueueCheck, int]:
    """Return a check whose first mark is on its way since second 5, with 0.1 s in the queue."""
    check = QueueCheck(play_out, 0.0)
    assert check.send_mark(5.0) is None, "no audio was sent yet"
    assert play_out.queue(5, 5.0)
    mark = check.send_mark(5.0)
    assert mark is not None
    return check, mark


def test_an_answer_behind_a_clear_says_nothing() -> None:
    play_out = PlayOut(0.2, 0.0)
    check, mark = checked(play_out)
    check.receive_pong(mark, 5.0)
    play_out.clear(5.01)
    check.receive_notify(mark, 5.9)
    assert (check.answers, check.take_found()) == (1, None)


def test_an_answer_without_a_pong_before_it_says_nothing() -> None:
    check, mark = checked(PlayOut(0.2, 0.0))
    check.receive_notify(mark, 5.1)
    assert (check.answers, check.take_found()) == (1, None)
    assert check.receive_pong(mark, 5.2) is None


@pytest.mark.parametrize("other", [0, 2, 10**9])
def test_other_marks_and_repeated_ones_are_ignored(other: int) -> None:
    check, mark = checked(PlayOut(0.2, 0.0))
    check.receive_notify(other, 5.1)
    assert check.receive_pong(other, 5.1) is None
    assert check.receive_pong(mark, 5.02) == pytest.approx(0.02)
    assert check.receive_pong(mark, 5.2) is None
    check.receive_notify(mark, 5.12)
    check.receive_notify(mark, 7.0)
    assert check.answers == 1
    assert check.take_found() == pytest.approx(0.1)
    assert check.take_found() is None


def answer_after(check: QueueCheck, play_out: PlayOut, now: float, seconds: float) -> None:
    """Have the next mark answered so long after its pong, with an empty queue in the model."""
    play_out.clear(now - 1)
    play_out.queue(1, now - FRAME_SECONDS / 2)
    mark = check.send_mark(now)
    assert mark is not None
    check.receive_pong(mark, now)
    check.receive_notify(mark, now + seconds)


def test_an_answer_that_was_held_up_once_corrects_nothing() -> None:
    play_out = PlayOut(0.2, 0.0)
    check = QueueCheck(play_out, 0.0)
    for number, seconds in enumerate((0.0, 0.8, 0.0, 0.8, 0.02, 0.8)):
        answer_after(check, play_out, 5.0 * (number + 1), seconds)
    assert check.corrections == 0
    assert check.longest_wait == pytest.approx(0.02)


def test_two_answers_in_a_row_correct_by_what_both_show_and_the_second_comes_soon() -> None:
    play_out = PlayOut(0.2, 0.0)
    check = QueueCheck(play_out, 0.0)
    answer_after(check, play_out, 5.0, 0.8)
    answer_after(check, play_out, 6.0, 0.5)
    assert check.corrections == 1
    assert check.longest_wait == pytest.approx(0.5)
    assert play_out.waits(6.0) == pytest.approx(0.5, abs=0.001)
    play_out.queue(1, 7.0)
    assert check.send_mark(7.0) is None
    assert check.send_mark(11.0) is not None
