"""The words of a call's picture: how wide they are, and where a panel's title and legend stand."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath

INK, PALE_INK = "#222222", "#595959"
POINTS = 10
POINTS_PER_INCH = 72
LEGEND_COLUMNS = 4


@functools.lru_cache(100)
def text_inches(text: str, points: float, weight: str = "normal") -> float:
    """Return the width of a line of text."""
    if not text:
        return 0.0
    # A dollar sign would begin a formula.
    path = TextPath((0, 0), text.replace("$", "S"), size=points, prop=FontProperties(weight=weight))
    return float(path.get_extents().width) / POINTS_PER_INCH


def wrap(text: str, points: float, inches: float, weight: str = "normal") -> list[str]:
    """Return the text in lines of that width; a longer word has a line of its own."""
    lines = [""]
    for word in text.split():
        line = f"{lines[-1]} {word}".lstrip()
        if lines[-1] and text_inches(line, points, weight) > inches:
            lines.append(word)
        else:
            lines[-1] = line
    return lines


def write(
    figure: Figure, left: float, top: float, lines: Sequence[str], points: float, color: str, weight: str = "normal"
) -> None:
    """Write lines so many inches from the left and the top of a figure."""
    x, y = left / figure.get_figwidth(), 1 - top / figure.get_figheight()
    text = figure.text(x, y, "\n".join(lines), va="top", fontsize=points, color=color, weight=weight, linespacing=1.25)
    text.set_parse_math(False)


def add_title(axes: Axes, title: str) -> None:
    """Add a title above the data, at the left."""
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1}
    axes.set_title(title, loc="left", fontsize=11, color=INK, bbox=box)


def add_legend(axes: Axes) -> None:
    """Add a legend above the data, at the right."""
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
