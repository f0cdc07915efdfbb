"""The report's lines for a person: errors, which decide the outcome, and warnings, which don't."""

from __future__ import annotations

import collections
from collections.abc import Iterable, Sequence

from ..call.result import CallResult
from ..call.verdict import Outcome, worst_outcome
from ..caller.mouth import LATE_SECONDS
from .summary import summarise

LATE_MS = 10.0  # half a frame: from here on the times say more about this machine than about the server
MESSAGES_SHOWN = 10
BUSY_LOAD = 1.5  # for each core


def error_lines(results: Sequence[CallResult]) -> list[str]:
    """Return a line for each error; equal errors of several calls share a line."""
    return _lines("error", [error for result in results for error in result.errors])


def warning_lines(results: Sequence[CallResult]) -> list[str]:
    """Return a line for each warning, as for errors, and one if this machine itself was late."""
    lines = _lines("warning", [warning for result in results for warning in result.verdict.warnings])
    late = summarise(results).sender_late_ms
    if late and (late.p99 > LATE_MS or late.max > LATE_SECONDS * 1000):
        spread = f"p99 {late.p99:.1f} ms, max {late.max:.1f} ms"
        lines.append(
            f"warning: this machine sent frames late ({spread}): it is too busy to measure round trips;"
            " place fewer calls"
        )
    return lines


def load_lines(results: Sequence[CallResult], load: float, cores: int) -> list[str]:
    """Return a line if audio was wrong on a busy machine; `load` is its load average (of the last minute)."""
    if load <= cores * BUSY_LOAD or worst_outcome(result.verdict for result in results) is not Outcome.AUDIO_WRONG:
        return []
    return [
        f"warning: this machine is busy (load {load:.1f} on {cores} cores): a server that runs on it may have been"
        " kept from running; try again when it is idle"
    ]


def _lines(kind: str, messages: Iterable[str]) -> list[str]:
    counts = collections.Counter(messages).most_common()
    lines = [f"{kind}: {message}" + (f" ({count} times)" if count > 1 else "") for message, count in counts]
    if len(lines) > MESSAGES_SHOWN:
        return [*lines[:MESSAGES_SHOWN], f"{kind}: and {len(lines) - MESSAGES_SHOWN} more (--json shows all)"]
    return lines
