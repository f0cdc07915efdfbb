"""The delays of a call's picture, on a logarithmic axis: each frame's, and the median around it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from ..call.result import CallResult
from .plot_text import INK, add_legend, add_title

MEDIANS = 60  # stretches of the time axis, each with a median
LEAST_MS = 0.05  # nothing on the axis is shorter
ALWAYS_SHOWN_MS = (0.1, 1000.0)
ROUND_TRIP, LAG = "#7B3294", "#B35806"  # purple and brown: colours that neither waveform has

Times = npt.NDArray[np.float64]


def draw_delays(axes: Axes, result: CallResult, started_at: float) -> None:
    """Draw each frame's delays: until it came back, and until the caller heard it, each at the time of its end."""
    add_title(axes, "How late")
    frames = result.record.frames
    round_trips, lags = _milliseconds(frames.round_trips), _milliseconds(frames.lags)
    _draw_scale(axes, np.concatenate([round_trips, lags]))
    if not len(round_trips):
        axes.text(0.5, 0.5, "no frame came back", transform=axes.transAxes, ha="center", fontsize=11, color=INK)
        return
    # The round trip's line is the wider one: where both are the same, both can be seen.
    returned_at, played_at = (np.asarray(times) - started_at for times in (frames.returned_at, frames.played_at))
    _draw(axes, returned_at, round_trips, "each frame came back (round trip)", ROUND_TRIP, marker="o", width=3.4)
    if len(lags):
        _draw(axes, played_at, lags, "was heard (play-out lag)", LAG, marker="^", width=1.6)
    add_legend(axes)


def _milliseconds(times: Sequence[float]) -> Times:
    milliseconds: Times = np.maximum(np.asarray(times) * 1000, LEAST_MS)
    return milliseconds


def _draw(axes: Axes, at: Times, delays: Times, name: str, color: str, *, marker: str, width: float) -> None:
    axes.plot(at, delays, marker, color=color, markersize=3.2, markeredgewidth=0, alpha=0.5, rasterized=True)
    edges = np.linspace(*axes.get_xlim(), MEDIANS + 1)
    stretch_of = np.digitize(at, edges) - 1
    # An empty stretch, NaN, breaks the line.
    line = np.full((2, MEDIANS), math.nan)
    for stretch in np.unique(stretch_of):
        within = stretch_of == stretch
        line[:, stretch] = at[within].mean(), np.median(delays[within])
    label = f"{name}: median {_words(float(np.median(delays)))}"
    axes.plot(*line, color=color, linewidth=width, alpha=0.9, label=label)


def _draw_scale(axes: Axes, delays: Times) -> None:
    lowest, highest = min([ALWAYS_SHOWN_MS[0], *delays]), max([ALWAYS_SHOWN_MS[1], *delays])
    decades = range(math.floor(math.log10(lowest)), math.floor(math.log10(highest)) + 2)
    axes.set_yscale("log")
    axes.set_ylim(10.0 ** decades[0], 10.0 ** decades[-1])
    axes.set_yticks([10.0**decade for decade in decades], [_words(10.0**decade) for decade in decades])
    axes.tick_params(axis="y", which="minor", left=False)
    axes.grid(axis="y", which="major", color="#dddddd", linewidth=0.8)
    axes.set_axisbelow(True)


def _words(milliseconds: float) -> str:
    if milliseconds >= 1000:
        return f"{milliseconds / 1000:.3g} s"
    return f"{milliseconds:.2g} ms" if milliseconds < 100 else f"{milliseconds:.0f} ms"
