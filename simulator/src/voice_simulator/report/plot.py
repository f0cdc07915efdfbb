"""The picture of a call: what was said, what was heard and when, how late each frame was, and what else happened."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ..call.result import CallResult
from .headline import headline, verdict_line
from .plot_delays import draw_delays
from .plot_moments import draw_marks, find_marks, place_names, row_count
from .plot_text import INK, PALE_INK, wrap, write
from .plot_waveforms import draw_waveforms, legend_rows
from .track import Track

# In inches. GitHub shows the picture about 900 pixels wide: there a point is 1.25 pixels.
WIDTH, LEFT, RIGHT, EDGE, BOTTOM = 10.0, 0.72, 0.22, 0.12, 0.52
TITLE_LINE, VERDICT_LINE, ROW = 0.27, 0.2, 0.21  # a row of names or of a legend
WAVEFORM, DELAYS, GAP = 1.15, 2.3, 0.36
AXES_WIDTH = WIDTH - LEFT - RIGHT
TITLE_POINTS, VERDICT_POINTS = 13.0, 10.5
DPI = 180


def plot_call(path: Path, result: CallResult, said: Track, heard: Track) -> None:
    """Write the picture in the format of the path's ending; see draw_call."""
    draw_call(result, said, heard).savefig(path, dpi=DPI)


def draw_call(result: CallResult, said: Track, heard: Track) -> Figure:
    """Draw the marks' names, the two tracks and the delays on one time axis: seconds from the call's first frame."""
    begin, end = said.begins_at, said.begins_at + said.seconds
    margin = said.seconds * 0.01
    span = (begin - margin, end + margin)
    started_at = result.record.speech_at
    marks = place_names(find_marks(result.record.events, started_at, end), span, AXES_WIDTH)
    gap = GAP + (legend_rows(result.record.frames) - 1) * ROW
    figure, panels = _layout(
        headline(result, end),
        verdict_line(result),
        heights_and_gaps=[(row_count(marks) * ROW or 0.01, gap), (WAVEFORM, GAP), (WAVEFORM, GAP), (DELAYS, BOTTOM)],
    )
    for axes in panels:
        _prepare(axes, span)
    names, said_axes, heard_axes, delay_axes = panels
    draw_marks(names, (said_axes, heard_axes, delay_axes), marks, gap / ROW)
    draw_waveforms(said_axes, heard_axes, said, heard, result.record.frames)
    draw_delays(delay_axes, result, started_at)
    delay_axes.tick_params(axis="x", labelbottom=True)
    delay_axes.set_xlabel("time in the call, s", fontsize=11, color=INK)
    return figure


def _layout(title: str, verdict: str, heights_and_gaps: Sequence[tuple[float, float]]) -> tuple[Figure, Sequence[Axes]]:
    """Return a figure with its words, and axes below them from the top down: each with its height and a gap below."""
    title_lines = wrap(title, TITLE_POINTS, AXES_WIDTH, weight="bold")
    verdict_lines = wrap(verdict, VERDICT_POINTS, AXES_WIDTH)
    verdict_top = EDGE + len(title_lines) * TITLE_LINE
    top = verdict_top + len(verdict_lines) * VERDICT_LINE
    whole = top + sum(height + gap for height, gap in heights_and_gaps)
    figure = Figure(figsize=(WIDTH, whole), facecolor="white")
    write(figure, LEFT, EDGE, title_lines, TITLE_POINTS, INK, weight="bold")
    write(figure, LEFT, verdict_top, verdict_lines, VERDICT_POINTS, PALE_INK)
    panels = []
    for height, gap in heights_and_gaps:
        top += height
        panels.append(figure.add_axes((LEFT / WIDTH, 1 - top / whole, AXES_WIDTH / WIDTH, height / whole)))
        top += gap
    return figure, panels


def _prepare(axes: Axes, span: tuple[float, float]) -> None:
    axes.set_xlim(span)
    axes.xaxis.set_major_locator(MaxNLocator(10, steps=[1, 2, 5, 10]))
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(PALE_INK)
    axes.tick_params(colors=INK, labelsize=10, labelbottom=False)
