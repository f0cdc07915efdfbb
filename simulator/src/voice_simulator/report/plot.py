"""The picture of a call: what was said, what was heard and when, how late each frame was, and what else happened."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from ..audio.format import FRAME_SECONDS
from ..audio.tape import Sound
from ..call.result import CallResult
from ..record.frames import Fate
from ..record.turns import speakers
from .headline import FATES, headline, verdict_line
from .plot_marks import MAX_ROWS, ROW, draw_marks, find_marks, name_rows
from .plot_text import BOX, INK, LEGEND_COLUMNS, Title, add_legend
from .plot_turns import draw_turns

# In inches. GitHub shows the picture about 900 pixels wide: there a point is 1.25 pixels.
WIDTH, LEFT, RIGHT, BOTTOM = 10.0, 0.72, 0.22, 0.52
HEIGHTS, TURNS_HEIGHTS, GAP = (1.15, 1.15, 2.3), (1.15, 1.15, 1.3), 0.36
DPI = 180
COLUMNS, PARTS = 2000, 4  # of a waveform at most, and in a frame
QUIETEST = 0.1  # of full scale: quieter waveforms are not magnified further
NAMED_SHARE, EXPLAINED_SHARE = 0.05, 0.14  # of the time axis: a shorter silence has no room for its length, for words
MEDIANS = 60  # stretches of the time axis, each with a median
LEAST_MS = 0.05  # nothing on the axis of delays is shorter
# By Okabe and Ito, and by Tol: colors that color-blind people can tell apart.
SAID, HEARD, ROUND_TRIP, LAG = "#0072B2", "#009E73", "#7B3294", "#B35806"
FATE_COLORS = ("#D55E00", "#CC79A7", "#E69F00", "#56B4E9", "#882255", "#999999")

Times = npt.NDArray[np.float64]


class Picture:
    """One time axis, in seconds from the call's first frame, of three panels: said, heard, and how late."""

    def __init__(self, result: CallResult) -> None:
        """Take a call that got a socket; where its sound was not kept, the waveforms are flat."""
        self._result, self._frames = result, result.record.frames
        sound, zero = result.sound or Sound(), result.record.speech_at
        self._said_at: Times = np.arange(self._frames.spoken, dtype=np.float64) * FRAME_SECONDS
        self._heard_at = np.asarray(self._frames.heard_at) - zero
        self._said, self._heard = (_peaks(each) for each in (sound.said, sound.heard))
        both = np.concatenate([self._said_at, self._heard_at])
        self._span = float(both.min()), float(both.max()) + FRAME_SECONDS
        self.seconds = self._span[1] - self._span[0]
        self._speakers, self._turns = speakers(result.record), result.turns
        fates = FATES if self._turns is None else ()
        self.missing = {name: numbers for name in fates if (numbers := self._frames.numbers(Fate(name)))}

    def save(self, path: Path) -> None:
        """Write the picture in the format of the path's ending."""
        self.draw().savefig(path, dpi=DPI)

    def draw(self) -> Figure:
        marks = find_marks(self._result.record.events, self._result.record.speech_at, self._span[1])
        per_inch = self.seconds / (WIDTH - LEFT - RIGHT)
        rows = name_rows(marks, per_inch)
        legend = GAP + (len(self.missing) // LEGEND_COLUMNS) * ROW
        names = legend + (min(max(rows) + 1, MAX_ROWS) * ROW if rows else 0)
        title = Title(headline(self._result, self._span[1]), verdict_line(self._result), WIDTH - LEFT - RIGHT)
        top = title.height + names
        heights = HEIGHTS if self._turns is None else TURNS_HEIGHTS
        figure = Figure(figsize=(WIDTH, top + sum(heights) + 2 * GAP + BOTTOM), facecolor="white")
        title.write(figure, LEFT)
        panels = []
        for height in heights:
            whole = figure.get_figheight()
            box = (LEFT / WIDTH, 1 - (top + height) / whole, 1 - (LEFT + RIGHT) / WIDTH, height / whole)
            panels.append(figure.add_axes(box))
            top += height + GAP
        self._prepare(panels)
        self._draw_said(panels[0])
        self._draw_heard(panels[1])
        if self._turns is None or self._speakers is None:
            self._draw_delays(panels[2])
        else:
            draw_turns(panels[2], self._result.record, self._speakers, self._turns)
        draw_marks(panels, marks, rows, legend, per_inch)
        return figure

    def _prepare(self, panels: Sequence[Axes]) -> None:
        loudest = max(QUIETEST, *(float(np.abs(each).max(initial=0)) for each in (self._said, self._heard)))
        margin = self.seconds * 0.01
        last = "How late" if self._turns is None else "Turns"
        titles = ("What the caller said", "What the caller heard, at the time it was heard", last)
        for axes, title in zip(panels, titles, strict=True):
            axes.set_xlim(self._span[0] - margin, self._span[1] + margin)
            axes.xaxis.set_major_locator(MaxNLocator(10, steps=[1, 2, 5, 10]))
            axes.spines[["top", "right"]].set_visible(False)
            axes.tick_params(colors=INK, labelsize=10, labelbottom=axes is panels[-1])
            axes.set_title(title, loc="left", fontsize=11, color=INK, bbox=BOX)
        for axes in panels[:2]:
            axes.set_ylim(-1.05 * loudest, 1.05 * loudest)
            axes.set_yticks([])
            axes.spines["left"].set_visible(False)
        panels[-1].set_xlabel("time in the call, s", fontsize=11, color=INK)

    def _draw_said(self, axes: Axes) -> None:
        """Draw a strip too, below the waveform: there a single missing frame can be seen, and one of silence."""
        missing = set().union(*self.missing.values())
        back = [number for number in range(self._frames.spoken) if number not in missing]
        top = axes.get_ylim()[1]
        if self._frames.returned or self._turns:
            self._fill(axes, self._said_at, self._said, back, SAID, "came back")
        for (name, numbers), color in zip(self.missing.items(), self._colors, strict=True):
            self._fill(axes, self._said_at, self._said, numbers, color, f"{FATES[name]}: {len(numbers)}")
            strip = [(number * FRAME_SECONDS, FRAME_SECONDS) for number in numbers]
            axes.broken_barh(strip, (-1.28 * top, 0.16 * top), color=color, linewidth=1)
        if self.missing:
            axes.set_ylim(bottom=-1.3 * top)
            add_legend(axes)

    @property
    def _colors(self) -> list[str]:
        return [color for name, color in zip(FATES, FATE_COLORS, strict=True) if name in self.missing]

    def _draw_heard(self, axes: Axes) -> None:
        """Say how long nothing was heard, where there is room to."""
        self._fill(axes, self._heard_at, self._heard, range(len(self._heard_at)), HEARD, "heard")
        edges = np.concatenate([[self._span[0] - FRAME_SECONDS], self._heard_at, [self._span[1]]])
        for begin, end in zip(edges[:-1] + FRAME_SECONDS, edges[1:], strict=True):
            if end - begin >= NAMED_SHARE * self.seconds:
                axes.annotate("", (begin, 0), (end, 0), arrowprops={"arrowstyle": "<->", "color": INK, "lw": 0.9})
                words = (
                    f"nothing for {end - begin:.1f} s" if end - begin >= 0.14 * self.seconds else f"{end - begin:.1f} s"
                )
                axes.text((begin + end) / 2, 0, words, ha="center", va="bottom", fontsize=10, color=INK)

    def _fill(self, axes: Axes, at: Times, peaks: Times, numbers: Sequence[int], color: str, label: str) -> None:
        """Fill between the lowest and the highest sample of some frames, column by column."""
        chosen = np.asarray(numbers, dtype=int)
        peaks = peaks[:, chosen] if peaks.size else np.array([[[-0.5 * QUIETEST]], [[0.5 * QUIETEST]]])
        parts = at[chosen][:, None] + np.arange(PARTS) * FRAME_SECONDS / PARTS
        width = max(1.2 * FRAME_SECONDS / PARTS, self.seconds / COLUMNS)  # wider than a part: so no column is empty
        column = ((parts - self._span[0]) / width).astype(int).ravel()
        low, high = np.full((2, round(self.seconds / width) + 2), np.nan)
        np.fmin.at(low, column, np.broadcast_to(peaks[0], parts.shape).ravel())
        np.fmax.at(high, column, np.broadcast_to(peaks[1], parts.shape).ravel())
        seconds = self._span[0] + (np.arange(len(low)) + 0.5) * width
        axes.fill_between(seconds, low, high, color=color, linewidth=0.8, label=label)

    def _draw_delays(self, axes: Axes) -> None:
        """Draw each frame's delays, each at the time of its end, and the median around it."""
        frames, zero = self._frames, self._result.record.speech_at
        axes.set_yscale("log")
        axes.set_ylim(0.1, 1000 * max([1.0, *frames.round_trips, *frames.lags]) * 1.5)
        axes.yaxis.set_major_locator(LogLocator(10))
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(FuncFormatter(lambda each, _: _words(each)))
        axes.grid(axis="y", color="#dddddd", linewidth=0.8)
        axes.set_axisbelow(True)
        if not frames.returned:
            axes.text(0.5, 0.5, "no frame came back", transform=axes.transAxes, ha="center", fontsize=11, color=INK)
            return
        # The round trip's line is the wider one: where both are the same, both can be seen.
        lines = (
            (frames.returned_at, frames.round_trips, "each frame came back (round trip)", ROUND_TRIP, "o", 3.4),
            (frames.played_at, frames.lags, "was heard (play-out lag)", LAG, "^", 1.6),
        )
        for times, delays, name, color, marker, width in lines:
            if delays:
                at, late = np.asarray(times) - zero, np.maximum(np.asarray(delays) * 1000, LEAST_MS)
                style: dict[str, Any] = {"markersize": 3.2, "markeredgewidth": 0, "alpha": 0.5, "rasterized": True}
                axes.plot(at, late, marker, color=color, **style)
                label = f"{name}: median {_words(float(np.median(late)))}"
                axes.plot(*_medians(at, late, axes.get_xlim()), color=color, linewidth=width, alpha=0.9, label=label)
        add_legend(axes)


def _peaks(frames: Sequence[tuple[float, bytes]]) -> Times:
    """Return the lowest and the highest sample, from -1 to 1, of each part of each frame."""
    parts = [np.frombuffer(frame, "<i2").reshape(PARTS, -1) for _, frame in frames]
    return np.array([[part.min(axis=1) for part in parts], [part.max(axis=1) for part in parts]]) / 2**15


def _medians(at: Times, late: Times, limits: tuple[float, float]) -> Times:
    """Return times and medians of the stretches of the axis; an empty one, NaN, breaks the line."""
    stretch_of = np.digitize(at, np.linspace(*limits, MEDIANS + 1)) - 1
    line = np.full((2, MEDIANS), math.nan)
    for stretch in np.unique(stretch_of):
        within = stretch_of == stretch
        line[:, stretch] = at[within].mean(), np.median(late[within])
    return line


def _words(milliseconds: float) -> str:
    if milliseconds >= 1000:
        return f"{milliseconds / 1000:.3g} s"
    return f"{milliseconds:.2g} ms" if milliseconds < 100 else f"{milliseconds:.0f} ms"
