"""The report for a person on a call of any kind: what happened, step by step, and what was expected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich import box
from rich.markup import escape
from rich.table import Table

from ..audio.format import FRAME_SECONDS
from ..call.audio_rule import AudioFigures
from ..call.result import CallResult
from ..call.verdict import Outcome, worst_outcome
from ..record.events import Expectation, SocketOpened
from ..record.expectation import met_at, words
from ..record.foreign_text import visible
from ..record.record import Record
from ..record.steps import steps
from .table import VERDICTS, table
from .turn_rows import turn_rows

GOOD = "good: all that was expected came"
GOOD_WITHOUT = "good: every NCCO kept the rules"
MISSED = "not all that was expected came"


def tables(results: Sequence[CallResult]) -> Iterator[Table]:
    """Yield the tables that belong to a run: the echo's figures, and the steps unless only an echo was expected."""
    plan = results[0].record.plan
    if plan.expect == "echo":
        yield table(results)
    if plan.expect != "echo" or plan.must:
        yield course_table(results)


def course_table(results: Sequence[CallResult]) -> Table:
    """Return the first call's steps, audio and expectations, and the result of all calls."""
    first = results[0]
    record, must = first.record, first.record.plan.must
    figures = Table(show_header=False, box=box.ROUNDED)
    for step in steps(record):
        seconds = round(step.at - record.speech_at, 2) + 0.0  # so that no -0.00 is shown
        figures.add_row(f"{seconds:.2f} s", visible(step.kind), escape(visible(step.detail)))
    figures.add_section()
    if first.audio:
        turns = turn_rows(results)
        since = "the socket opened" if record.of(SocketOpened) else "the answer"
        for name, value in (_audio_rows(first.audio, since, with_clears=not turns) | turns).items():
            figures.add_row("", name, value)
        figures.add_section()
    for expectation in must:
        figures.add_row(*_expectation_row(expectation, record))
    figures.add_section()
    if len(results) > 1:
        good = sum(result.verdict.outcome is Outcome.GOOD for result in results)
        figures.add_row("", "calls", f"{good} good of {len(results)}")
    outcome = worst_outcome(result.verdict for result in results)
    color = "green" if outcome is Outcome.GOOD else "red"
    figures.add_row("", "result", f"[bold {color}]{_result(outcome, must)}")
    return figures


def _audio_rows(audio: AudioFigures, since: str, *, with_clears: bool) -> dict[str, str]:
    clears = ", ".join(f"{seconds:.2f}" for seconds in audio.clears)
    rows = {
        "audio heard": f"{audio.frames * FRAME_SECONDS:.2f} s, {audio.frames} frames",
        "first audio": "none" if audio.first is None else f"{audio.first:.2f} s after {since}",
        "holes": f"{audio.holes * 1000:.0f} ms, {audio.holes_share:.1%} of the audio",
        "longest queue": f"{audio.longest_queue:.2f} s",
    }
    return rows | ({"clear": f"{clears} s after the caller spoke" if clears else "none"} if with_clears else {})


def _expectation_row(expectation: Expectation, record: Record) -> tuple[str, str, str]:
    at, wanted = met_at(expectation, record), escape(visible(words(expectation)))
    if at is None:
        return "", "[red]missed", wanted
    return "" if expectation.kind == "silence" else f"{at:.2f} s", "[green]met", wanted


def _result(outcome: Outcome, expectations: Sequence[Expectation]) -> str:
    if outcome is Outcome.GOOD:
        return GOOD if expectations else GOOD_WITHOUT
    return MISSED if outcome is Outcome.AUDIO_WRONG and expectations else VERDICTS[outcome]
