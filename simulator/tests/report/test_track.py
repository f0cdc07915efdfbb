from __future__ import annotations

import numpy as np
import pytest

from voice_simulator.audio.format import AudioFormat, TimedFrame
from voice_simulator.call.result import CallResult
from voice_simulator.caller.ledger import EchoLedger
from voice_simulator.report.track import Track, tracks
from voice_simulator.vonage.play_out import PlayOut

STARTED_AT = 100.0


def laid_out(said: list[float], heard: list[tuple[float, bytes]]) -> tuple[Track, Track]:
    """Return the tracks of frames that were said, all 0x0101, and heard, by their times from the first frame."""
    result = CallResult("CON-1", EchoLedger(0), PlayOut(heard_kept=True), audio_format=AudioFormat.L16_8000)
    result.started_at, result.said = STARTED_AT, [TimedFrame(STARTED_AT + time, b"\1" * 320) for time in said]
    for time, frame in heard:
        result.play_out.queue(None, STARTED_AT + time, frame)
    result.play_out.end(STARTED_AT + 60)
    both = tracks(result)
    assert both is not None
    return both


def test_a_frame_stands_where_it_was_heard() -> None:
    said, heard = laid_out([0.0, 0.02], [(0.5, b"\2" * 320)])
    assert len(said.samples) == len(heard.samples) == round(0.52 * 8000) + 1
    assert np.flatnonzero(said.samples).tolist() == list(range(320))
    assert np.flatnonzero(heard.samples == 0x0202).tolist() == list(range(4000, 4160))
    assert heard.silences()[0] == pytest.approx((0.0, 0.5))


def test_frames_that_were_queued_together_follow_each_other_without_a_hole() -> None:
    _, heard = laid_out([0.0], [(0.001 + number * 0.0001, bytes([number + 1]) * 320) for number in range(200)])
    assert np.flatnonzero(heard.carried).tolist() == list(range(8, 8 + 200 * 160))
    sound = heard.samples[heard.carried].astype("<i2").tobytes()
    assert sound == b"".join(bytes([number + 1]) * 320 for number in range(200))


def test_less_than_a_sample_between_two_frames_is_no_hole() -> None:
    _, heard = laid_out([0.0], [(0.49 / 8000, b"\1" * 320), (160.51 / 8000, b"\2" * 320)])
    assert np.flatnonzero(heard.carried).tolist() == list(range(320))


def test_a_server_that_speaks_first_is_heard_from_its_first_word() -> None:
    said, heard = laid_out([0.0], [(-1.0, b"\2" * 320)])
    assert said.begins_at == heard.begins_at == -1.0
    assert np.flatnonzero(heard.samples)[0] == 0
    assert np.flatnonzero(said.samples)[0] == 8000


def test_silence_that_was_heard_is_not_the_same_as_nothing() -> None:
    _, heard = laid_out([0.0], [(0.0, bytes(320)), (0.1, bytes(320))])
    assert not heard.samples.any()
    assert [each for each in heard.silences() if each[1] - each[0] > 0.001] == [pytest.approx((0.02, 0.1))]


def test_frames_of_another_format_last_as_long_as_they_did() -> None:
    _, heard = laid_out([0.0], [(0.0, b"\1" * 320), (0.02, b"\2" * 640), (0.04, b"\3" * 320)])
    first, other, last = (heard.samples[start : start + 160] for start in (0, 160, 320))
    assert (set(first.tolist()), set(last.tolist())) == ({0x0101}, {0x0303})
    assert np.abs(other[30:130].astype(int) - 0x0202).max() < 10


def test_of_a_call_that_was_not_kept_there_are_no_tracks() -> None:
    assert tracks(CallResult("CON-1", EchoLedger(0), audio_format=AudioFormat.L16_8000, started_at=1.0)) is None
