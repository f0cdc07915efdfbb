"""The turns in the picture of a call: who speaks when, each answer, and each interruption."""

from __future__ import annotations

from matplotlib.axes import Axes

from ..record.record import Record
from ..record.turns import Speakers, Turn, Turns
from .plot_text import INK, PALE_INK, POINTS, add_legend

CALLER, AGENT, HEIGHT = 2.0, 1.0, 0.42  # where their bands are, and how high
SAID, NOISE, HEARD, WRONG = "#0072B2", "#9BC4E2", "#009E73", "#D55E00"


def draw_turns(axes: Axes, record: Record, spoken: Speakers, turns: Turns) -> None:
    """Draw a band for each speaker, and a bracket with its length for each time that was measured."""
    zero = record.speech_at
    rows = (
        ("the caller", CALLER, spoken.caller, SAID),
        ("a noise", CALLER, spoken.noises, NOISE),
        ("the application", AGENT, spoken.agent, HEARD),
    )
    for label, row, sounds, color in rows:
        if sounds:
            bars = [(sound.begin - zero, sound.end - sound.begin) for sound in sounds]
            axes.broken_barh(bars, (row - HEIGHT / 2, HEIGHT), color=color, label=label)
    axes.set_ylim(0.1, 2.9)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    for turn in turns.list:
        _draw_turn(axes, turn)
    add_legend(axes)


def _draw_turn(axes: Axes, turn: Turn) -> None:
    match turn.kind:
        case "response" if turn.ms is not None:
            _bracket(axes, turn, (CALLER + AGENT) / 2, f"{turn.ms:.0f} ms", INK)
        case "missed_turn":
            _note(axes, turn, "no answer")
        case "barge_in" if turn.ms is not None:
            _bracket(axes, turn, AGENT - 0.45, f"silent after {turn.ms:.0f} ms", WRONG)
        case "barge_in":
            _note(axes, turn, "never silent" if not turn.paused_seconds else "unknown")
        case "false_yield":
            _note(axes, turn, "fell silent at a noise")
        case "interruption":
            _note(axes, turn, "interrupts")


def _bracket(axes: Axes, turn: Turn, y: float, text: str, color: str) -> None:
    begin, end = turn.at, turn.at + (turn.ms or 0.0) / 1000
    axes.plot([begin, begin, end, end], [y + 0.12, y, y, y + 0.12], color=color, linewidth=1.2)
    axes.text(end, y, f" {text}", fontsize=POINTS, color=color if color != INK else PALE_INK, va="center")


def _note(axes: Axes, turn: Turn, text: str) -> None:
    y = AGENT - 0.45
    axes.plot([turn.at], [y], "v", color=WRONG, markersize=6)
    axes.text(turn.at, y, f"  {text}", fontsize=POINTS, color=WRONG, va="center")
