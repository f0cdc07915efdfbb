import pytest

from echo_engine.play_out import PlayOut


def test_a_queue_that_would_be_too_long_takes_nothing() -> None:
    play_out = PlayOut(0.2, 0.0)
    assert play_out.queue(10, 0.0)
    assert not play_out.queue(1, 0.0)
    assert play_out.waits(0.0) == pytest.approx(0.2, abs=0.001)
    assert play_out.waits(9.0) == 0.0
    assert play_out.queue(1, 0.02)


def test_a_reset_counts_the_frames_that_it_cuts_and_sends_one() -> None:
    play_out = PlayOut(0.2, 0.0)
    play_out.queue(10, 0.0)
    assert play_out.reset(1, 0.1) == 1
    assert (play_out.lag_resets, play_out.clears, play_out.frames_cut) == (1, 1, 5)
    assert play_out.waits(0.1) == pytest.approx(0.02, abs=0.001)


def test_a_clear_that_the_caller_asked_for_cuts_nothing_that_counts() -> None:
    play_out = PlayOut(0.2, 0.0)
    play_out.queue(10, 0.0)
    play_out.clear(0.0)
    assert (play_out.lag_resets, play_out.clears, play_out.frames_cut) == (0, 1, 0)
    assert play_out.waits(0.0) == 0.0


def test_stuck_frames_have_the_queue_cleared_first() -> None:
    play_out = PlayOut(0.0, 0.0)
    play_out.expect_stuck_frames()
    assert not play_out.queue(1, 0.0)
    play_out.reset(1, 0.0)
    assert play_out.queue(1, 0.0)


def test_a_reset_keeps_as_many_frames_as_fit_but_one() -> None:
    assert PlayOut(0.2, 0.0).reset(150, 0.0) == 9
    assert PlayOut(0.02, 0.0).reset(150, 0.0) == 1
    assert PlayOut(0.0, 0.0).reset(150, 0.0) == 150


def test_audio_that_is_not_live_has_no_bound() -> None:
    play_out = PlayOut(0.2, 0.0)
    play_out.live = False
    assert play_out.queue(3000, 0.0)


def test_a_correction_counts_for_the_bound() -> None:
    play_out = PlayOut(0.2, 0.0)
    play_out.queue(1, 0.0)
    play_out.correct(2.0)
    assert play_out.waits(0.0) == pytest.approx(2.02, abs=0.001)
    assert not play_out.queue(1, 0.02)
