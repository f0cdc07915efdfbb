"""The two waveforms of a call's picture: what was said, by what became of it, and what was heard."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from ..audio.format import FRAME_SECONDS
from ..record.frames import Fate, Frames
from .headline import FATES
from .plot_text import INK, LEGEND_COLUMNS, add_legend, add_title
from .track import Track

MAX_COLUMNS = 2000  # of a waveform: more can't be told apart
WORDS_SHARE, LENGTH_SHARE = 0.14, 0.05  # of the time axis: a shorter silence has no room for words, or for its length
CAME_BACK = "came back"
# By Okabe and Ito, and by Tol: colours that colour-blind people can tell apart.
SAID, HEARD = "#0072B2", "#009E73"
FATE_COLORS = {
    "lost": "#D55E00",
    "corrupted": "#CC79A7",
    "stale": "#E69F00",
    "discarded": "#56B4E9",
    "lost_at_move": "#882255",
    "in_gap": "#999999",
}
QUIETEST = 0.1  # of full scale: quieter waveforms are not magnified further

Columns = npt.NDArray[np.float64]


def draw_waveforms(said_axes: Axes, heard_axes: Axes, said: Track, heard: Track, frames: Frames) -> None:
    """Draw both on one scale."""
    loudest = max(int(np.abs(track.samples.astype(np.int32)).max(initial=0)) for track in (said, heard)) / 2**15
    top = max(loudest, QUIETEST) * 1.05
    _prepare(said_axes, "What the caller said", top)
    _draw_said(said_axes, said, frames, top)
    _prepare(heard_axes, "What the caller heard, at the time it was heard", top)
    _draw_heard(heard_axes, heard, top)


def legend_rows(frames: Frames) -> int:
    """Return how many rows the legend of what was said takes."""
    return -(-(len(_missing(frames)) + 1) // LEGEND_COLUMNS)


def _prepare(axes: Axes, title: str, top: float) -> None:
    add_title(axes, title)
    axes.set_ylim(-top, top)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)


def _draw_said(axes: Axes, track: Track, frames: Frames, top: float) -> None:
    """Draw a strip too, below the waveform: there a single missing frame can be seen, and one of silence."""
    seconds, low, high = _envelope(track)
    missing = _missing(frames)
    fate_of = np.full(frames.spoken + 1, CAME_BACK, dtype=object)
    for name, numbers in missing.items():
        fate_of[numbers] = name
    fates = fate_of[np.clip((seconds / FRAME_SECONDS).astype(int), 0, frames.spoken)]
    if frames.returned:
        _fill(axes, seconds, low, high, fates == CAME_BACK, SAID, CAME_BACK)
    for name, numbers in missing.items():
        color = FATE_COLORS[name]
        _fill(axes, seconds, low, high, fates == name, color, f"{FATES[name]}: {len(numbers)}")
        axes.broken_barh(_runs(numbers), (-1.28 * top, 0.16 * top), color=color, linewidth=1)
    if missing:
        axes.set_ylim(bottom=-1.3 * top)
        add_legend(axes)


def _draw_heard(axes: Axes, track: Track, top: float) -> None:
    """Say how long nothing was heard, where there is room to."""
    seconds, low, high = _envelope(track)
    _fill(axes, seconds, low, high, ~np.isnan(low), HEARD, "heard")
    for begin, end in track.silences():
        share = (end - begin) / track.seconds
        if share >= LENGTH_SHARE:
            axes.annotate("", (begin, 0), (end, 0), arrowprops={"arrowstyle": "<->", "color": INK, "lw": 0.9})
            length, middle = f"{end - begin:.1f} s", (begin + end) / 2
            words = f"nothing for {length}" if share >= WORDS_SHARE else length
            axes.text(middle, 0.1 * top, words, ha="center", va="bottom", fontsize=10, color=INK)


def _envelope(track: Track) -> tuple[Columns, Columns, Columns]:
    """Return times in seconds, and the lowest and the highest sample around each, from -1 to 1; NaN where none is."""
    width = -(-len(track.samples) // MAX_COLUMNS)
    short = -len(track.samples) % width
    carried = np.pad(track.carried, (0, short)).reshape(-1, width)
    samples = np.pad(track.samples, (0, short)).reshape(-1, width)
    low = np.where(carried, samples, np.int16(2**15 - 1)).min(axis=1) / 2**15
    high = np.where(carried, samples, np.int16(-(2**15))).max(axis=1) / 2**15
    low[~carried.any(axis=1)] = high[~carried.any(axis=1)] = np.nan
    seconds = (np.arange(len(carried)) + 0.5) * width / track.sample_rate + track.begins_at
    return seconds, low, high


def _fill(
    axes: Axes, seconds: Columns, low: Columns, high: Columns, where: npt.NDArray[np.bool_], color: str, label: str
) -> None:
    axes.fill_between(seconds, low, high, where=where.tolist(), color=color, linewidth=0.8, label=label)


def _missing(frames: Frames) -> dict[str, list[int]]:
    """Return the numbers of the frames that did not come back whole, by the name of their count, if there are any."""
    every = {name: frames.numbers(Fate(name)) for name in FATES}
    return {name: numbers for name, numbers in every.items() if numbers}


def _runs(numbers: list[int]) -> list[tuple[float, float]]:
    """Return the begin and the length, in seconds, of each run of frames that follow each other."""
    runs = np.split(np.sort(numbers), np.flatnonzero(np.diff(np.sort(numbers)) != 1) + 1)
    return [(float(run[0]) * FRAME_SECONDS, len(run) * FRAME_SECONDS) for run in runs]
