"""The picture of a search: what each number of calls added, and how late the load itself was."""

from __future__ import annotations

from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..report.plot_text import INK, PALE_INK, Title, add_legend
from .judgement import MAX_ADDED_MS, Judgement
from .search import Search

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 10.0, 5.4, 0.85, 0.25, 1.25, 0.6  # inches
DPI = 180
LEAST_MS = 0.1  # nothing on the axis is shorter
ADDED, OWN, LIMIT = "#0b6a8f", "#8c8c8c", "#c0392b"  # what the application adds, the load's own lateness, the limit
MARKERS = {
    Judgement.CARRIED: ("o", "carried", ADDED),
    Judgement.TOO_MANY: ("X", "too many", ADDED),
    Judgement.NOT_JUDGED: ("o", "not judged", "white"),
}


def plot_search(path: Path, search: Search, title: str, finding: str) -> None:
    """Write the picture in the format of the path's ending."""
    draw_search(search, title, finding).savefig(path, dpi=DPI)


def draw_search(search: Search, title: str, finding: str) -> Figure:
    """Draw the delays over the number of calls, with the limit and the breaking point."""
    figure = Figure(figsize=(WIDTH, HEIGHT), facecolor="white")
    inches = WIDTH - LEFT - RIGHT
    Title(title, finding, inches).write(figure, LEFT)
    box = (LEFT / WIDTH, BOTTOM / HEIGHT, inches / WIDTH, (HEIGHT - TOP - BOTTOM) / HEIGHT)
    axes = figure.add_axes(box)
    _draw_delays(axes, search)
    _draw_limits(axes, search)
    add_legend(axes)
    return figure


def _draw_delays(axes: Axes, search: Search) -> None:
    """Draw each number of calls once: its last try, which counts."""
    last = list(
        {step.calls: (step, judged) for step, judged in zip(search.steps, search.judgements, strict=True)}.values()
    )
    calls = [step.calls for step, _ in last]
    axes.plot(calls, [_shown(step.added_p99_ms) for step, _ in last], color=ADDED, label="added delay, p99")
    axes.plot(
        calls,
        [_shown(step.added_p50_ms) for step, _ in last],
        color=ADDED,
        lw=0.8,
        ls="--",
        label="added delay, median",
    )
    for kind, (marker, label, fill) in MARKERS.items():
        points = [(step.calls, _shown(step.added_p99_ms)) for step, judged in last if judged is kind]
        if points:
            size = 9 if marker == "X" else 6
            axes.plot(*zip(*points, strict=True), marker, color=ADDED, mfc=fill, markersize=size, label=label)
    axes.plot(
        calls, [_shown(step.own_late_p99_ms) for step, _ in last], ":", color=OWN, label="the load's own delay, p99"
    )
    shown = [_shown(each) for step, _ in last for each in (step.added_p99_ms, step.own_late_p99_ms)]
    axes.set_yscale("log")
    axes.set_xlim(0, max([1, *calls]) * 1.05)
    axes.set_ylim(LEAST_MS, max([MAX_ADDED_MS * 2, *shown]) * 1.5)
    axes.yaxis.set_major_formatter(lambda milliseconds, _: f"{milliseconds:g} ms")
    axes.set_xlabel("calls at the same time", fontsize=11, color=INK)
    axes.grid(axis="y", which="major", color="#dddddd", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(PALE_INK)
    axes.tick_params(colors=INK, labelsize=10)


def _draw_limits(axes: Axes, search: Search) -> None:
    axes.axhline(MAX_ADDED_MS, color=LIMIT, linewidth=1.0, linestyle="--")
    axes.text(0, MAX_ADDED_MS, f" limit, {MAX_ADDED_MS:g} ms", fontsize=10, color=LIMIT, va="bottom")
    if search.carried:
        axes.axvline(search.carried, color=INK, linewidth=0.8)
        text = f"{search.carried} calls carried "
        axes.text(search.carried, LEAST_MS * 1.15, text, fontsize=11, color=INK, weight="bold", ha="right", va="bottom")


def _shown(milliseconds: float | None) -> float:
    return max(LEAST_MS, milliseconds or 0.0)
