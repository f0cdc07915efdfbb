"""The marks of a call's picture: its stalls, keys, clears and moves, each by its name."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from matplotlib.axes import Axes

from ..record.events import Cleared, Event, FaultBegan, FaultEnded, KeyPressed, SocketClosed, SocketOpened
from .plot_text import INK, POINTS, text_inches

MAX_ROWS = 6  # of names: further marks have none
CLOSE = 0.12  # of the time axis: clears that are closer share a name
NAME_GAP = 0.12  # inches between a name and the next
STALL, NO_SOCKET, LINE = "#bdbdbd", "#e8c3c3", "#444444"
DASHES = (0, (3, 2))


class Mark(NamedTuple):
    """A moment, or a stretch of time, in seconds from the call's first frame."""

    name: str
    begin: float
    end: float
    color: str = LINE


class PlacedMark(NamedTuple):
    """A mark, the row of its name from below (None if it has no name or no room), and where the name begins."""

    mark: Mark
    row: int | None
    name_at: float

    @property
    def leftmost(self) -> float:
        """Where the name or the line to it begins, whichever is further left."""
        return min(self.mark.begin, self.name_at)


def find_marks(events: Sequence[Event], speech_at: float, end: float) -> list[Mark]:
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


def place_names(marks: Iterable[Mark], span: tuple[float, float], inches: float) -> list[PlacedMark]:
    """Give each name a row in which it covers no other name and no line from a name to its mark.

    The time axis is so many inches long. A name begins at its mark, or further left if the picture ends too soon.
    """
    begin, end = span
    per_inch = (end - begin) / inches
    placed: list[PlacedMark] = []
    # From the right, and the rows from below: a line goes down, so a name must stand above each line that it meets.
    for mark in sorted(marks, key=lambda mark: mark.begin, reverse=True):
        width = (text_inches(mark.name, POINTS) + NAME_GAP) * per_inch
        name_at = max(begin, min(mark.begin + NAME_GAP / 2 * per_inch, end - width))
        met = [other.row for other in placed if other.row is not None and other.leftmost < name_at + width]
        row = max(met, default=-1) + 1
        placed.append(PlacedMark(mark, row if mark.name and row < MAX_ROWS else None, name_at))
    return placed


def row_count(marks: Iterable[PlacedMark]) -> int:
    """Return how many rows the names take."""
    return max((mark.row + 1 for mark in marks if mark.row is not None), default=0)


def draw_marks(names: Axes, panels: Sequence[Axes], marks: Sequence[PlacedMark], gap: float) -> None:
    """Draw each mark through all panels, and its name on the axes above them, with a line between the two.

    The axes of the names stand above the first panel by a gap of so many rows.
    """
    names.axis("off")
    names.set_ylim(0, max(row_count(marks), 1))
    for mark, row, name_at in marks:
        for axes in panels:
            if mark.end > mark.begin:
                axes.axvspan(mark.begin, mark.end, color=mark.color, alpha=0.45, linewidth=0, zorder=0)
            if mark.color != STALL:
                axes.axvline(mark.begin, color=LINE, linewidth=1, linestyle=DASHES, zorder=0.5)
        if row is not None:
            box = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
            names.text(name_at, row + 0.5, mark.name, fontsize=POINTS, va="center", color=INK, bbox=box)
            names.plot([mark.begin] * 2, (-gap, row + 1), color=LINE, linewidth=1, linestyle=DASHES, clip_on=False)


def _clears(times: Sequence[float], close: float) -> Iterator[Mark]:
    """Yield a mark for each clear; those that follow one closely share its name."""
    first = 0
    while first < len(times):
        together = bisect.bisect_right(times, times[first] + close)
        name = "clear" if together == first + 1 else f"clear, {together - first} times"
        for time in times[first:together]:
            yield Mark(name, time, time)
            name = ""
        first = together


def _seconds(seconds: float) -> str:
    return f"{round(seconds, 1):g} s" if seconds >= 0.1 else f"{seconds * 1000:.0f} ms"


def _key_name(key: str) -> str:
    if key == "0":
        return "0: no delay"
    if key == "*":
        return "*: drop what waits"
    return f"{key}: delay {key} s" if key.isdigit() else f"key {key}"
