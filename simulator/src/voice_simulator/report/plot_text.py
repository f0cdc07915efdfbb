"""The words of a picture: its title, its legends, and the colors of ink."""

from __future__ import annotations

import textwrap

from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK, PALE_INK = "#222222", "#595959"
POINTS, TITLE_POINTS, VERDICT_POINTS = 10, 13.0, 10.5
POINTS_PER_INCH = 72
LETTER, BOLD = 0.55, 1.15  # of a letter's size: its width, on average; how much wider a bold one is
SPACING = 1.5  # of lines
EDGE = 0.12  # inches above the title
LEGEND_COLUMNS = 4
BOX = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}  # behind words, so that no line runs through them


def inches(text: str, points: float = POINTS) -> float:
    return len(text) * points * LETTER / POINTS_PER_INCH


class Title:
    """A title and the verdict under it, in lines of a width in inches."""

    def __init__(self, title: str, verdict: str, width: float) -> None:
        self._texts = [
            (_wrapped(title, width / BOLD, TITLE_POINTS), TITLE_POINTS, INK, "bold"),
            (_wrapped(verdict, width, VERDICT_POINTS), VERDICT_POINTS, PALE_INK, "normal"),
        ]
        self.height = EDGE + sum(len(lines) * points * SPACING for lines, points, _, _ in self._texts) / POINTS_PER_INCH

    def write(self, figure: Figure, left: float) -> None:
        """Write it at the top of a figure, from so many inches of the left."""
        top = EDGE
        for lines, points, color, weight in self._texts:
            x, y = left / figure.get_figwidth(), 1 - top / figure.get_figheight()
            text = figure.text(x, y, "\n".join(lines), va="top", fontsize=points, color=color, weight=weight)
            text.set_parse_math(False)
            top += len(lines) * points * SPACING / POINTS_PER_INCH


def _wrapped(text: str, width: float, points: float) -> list[str]:
    return textwrap.wrap(text, round(width / inches("x", points)))


def add_legend(axes: Axes) -> None:
    axes.legend(
        loc="lower right",
        bbox_to_anchor=(1.005, 1.01),
        borderaxespad=0.0,
        borderpad=0.1,
        framealpha=1.0,
        edgecolor="none",
        ncols=LEGEND_COLUMNS,
        fontsize=POINTS,
        handlelength=1.1,
        handletextpad=0.5,
        columnspacing=1.3,
    )
