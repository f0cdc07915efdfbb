from __future__ import annotations

import numpy as np

from voice_simulator.caller.speech import Speech
from voice_simulator.scenario.clips import SAMPLE_RATE, Clip, join


def tone(seconds: float, value: float, rate: int = SAMPLE_RATE) -> Speech:
    return Speech(np.full(round(seconds * rate), value, np.float32), rate)


def values(speech: Speech, *times: float) -> list[float]:
    return [round(float(speech.samples[round(time * SAMPLE_RATE)]), 2) for time in times]


def test_clips_stand_at_their_times_with_silence_around_them() -> None:
    speech = join([Clip(tone(0.5, 0.1), 1.0), Clip(tone(0.5, 0.2), 2.0)], 3.0)
    assert len(speech.samples) == 3 * SAMPLE_RATE
    assert values(speech, 0.5, 1.2, 1.7, 2.2, 2.7) == [0, 0.1, 0, 0.2, 0]


def test_the_next_clip_and_the_end_cut_a_clip_off() -> None:
    speech = join([Clip(tone(5.0, 0.1), 0.0), Clip(tone(0.2, 0.2), 1.0)], 2.0)
    assert values(speech, 0.9, 1.1, 1.5) == [0.1, 0.2, 0]
    assert values(join([Clip(tone(5.0, 0.1), 1.0)], 2.0), 1.99) == [0.1]


def test_a_clip_of_another_rate_takes_the_same_time() -> None:
    speech = join([Clip(tone(0.5, 0.1, rate=8000), 0.5)], 2.0)
    assert values(speech, 0.75, 1.25) == [0.1, 0]


def test_without_clips_there_is_silence() -> None:
    assert not join([], 1.0).samples.any()
