"""The report for a person: a table of the figures."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from rich import box
from rich.table import Table

from ..call.result import CallResult
from ..call.verdict import Outcome, worst_outcome
from ..record.frames import FAULTS, count_words
from .summary import Lag, Spread, Summary, delays_asked, summarise

PERFECT = "good: every byte came back, once and in order"
VERDICTS = {
    Outcome.GOOD: "good: what came back is whole and in order;\nthe counts above say why the rest is missing",
    Outcome.AUDIO_WRONG: "audio wrong, lost or late",
    Outcome.NCCO_WRONG: "the NCCO or the answer to an event is wrong",
    Outcome.CONNECTION_FAILED: "connection failed",
    Outcome.NOT_JUDGED: "not judged: this machine stood still itself",
}


def table(results: Sequence[CallResult]) -> Table:
    """Return the figures of all calls together, one a row."""
    figures = Table(show_header=False, box=box.ROUNDED)
    for section in _sections(results):
        for name, value in section.items():
            figures.add_row(name, value)
        figures.add_section()
    return figures


def _sections(results: Sequence[CallResult]) -> list[dict[str, str]]:
    summary, outcome = summarise(results), worst_outcome(result.verdict for result in results)
    formats = sorted({result.audio_format.content_type for result in results if result.audio_format})
    return [
        {"calls": f"{summary.calls_good} good of {summary.calls_placed}", "audio": ", ".join(formats) or "none"},
        {"answer webhook, ms": _few_times(summary.answer_ms), "socket connect, ms": _few_times(summary.connect_ms)},
        _frame_counts(summary.frames),
        {
            "round trip, ms": _all_times(summary.round_trip_ms),
            "jitter, ms": _jitter(summary),
            "play-out lag, ms": _all_times(summary.play_out_lag_ms),
            **_delay_asked(results[0]),
            "longest silence, ms": _time(summary.longest_silence_ms, digits=1),
            "sender late, ms": _few_times(summary.sender_late_ms),
        },
        _moves(summary),
        {"result": f"[bold {'green' if outcome is Outcome.GOOD else 'red'}]{_verdict(outcome, summary)}"},
    ]


def _frame_counts(frames: dict[str, int]) -> dict[str, str]:
    """Return the counts that every call has, and of the rare ones those that are not 0."""
    always = {"sent", "returned", *FAULTS}
    return {f"frames {count_words(name)}": str(count) for name, count in frames.items() if count or name in always}


def _delay_asked(result: CallResult) -> dict[str, str]:
    """Return the delays that the echo was asked to have, if any; the calls of a run all have the same."""
    asked = [change for change in delays_asked(result) if change != (0.0, 0.0)]
    shown = [f"{seconds:g} from {at:.1f} s on" for at, seconds in asked]
    return {"delay asked for, s": ", ".join(shown)} if shown else {}


def _moves(summary: Summary) -> dict[str, str]:
    """Return the figures of calls that moved, were lost, or were refused a socket, where there are any."""
    troubled, gap = bool(summary.moved or summary.calls_lost or summary.gap_ms), summary.gap_ms
    rows = [
        (troubled, "calls lost", str(summary.calls_lost)),
        (summary.calls_given_up, "calls given up", str(summary.calls_given_up)),
        (troubled, "moved to a new socket", str(summary.moved)),
        (troubled, "gap, ms", _whole_times(gap)),
        (gap, "gap in all, ms", _time(gap.total if gap else None, digits=0)),
        (summary.connects_refused, "connects refused", str(summary.connects_refused)),
    ]
    return {name: value for shown, name, value in rows if shown}


def _verdict(outcome: Outcome, summary: Summary) -> str:
    others = {name: count for name, count in summary.frames.items() if name not in ("sent", "returned")}
    return PERFECT if outcome is Outcome.GOOD and not any(others.values()) else VERDICTS[outcome]


def _time(time: float | None, *, digits: int) -> str:
    return "none" if time is None else f"{time:.{digits}f}"


def _jitter(summary: Summary) -> str:
    variation = summary.variation_ms
    return _time(summary.jitter_ms, digits=2) + ("" if variation is None else f"  within a second {variation:.1f}")


def _few_times(spread: Spread | None) -> str:
    if spread is None:
        return "none"
    if spread.min == spread.max:
        return f"{spread.max:.1f}"
    return f"p50 {spread.p50:.1f}  p99 {spread.p99:.1f}  max {spread.max:.1f}"


def _whole_times(spread: Spread | None) -> str:
    if spread is None:
        return "none"
    return "  ".join(f"{field.name} {getattr(spread, field.name):.0f}" for field in dataclasses.fields(Spread))


def _all_times(times: Spread | Lag | None) -> str:
    if times is None:
        return "none"
    return "  ".join(f"{name} {_three_digits(value)}" for name, value in dataclasses.asdict(times).items())


def _three_digits(time: float) -> str:
    """Return a time in at most five characters up to 99 s, so that five of them fit a line of 80 columns."""
    return f"{time:.{2 if time < 10 else 1 if time < 100 else 0}f}"
