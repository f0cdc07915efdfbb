"""The marks of a call's picture: its stalls, keys, clears and moves, each by its name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from matplotlib.axes import Axes

from ..record.events import Cleared, Event, FaultBegan, FaultEnded, KeyPressed, SocketClosed, SocketOpened
from .plot_text import BOX, INK, POINTS, inches

MAX_ROWS = 6  # of names: further marks have none
CLOSE = 0.12  # of the time axis: clears that are closer share a name
ROW = 0.21  # inches
STALL, NO_SOCKET, LINE = "#bdbdbd", "#e8c3c3", "#444444"
DASHES = (0, (3, 2))


class Mark(NamedTuple):
    """A moment, or a stretch of time, in seconds from the call's first frame."""

    name: str
    begin: float
    end: float
    color: str = LINE


def find_marks(events: Iterable[Event], speech_at: float, end: float) -> list[Mark]:
    """Return the marks of a call in order of their time; `end` is when it ended, in seconds from its first frame."""
    marks: list[Mark] = []
    clears: list[float] = []
    stalled_at = lost_at = None
    for event in events:
        at = event.at - speech_at
        match event:
            case KeyPressed(digit=key, taken_by="socket"):
                marks.append(Mark(_key_name(key), at, at))
            case Cleared():
                clears.append(at)
            case FaultBegan(fault="stall"):
                stalled_at = at
            case FaultEnded(fault="stall") if stalled_at is not None:
                marks.append(Mark(f"network stalled {_seconds(at - stalled_at)}", stalled_at, at, STALL))
                stalled_at = None
            case SocketClosed(by=by) if by != "caller":
                lost_at = at
            case SocketOpened() if lost_at is not None:
                marks.append(Mark(f"moved to another socket after {_seconds(at - lost_at)}", lost_at, at, NO_SOCKET))
                lost_at = None
    if stalled_at is not None:
        marks.append(Mark(f"network stalled {_seconds(end - stalled_at)}", stalled_at, end, STALL))
    if lost_at is not None:
        marks.append(Mark("socket lost", lost_at, max(lost_at, end), NO_SOCKET))
    return sorted([*marks, *_clears(clears, CLOSE * end)], key=lambda mark: mark.begin)


def name_rows(marks: Sequence[Mark], per_inch: float) -> list[int]:
    """Return the row of each mark's name, from below: above each name and each line that it would meet.

    `per_inch` is how many seconds of the time axis an inch is.
    """
    rows: list[int] = []
    for index, mark in reversed(list(enumerate(marks))):
        until = mark.begin + inches(mark.name) * per_inch
        met = [row for other, row in zip(marks[index + 1 :], rows, strict=True) if other.name and other.begin < until]
        rows.insert(0, max(met, default=-1) + 1)
    return rows


def draw_marks(
    panels: Sequence[Axes], marks: Sequence[Mark], rows: Sequence[int], first_row: float, per_inch: float
) -> None:
    """Draw each mark through all panels, and its name above the first; the rows begin so many inches above it."""
    top = panels[0]
    height = top.get_window_extent().height / top.figure.dpi
    for mark, row in zip(marks, rows, strict=True):
        for axes in panels:
            if mark.end > mark.begin:
                axes.axvspan(mark.begin, mark.end, color=mark.color, alpha=0.45, linewidth=0, zorder=0)
            if mark.color != STALL:
                axes.axvline(mark.begin, color=LINE, linewidth=1, linestyle=DASHES, zorder=0.5)
        if mark.name and row < MAX_ROWS:
            y, above = 1 + (first_row + row * ROW) / height, top.get_xaxis_transform()
            style: dict[str, Any] = {
                "color": LINE,
                "linewidth": 1,
                "linestyle": DASHES,
                "clip_on": False,
                "zorder": 0.5,
            }
            top.plot([mark.begin] * 2, [1, y + ROW / height], transform=above, **style)
            name_at = min(mark.begin, top.get_xlim()[1] - inches(mark.name) * per_inch)
            top.text(name_at, y, f" {mark.name}", transform=above, fontsize=POINTS, color=INK, bbox=BOX)


def _clears(times: Sequence[float], close: float) -> list[Mark]:
    """Return a mark for each clear; those that follow one closely share its name."""
    marks: list[Mark] = []
    named_at = -close
    for time in times:
        if marks and time - named_at <= close:
            marks.append(Mark("", time, time))
        else:
            named_at = time
            together = sum(time <= each <= time + close for each in times)
            marks.append(Mark("clear" if together == 1 else f"clear, {together} times", time, time))
    return marks


def _seconds(seconds: float) -> str:
    return f"{round(seconds, 1):g} s" if seconds >= 0.1 else f"{seconds * 1000:.0f} ms"


def _key_name(key: str) -> str:
    if key == "0":
        return "0: no delay"
    if key == "*":
        return "*: drop what waits"
    return f"{key}: delay {key} s" if key.isdigit() else f"key {key}"
