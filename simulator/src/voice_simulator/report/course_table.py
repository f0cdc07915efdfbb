"""The report for a person on a call of any kind: what happened, step by step, and what was expected."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.markup import escape
from rich.table import Table

from ..call.audio_figures import AudioFigures
from ..call.result import CallResult
from ..call.verdict import Outcome, worst_outcome
from ..record.steps import steps
from ..scenario.expectation import Expectation
from .table import VERDICTS

GOOD = "good: all that was expected came"
GOOD_WITHOUT = "good: every NCCO kept the rules"
MISSED = "not all that was expected came"


def course_table(results: Sequence[CallResult], expectations: Sequence[Expectation]) -> Table:
    """Return the first call's steps, audio and expectations, and the result of all calls."""
    first = results[0]
    figures = Table(show_header=False, box=box.ROUNDED)
    for step in steps(first.record):
        seconds = round(step.at - first.speech_at, 2) + 0.0  # so that no -0.00 is shown
        figures.add_row(f"{seconds:.2f} s", step.kind, escape(step.detail))
    figures.add_section()
    if first.audio:
        for name, value in _audio_rows(first.audio).items():
            figures.add_row("", name, value)
        figures.add_section()
    for expectation in expectations:
        figures.add_row(*_expectation_row(expectation, first))
    figures.add_section()
    if len(results) > 1:
        good = sum(result.verdict.outcome is Outcome.GOOD for result in results)
        figures.add_row("", "calls", f"{good} good of {len(results)}")
    outcome = worst_outcome(result.verdict for result in results)
    color = "green" if outcome is Outcome.GOOD else "red"
    figures.add_row("", "result", f"[bold {color}]{_words(outcome, expectations)}")
    return figures


def _audio_rows(audio: AudioFigures) -> dict[str, str]:
    clears = ", ".join(f"{seconds:.2f}" for seconds in audio.clears)
    return {
        "frames heard": str(audio.frames),
        "first audio": "none" if audio.first is None else f"after {audio.first:.2f} s",
        "holes": f"{audio.holes * 1000:.0f} ms, {audio.holes_share:.1%} of the audio",
        "longest queue": f"{audio.longest_queue:.2f} s",
        "clear": f"{clears} s after the caller spoke" if clears else "none",
    }


def _expectation_row(expectation: Expectation, result: CallResult) -> tuple[str, str, str]:
    met_at, words = expectation.met_at(result), escape(expectation.words)
    if met_at is None:
        return "", "[red]missed", words
    return "" if expectation.kind == "silence" else f"{met_at:.2f} s", "[green]met", words


def _words(outcome: Outcome, expectations: Sequence[Expectation]) -> str:
    if outcome is Outcome.GOOD:
        return GOOD if expectations else GOOD_WITHOUT
    return MISSED if outcome is Outcome.AUDIO_WRONG and expectations else VERDICTS[outcome]
