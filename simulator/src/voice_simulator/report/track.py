"""One direction of a call's audio, laid out in time: each frame where it was said or heard, and nothing in between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import soxr  # type: ignore[import-untyped]

from ..audio.format import FRAME_SECONDS, FRAMES_PER_SECOND, SAMPLE_BYTES, AudioFormat, TimedFrame
from ..call.result import CallResult

Pcm = npt.NDArray[np.int16]


@dataclass(frozen=True, eq=False)
class Track:
    """Samples from the beginning of the call to its end; where nothing was said or heard they are 0."""

    samples: Pcm
    carried: npt.NDArray[np.bool_]  # for each sample, whether a frame has it
    sample_rate: int
    begins_at: float  # seconds from the call's first frame

    @property
    def seconds(self) -> float:
        """The length."""
        return len(self.samples) / self.sample_rate

    def silences(self) -> list[tuple[float, float]]:
        """Return each time without a frame, as two times in seconds from the call's first frame."""
        edges = np.flatnonzero(np.diff(self.carried, prepend=True, append=True)) / self.sample_rate + self.begins_at
        return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def tracks(result: CallResult) -> tuple[Track, Track] | None:
    """Return the tracks of what was said and of what was heard, of the same length; None if no call was kept.

    Both begin with the caller's first frame, or with the first sound of a server that spoke before, and have the rate
    of the first socket. Frames of another format, after a move, are resampled.
    """
    sound, audio_format, first_at = result.sound, result.audio_format, result.record.frames.first_at
    if sound is None or not sound.said or audio_format is None or first_at is None:
        return None
    said, heard = sound.said, sound.heard
    times = [frame.time for frame in (*said, *heard)]
    begin, end = min(times), max(times) + FRAME_SECONDS
    shown = [_lay_out(frames, begin, end, audio_format) for frames in (said, heard)]
    said_track, heard_track = (
        Track(samples, carried, audio_format.sample_rate, begin - first_at) for samples, carried in shown
    )
    return said_track, heard_track


def _lay_out(
    frames: Sequence[TimedFrame], begin: float, end: float, audio_format: AudioFormat
) -> tuple[Pcm, npt.NDArray[np.bool_]]:
    length = round((end - begin) * audio_format.sample_rate) + 1  # so that rounding cuts off no sample
    samples, carried = np.zeros(length, np.int16), np.zeros(length, np.bool_)
    free_from = 0
    for time, frame in frames:
        start = round((time - begin) * audio_format.sample_rate)
        if abs(start - free_from) <= 1:  # rounded: frames that follow each other at once leave no hole
            start = free_from
        pcm = _samples(frame, audio_format)[: length - start]
        free_from = start + len(pcm)
        samples[start:free_from] = pcm
        carried[start:free_from] = True
    return samples, carried


def _samples(frame: bytes, audio_format: AudioFormat) -> Pcm:
    samples: Pcm = np.frombuffer(frame, "<i2")
    if len(frame) == audio_format.frame_bytes:
        return samples
    rate = len(frame) // SAMPLE_BYTES * FRAMES_PER_SECOND
    resampled: Pcm = soxr.resample(samples, rate, audio_format.sample_rate)
    return resampled
