from __future__ import annotations

import io
import wave

import numpy as np

from voice_simulator.audio.format import TimedFrame
from voice_simulator.audio.tape import best_rate, lay_out, wav_bytes


def frame(value: int, size: int = 320) -> bytes:
    return np.full(size // 2, value, "<i2").tobytes()


def test_frames_stand_at_their_times() -> None:
    samples = lay_out([TimedFrame(1.04, frame(7)), TimedFrame(1.1, frame(8))], 1.0, 1.14, 8000)
    assert len(samples) == 1120
    assert [samples[round(time * 8000)] for time in (0.01, 0.05, 0.07, 0.11, 0.13)] == [0, 7, 0, 8, 0]


def test_frames_that_follow_each_other_leave_no_hole() -> None:
    samples = lay_out([TimedFrame(number * 0.02 + 0.00004, frame(5)) for number in range(50)], 0.0, 1.0, 8000)
    assert (samples == 5).all()


def test_what_stands_outside_is_left_out() -> None:
    samples = lay_out([TimedFrame(0.0, frame(5)), TimedFrame(5.0, frame(6))], 1.0, 2.0, 8000)
    assert not samples.any()


def test_two_formats_come_to_one_rate() -> None:
    frames = [TimedFrame(0.0, frame(500)), TimedFrame(0.5, frame(900, 640))]
    assert best_rate(frames) == 16000
    samples = lay_out(frames, 0.0, 0.6, 16000)
    assert abs(int(samples[160]) - 500) < 50
    assert samples[8000 + 160] == 900


def test_of_no_frames_the_rate_is_16_khz() -> None:
    assert best_rate([]) == 16000


def test_a_wav_file_has_its_channels() -> None:
    left, right = np.array([1, 2], np.int16), np.array([3, 4], np.int16)
    with wave.open(io.BytesIO(wav_bytes([left, right], 8000))) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, 8000, 2)
        assert np.frombuffer(file.readframes(2), "<i2").tolist() == [1, 3, 2, 4]
