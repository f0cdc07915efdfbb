"""What a run tells in the end: a table for people or an object for machines."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

from rich import box
from rich.table import Table

from simulator.call_result import CallResult, Outcome
from simulator.caller import LATE_SECONDS
from simulator.echo_check import FAULTS
from simulator.summary import Gap, Lag, Spread, Summary, lag_series, summarise

LATE_MS = 10.0  # half a frame: from here on the times say more about this machine than about the server
MESSAGES_SHOWN = 10

PERFECT = "good: every byte came back, once and in order"
VERDICTS = {
    Outcome.GOOD: "good: what came back is whole and in order; why the rest did not is counted above",
    Outcome.AUDIO_WRONG: "audio wrong, lost or late",
    Outcome.NCCO_WRONG: "the NCCO is wrong",
    Outcome.CONNECTION_FAILED: "connection failed",
}


def table(results: Sequence[CallResult]) -> Table:
    """Return the figures of all calls together, one a row."""
    summary, outcome = summarise(results), exit_outcome(results)
    formats = sorted({result.audio_format.content_type for result in results if result.audio_format})
    sections = [
        {"calls": f"{summary.calls_good} good of {summary.calls_placed}", "audio": ", ".join(formats) or "none"},
        {"answer webhook, ms": _few_times(summary.answer_ms), "socket connect, ms": _few_times(summary.connect_ms)},
        _frame_counts(summary.frames),
        {
            "round trip, ms": _all_times(summary.round_trip_ms),
            "jitter, ms": "none" if summary.jitter_ms is None else f"{summary.jitter_ms:.2f}",
            "play-out lag, ms": _all_times(summary.play_out_lag_ms),
            "longest silence, ms": "none"
            if summary.longest_silence_ms is None
            else f"{summary.longest_silence_ms:.1f}",
            "sender late, ms": _few_times(summary.sender_late_ms),
        },
        _moves(summary),
        {"result": f"[bold {'green' if outcome is Outcome.GOOD else 'red'}]{_verdict(outcome, summary)}"},
    ]
    figures = Table(show_header=False, box=box.ROUNDED)
    for section in sections:
        for name, value in section.items():
            figures.add_row(name, value)
        figures.add_section()
    return figures


def as_json(results: Sequence[CallResult]) -> dict[str, Any]:
    """Return the figures and messages of all calls together, and of each under `calls`."""
    calls = [
        {"conversation_uuid": result.conversation_uuid}
        | _figures([result])
        | {"play_out_lag_each_100_ms": lag_series(result)}
        for result in results
    ]
    return _figures(results) | {"calls": calls}


def exit_outcome(results: Iterable[CallResult]) -> Outcome:
    """Return the worst outcome: the exit code."""
    return max(result.outcome for result in results)


def error_lines(results: Sequence[CallResult]) -> list[str]:
    """Return what went wrong, a line for each message."""
    return _lines("error", [error for result in results for error in result.errors])


def warning_lines(results: Sequence[CallResult]) -> list[str]:
    """Return what did not change the outcome but should be known, a line for each message."""
    lines = _lines("warning", [warning for result in results for warning in result.warnings])
    late = summarise(results).sender_late_ms
    if late and (late.p99 > LATE_MS or late.max > LATE_SECONDS * 1000):
        spread = f"p99 {late.p99:.1f} ms, max {late.max:.1f} ms"
        lines.append(
            f"warning: this machine sent frames late ({spread}): it is too busy to blame the server"
            " for losses or round trips; place fewer calls"
        )
    return lines


def _frame_counts(frames: dict[str, int]) -> dict[str, str]:
    """Return what every call has and, of what few calls have, what is there."""
    always = {"sent", "returned", *FAULTS}
    return {f"frames {name.replace('_', ' ')}": str(count) for name, count in frames.items() if count or name in always}


def _moves(summary: Summary) -> dict[str, str]:
    if not (summary.moved or summary.calls_lost or summary.gap_ms):
        return {}
    gaps = _all_times(summary.gap_ms)
    return {"calls lost": str(summary.calls_lost), "moved to a new socket": str(summary.moved), "gap, ms": gaps}


def _verdict(outcome: Outcome, summary: Summary) -> str:
    others = {name: count for name, count in summary.frames.items() if name not in ("sent", "returned")}
    return PERFECT if outcome is Outcome.GOOD and not any(others.values()) else VERDICTS[outcome]


def _figures(results: Sequence[CallResult]) -> dict[str, Any]:
    outcome = exit_outcome(results)
    return {
        "exit_code": int(outcome),
        "outcome": outcome.name.lower(),
        **dataclasses.asdict(summarise(results)),
        "errors": [error for result in results for error in result.errors],
        "warnings": [warning for result in results for warning in result.warnings],
    }


def _lines(kind: str, messages: Iterable[str]) -> list[str]:
    counts = collections.Counter(messages).most_common()
    lines = [f"{kind}: {message}" + (f" ({count} times)" if count > 1 else "") for message, count in counts]
    if len(lines) > MESSAGES_SHOWN:
        return [*lines[:MESSAGES_SHOWN], f"{kind}: and {len(lines) - MESSAGES_SHOWN} more (--json shows all)"]
    return lines


def _few_times(spread: Spread | None) -> str:
    if spread is None:
        return "none"
    if spread.min == spread.max:
        return f"{spread.max:.1f}"
    return f"p50 {spread.p50:.1f}  p99 {spread.p99:.1f}  max {spread.max:.1f}"


def _all_times(times: Spread | Lag | Gap | None) -> str:
    if times is None:
        return "none"
    return "  ".join(f"{name} {value:.2f}" for name, value in dataclasses.asdict(times).items())
