"""The sound of a call as a file: the caller on the left, the application on the right, in time as the caller hears it.

It begins with the first frame that was said or heard, so that a call's trace tells where each frame is in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..audio.format import FRAME_SECONDS, FRAMES_PER_SECOND, SAMPLE_BYTES, TimedFrame
from ..audio.reading import SoundError, opened
from ..audio.tape import Samples, Sound, best_rate, lay_out, wav_bytes
from ..record.frames import Frames

CHANNELS = 2


class SoundFile(NamedTuple):
    """A WAV file, its length in seconds and its sample rate."""

    file: bytes
    seconds: float
    sample_rate: int


def as_file(sound: Sound) -> SoundFile | None:
    """Return a call's sound: what the caller said and heard, each frame at its time; None if there was neither.

    The file has the highest rate of the call's frames, and lasts from the first frame to the end of the last.
    """
    frames = [*sound.said, *sound.heard]
    if not frames:
        return None
    begin, end = min(each.time for each in frames), max(each.time for each in frames) + FRAME_SECONDS
    rate = best_rate(frames)
    channels = [lay_out(direction, begin, end, rate) for direction in (sound.said, sound.heard)]
    return SoundFile(wav_bytes(channels, rate), end - begin, rate)


def read_file(path: Path, frames: Frames) -> Sound:
    """Return the sound of the call whose frames these are. Raises SoundError."""
    said_at = [(frames.first_at or 0.0) + number * FRAME_SECONDS for number in range(frames.spoken)]
    begin = min([*said_at[:1], *frames.heard_at[:1]], default=0.0)
    with opened(path, str(path)) as file:
        rate = file.samplerate
        if (file.channels, file.subtype) != (CHANNELS, "PCM_16") or rate % FRAMES_PER_SECOND:
            raise SoundError(f"{path}: a recording of a call is a stereo WAV file of 16 bits; this one isn't")
        samples = file.read(dtype="int16")
    left, right = (np.ascontiguousarray(samples[:, channel]) for channel in range(CHANNELS))
    return Sound(_cut(left, said_at, begin, rate), _cut(right, frames.heard_at, begin, rate))


def _cut(samples: Samples, times: Sequence[float], begin: float, rate: int) -> list[TimedFrame]:
    size = rate // FRAMES_PER_SECOND
    starts = (round((time - begin) * rate) for time in times)
    cut = (samples[start : start + size].tobytes().ljust(size * SAMPLE_BYTES, b"\0") for start in starts)
    return [TimedFrame(time, frame) for time, frame in zip(times, cut, strict=True)]
