from __future__ import annotations

import numpy as np
import pytest

from voice_simulator.audio.format import AudioFormat
from voice_simulator.phone.microphone import BUFFERED_FRAMES, MOST_FRAMES, Captured, Microphone

FORMAT = AudioFormat.L16_16000


def frames(count: int, first: int = 0) -> list[Captured]:
    return [Captured(number * 20.0, bytes([number]) * FORMAT.frame_bytes) for number in range(first, first + count)]


def filled(count: int) -> Microphone:
    microphone = Microphone()
    for frame in frames(count):
        microphone.put(frame)
    return microphone


def test_the_first_frame_waits_for_the_second() -> None:
    microphone = filled(1)
    assert microphone.take(FORMAT) is None
    microphone.put(frames(1, first=1)[0])
    assert [microphone.take(FORMAT), microphone.take(FORMAT)] == frames(2)
    assert microphone.frames_missing == 0


def test_a_late_frame_is_silence_and_then_two_wait_again() -> None:
    microphone = filled(BUFFERED_FRAMES)
    for _ in range(BUFFERED_FRAMES):
        microphone.take(FORMAT)
    assert microphone.take(FORMAT) is None
    assert microphone.frames_missing == 1
    microphone.put(frames(1, first=2)[0])
    assert microphone.take(FORMAT) is None
    microphone.put(frames(1, first=3)[0])
    assert [microphone.take(FORMAT), microphone.take(FORMAT)] == frames(2, first=2)
    assert microphone.frames_missing == 1


def test_of_too_many_frames_the_oldest_are_dropped() -> None:
    microphone = filled(MOST_FRAMES)
    assert microphone.frames_dropped == 0
    microphone.put(frames(1, first=MOST_FRAMES)[0])
    assert microphone.frames_dropped == MOST_FRAMES + 1 - BUFFERED_FRAMES
    assert microphone.take(FORMAT) == frames(1, first=MOST_FRAMES + 1 - BUFFERED_FRAMES)[0]


def test_a_microphone_that_was_never_used_misses_nothing() -> None:
    microphone = Microphone()
    assert microphone.take(FORMAT) is None
    assert microphone.frames_missing == 0


def test_what_waited_can_be_forgotten() -> None:
    microphone = filled(2)
    microphone.forget()
    assert microphone.take(FORMAT) is None
    assert microphone.frames_missing == 0


@pytest.mark.parametrize("own", AudioFormat)
@pytest.mark.parametrize("wanted", AudioFormat)
def test_a_frame_of_another_rate_is_resampled(own: AudioFormat, wanted: AudioFormat) -> None:
    microphone = Microphone()
    times = np.arange(own.frame_samples) / own.sample_rate
    tone = (10_000 * np.sin(2 * np.pi * 500 * times)).astype("<i2").tobytes()
    for _ in range(BUFFERED_FRAMES):
        microphone.put(Captured(5.0, tone))
    captured = microphone.take(wanted)
    assert captured is not None
    assert (captured.at, len(captured.frame)) == (5.0, wanted.frame_bytes)
    middle = np.frombuffer(captured.frame, "<i2")[wanted.frame_samples // 4 : -wanted.frame_samples // 4]
    assert 9_000 < np.abs(middle).max() < 11_000


@pytest.mark.parametrize("size", [0, 319, 642, 1920])
def test_a_frame_of_no_size_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match=f"320, 640, 960 bytes; this one has {size}"):
        Microphone().put(Captured(0.0, bytes(size)))
