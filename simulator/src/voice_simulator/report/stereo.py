"""The stereo file of a call: the caller on the left, the application on the right, in time as the caller hears it."""

from __future__ import annotations

from typing import NamedTuple

from ..audio.format import FRAME_SECONDS
from ..audio.tape import Sound, best_rate, lay_out, wav_bytes


class Stereo(NamedTuple):
    """A WAV file, its length in seconds and its sample rate."""

    file: bytes
    seconds: float
    sample_rate: int


def stereo(sound: Sound) -> Stereo | None:
    """Return a call's sound: what the caller said and heard, each frame at its time; None if there was neither.

    The file has the highest rate of the call's frames, and lasts from the first frame to the end of the last.
    """
    frames = [*sound.said, *sound.heard]
    if not frames:
        return None
    begin, end = min(each.time for each in frames), max(each.time for each in frames) + FRAME_SECONDS
    rate = best_rate(frames)
    channels = [lay_out(direction, begin, end, rate) for direction in (sound.said, sound.heard)]
    return Stereo(wav_bytes(channels, rate), end - begin, rate)
