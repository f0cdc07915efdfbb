"""The rules for an application's own audio, where no echo is expected (platform.md, 3.6 and 3.7)."""

from __future__ import annotations

import bisect
import functools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..audio.format import FRAME_SECONDS, AudioFormat
from ..caller.speech import Speech, speech_frames
from ..record.events import Cleared, SocketOpened
from ..record.record import Record
from ..vonage.loudness import is_loud
from ..vonage.play_out import CAPACITY

PAUSE_SECONDS = 0.5  # a shorter silence within the audio is a hole: the frames came too slowly
MAX_HOLES = 0.05  # of the time in which audio is heard
MIN_HOLES_SECONDS = 0.25  # together; less is the jitter of a network
LITTLE_SECONDS = 0.5  # of audio in a call: hardly a word
BUSY_SECONDS = 0.1  # from a frame of the caller so late on, the holes are this machine's own
ONSET_QUIET_FRAMES = 25  # who speaks after so much silence begins to speak
LISTENING_FORMAT = AudioFormat.L16_16000


@dataclass(frozen=True)
class AudioFigures:
    """What a caller heard; seconds, but for the frames."""

    frames: int
    first: float | None  # from the opening of the socket, or from the answer in a call without one
    holes: float  # silences of less than half a second, together
    holes_share: float  # of the time in which audio is heard
    longest_queue: float
    clears: list[float]  # from the moment at which the caller begins to speak, each


def audio_figures(record: Record) -> AudioFigures:
    heard = np.asarray(record.frames.heard_at)
    gaps = np.diff(heard) - FRAME_SECONDS
    holes = float(gaps[(gaps > 0) & (gaps < PAUSE_SECONDS)].sum())
    since = next((opened.at for opened in record.of(SocketOpened)), record.frames.first_at)
    after = heard[heard >= since] if since is not None else heard
    return AudioFigures(
        frames=len(heard),
        first=float(after[0] - since) if len(after) and since is not None else None,
        holes=holes,
        holes_share=holes / (holes + len(heard) * FRAME_SECONDS) if len(heard) else 0.0,
        longest_queue=record.frames.longest_queue * FRAME_SECONDS,
        clears=list(_clears(record)),
    )


def audio_faults(record: Record) -> list[str]:
    """Return the breaches of the rules in words; a size or a fragment that is wrong is a problem of the socket."""
    figures, faults = audio_figures(record), []
    if not figures.frames:
        faults.append("the caller heard nothing")
    if overflowed := record.frames.overflowed:
        faults.append(f"{overflowed} frames overflowed the platform's queue of {CAPACITY}")
    too_slow = figures.holes_share > MAX_HOLES and figures.holes > MIN_HOLES_SECONDS
    if too_slow and not record.plan.stalls and max(record.frames.late, default=0.0) < BUSY_SECONDS:
        slow = f"{figures.holes_share:.0%} of it are holes, {figures.holes * 1000:.0f} ms in all"
        pace = "send each frame at its time by a clock, as sleep(0.02) always takes longer"
        faults.append(f"the audio comes too slowly: {slow}; at most {MAX_HOLES:.0%} may be; {pace}")
    return faults


def audio_warnings(record: Record) -> list[str]:
    """Return what is odd about the audio, in words."""
    seconds = len(record.frames.heard_at) * FRAME_SECONDS
    if not 0 < seconds < LITTLE_SECONDS:
        return []
    return [f"audio, the caller heard only {seconds:.2f} s of it in {record.frames.spoken * FRAME_SECONDS:.1f} s"]


def _clears(record: Record) -> Iterator[float]:
    onsets = record.plan.onsets
    for cleared in record.of(Cleared):
        time = cleared.at - record.speech_at
        before = bisect.bisect_right(onsets, time)
        if before:
            yield time - onsets[before - 1]


@functools.lru_cache(maxsize=8)
def speech_onsets(speech: Speech, frame_count: int) -> tuple[float, ...]:
    """Return when the caller begins to speak, in seconds from the first frame, each time after a silence."""
    frames = speech_frames(speech, LISTENING_FORMAT)
    loud = [is_loud(frame) for frame in frames]
    onsets, quiet = [], ONSET_QUIET_FRAMES
    for number in range(frame_count):
        if not loud[number % len(loud)]:
            quiet += 1
            continue
        if quiet >= ONSET_QUIET_FRAMES:
            onsets.append(number * FRAME_SECONDS)
        quiet = 0
    return tuple(onsets)
