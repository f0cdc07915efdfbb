"""The picture of a call: what was sent, what came back, and how long each frame took."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from shared.audio import FRAMES_PER_SECOND, AudioFormat
from simulator.echo_check import EchoCheck
from simulator.frame_mark import read_mark

MAX_COLUMNS = 4000  # of a waveform: more can't be told apart

Waveform = npt.NDArray[np.float32]


def plot_call(path: Path, check: EchoCheck, audio_format: AudioFormat, speech: list[bytes], audio: list[bytes]) -> None:
    """Write a PNG: both waveforms, each frame at its own place in time, and the round trips below them.

    `speech` holds the frames that were sent over and over, `audio` those that came back, in any order.
    """
    count = check.frames_sent
    sent = _waveform(((number, speech[number % len(speech)]) for number in range(count)), count, audio_format)
    returned = _waveform(_placed(audio, check), count, audio_format)
    figure = Figure(figsize=(12, 7), layout="constrained")
    above, middle, below = figure.subplots(3, sharex=True)
    _draw_waveform(above, sent, audio_format, "sent", "tab:blue")
    _draw_waveform(middle, returned, audio_format, "returned", "tab:green")
    _draw_round_trips(below, check)
    figure.suptitle(f"{audio_format.content_type}: {check.frames_returned} of {count} frames returned intact")
    figure.savefig(path, format="png", dpi=100)


def _placed(audio: Iterable[bytes], check: EchoCheck) -> Iterable[tuple[int, bytes]]:
    for frame in audio:
        mark = read_mark(frame)
        if mark.call_index == check.call_index and mark.number < check.frames_sent:
            yield mark.number, frame


def _waveform(frames: Iterable[tuple[int, bytes]], count: int, audio_format: AudioFormat) -> Waveform:
    """Return the frames' samples, from -1 to 1; those of a missing frame are not a number."""
    samples = np.full((count, audio_format.sample_rate // FRAMES_PER_SECOND), np.nan, np.float32)
    for number, frame in frames:
        samples[number] = np.frombuffer(frame, "<i2") / np.float32(2**15)
    return samples.ravel()


def _draw_waveform(axes: Axes, samples: Waveform, audio_format: AudioFormat, name: str, color: str) -> None:
    width = -(-len(samples) // MAX_COLUMNS)
    columns = np.pad(samples, (0, -len(samples) % width), constant_values=np.nan).reshape(-1, width)
    seconds = np.arange(len(columns)) * width / audio_format.sample_rate
    axes.fill_between(seconds, columns.min(axis=1), columns.max(axis=1), color=color, linewidth=0.5)
    axes.set_ylim(-1, 1)
    axes.set_ylabel(name)


def _draw_round_trips(axes: Axes, check: EchoCheck) -> None:
    numbers = np.asarray(check.returned_numbers)
    axes.plot(numbers / FRAMES_PER_SECOND, np.asarray(check.round_trips) * 1000, ".", markersize=3)
    missing = np.setdiff1d(np.arange(check.frames_sent), numbers)
    if len(missing):
        axes.plot(missing / FRAMES_PER_SECOND, np.zeros(len(missing)), "|", color="tab:red", label="lost or corrupted")
        axes.legend(loc="upper right")
    axes.set_ylim(bottom=0)
    axes.set_ylabel("round trip, ms")
    axes.set_xlabel("time in the call, s")
