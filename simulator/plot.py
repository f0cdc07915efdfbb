"""The picture of a call: what was spoken, what came back, how long each frame took, and how late it was heard."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from shared.audio import FRAMES_PER_SECOND, AudioFormat
from simulator.call_result import CallResult
from simulator.echo_check import EchoCheck
from simulator.frame_mark import read_mark
from simulator.stall import Stall

MAX_COLUMNS = 4000  # of a waveform: more can't be told apart

Waveform = npt.NDArray[np.float32]


def plot_call(
    path: Path,
    result: CallResult,
    audio_format: AudioFormat,
    speech: list[bytes],
    audio: list[bytes],
    stalls: Sequence[Stall],
) -> None:
    """Write a PNG: waveforms and round trips, each frame at the time when it was spoken; the lag when it was heard.

    `speech` holds the frames that were spoken over and over, `audio` those that came back, in any order.
    """
    check = result.check
    count = check.frames_spoken
    spoken = _waveform(((number, speech[number % len(speech)]) for number in range(count)), count, audio_format)
    returned = _waveform(_placed(audio, check), count, audio_format)
    figure = Figure(figsize=(12, 9), layout="constrained")
    panels = figure.subplots(4, sharex=True)
    _draw_waveform(panels[0], spoken, audio_format, "spoken", "tab:blue")
    _draw_waveform(panels[1], returned, audio_format, "returned", "tab:green")
    _draw_round_trips(panels[2], check)
    _draw_lag(panels[3], result)
    for stall in stalls:
        for panel in panels:
            panel.axvspan(stall.at, stall.end, color="tab:gray", alpha=0.2)
    figure.suptitle(f"{audio_format.content_type}: {check.frames_returned} of {count} frames returned intact")
    figure.savefig(path, format="png", dpi=100)


def _placed(audio: Iterable[bytes], check: EchoCheck) -> Iterable[tuple[int, bytes]]:
    for frame in audio:
        mark = read_mark(frame)
        if mark.call_index == check.call_index and mark.number < check.frames_spoken:
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
    missing = {name: numbers for name, numbers in check.missing_numbers.items() if numbers}
    for index, (name, absent) in enumerate(missing.items()):
        seconds = np.asarray(absent) / FRAMES_PER_SECOND
        axes.plot(seconds, np.zeros(len(seconds)), "|", color=f"C{index + 1}", label=name.replace("_", " "))
    if missing:
        axes.legend(loc="upper right")
    axes.set_ylim(bottom=0)
    axes.set_ylabel("round trip, ms")


def _draw_lag(axes: Axes, result: CallResult) -> None:
    started_at = result.started_at or 0.0
    axes.plot(
        np.asarray(result.play_out.played_at) - started_at, np.asarray(result.play_out.lags) * 1000, ".", markersize=3
    )
    axes.set_ylim(bottom=0)
    axes.set_ylabel("play-out lag, ms")
    axes.set_xlabel("time in the call, s")
