"""The picture of a call: the speech, the echo, the time each frame took, and how late each was heard."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulator.audio import FRAMES_PER_SECOND, AudioFormat
from simulator.call.result import CallResult
from simulator.caller.script import Script
from simulator.caller.speech import speech_frames
from simulator.echo.frame_mark import read_mark
from simulator.echo.ledger import EchoLedger
from simulator.platform.play_out import PlayOut

MAX_COLUMNS = 4000  # of a waveform: more can't be told apart

Waveform = npt.NDArray[np.float32]


def plot_call(
    path: Path, result: CallResult, audio_format: AudioFormat, script: Script, audio: Sequence[bytes]
) -> None:
    """Write the picture as a PNG file, whatever the path's ending; see draw_call."""
    draw_call(result, audio_format, script, audio).savefig(path, format="png", dpi=100)


def draw_call(result: CallResult, audio_format: AudioFormat, script: Script, audio: Sequence[bytes]) -> Figure:
    """Draw four panels: waveforms and round trips by the time a frame was spoken, the lag by the time it was heard.

    `audio` holds the frames that came back, in any order, all in the format.
    """
    ledger = result.ledger
    count, speech = ledger.frames_spoken, speech_frames(script.speech, audio_format)
    spoken = _waveform(((number, speech[number % len(speech)]) for number in range(count)), count, audio_format)
    returned = _waveform(_numbered(audio, ledger), count, audio_format)
    figure = Figure(figsize=(12, 9), layout="constrained")
    panels = figure.subplots(4, sharex=True)
    _draw_waveform(panels[0], spoken, audio_format, "spoken", "tab:blue")
    _draw_waveform(panels[1], returned, audio_format, "returned", "tab:green")
    _draw_round_trips(panels[2], ledger)
    _draw_lag(panels[3], result.play_out, result.started_at or 0.0)
    for stall in script.stalls:
        for panel in panels:
            panel.axvspan(stall.at, stall.end, color="tab:gray", alpha=0.2)
    figure.suptitle(f"{audio_format.content_type}: {ledger.frames_returned} of {count} frames returned intact")
    return figure


def _numbered(audio: Iterable[bytes], ledger: EchoLedger) -> Iterable[tuple[int, bytes]]:
    """Yield each frame of this call's speech with its number, by its mark."""
    for frame in audio:
        mark = read_mark(frame)
        if mark.call_index == ledger.call_index and mark.number < ledger.frames_spoken:
            yield mark.number, frame


def _waveform(frames: Iterable[tuple[int, bytes]], count: int, audio_format: AudioFormat) -> Waveform:
    """Return the frames' samples, from -1 to 1; those of a missing frame are not a number."""
    samples = np.full((count, audio_format.frame_samples), np.nan, np.float32)
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


def _draw_round_trips(axes: Axes, ledger: EchoLedger) -> None:
    numbers = np.asarray(ledger.returned_numbers)
    axes.plot(numbers / FRAMES_PER_SECOND, np.asarray(ledger.round_trips) * 1000, ".", markersize=3)
    missing = {name: numbers for name, numbers in ledger.missing_numbers.items() if numbers}
    for index, (name, absent) in enumerate(missing.items()):
        seconds = np.asarray(absent) / FRAMES_PER_SECOND
        axes.plot(seconds, np.zeros(len(seconds)), "|", color=f"C{index + 1}", label=name.replace("_", " "))
    if missing:
        axes.legend(loc="upper right")
    axes.set_ylim(bottom=0)
    axes.set_ylabel("round trip, ms")


def _draw_lag(axes: Axes, play_out: PlayOut, started_at: float) -> None:
    axes.plot(np.asarray(play_out.played_at) - started_at, np.asarray(play_out.lags) * 1000, ".", markersize=3)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("play-out lag, ms")
    axes.set_xlabel("time in the call, s")
