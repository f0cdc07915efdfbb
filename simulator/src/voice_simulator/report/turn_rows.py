"""The turns of calls for a person: a row for each figure."""

from __future__ import annotations

from collections.abc import Sequence

from ..call.result import CallResult
from ..record.turns import Times, Turns, speakers, together


def turn_rows(results: Sequence[CallResult]) -> dict[str, str]:
    """Return the figures of all calls together; nothing where no caller has said anything that could be answered."""
    calls = [result.turns for result in results if result.turns]
    if not calls or not any((spoken := speakers(result.record)) and spoken.caller for result in results):
        return {}
    turns = together(calls)
    noises = sum(len(spoken.noises) for result in results if (spoken := speakers(result.record)))
    rows = {
        "response": _times(turns.response_ms),
        "stop at a barge-in": _times(turns.barge_in_stop_ms) + _queued(turns) + _never(turns),
        "false yields": f"{turns.false_yields} of {noises} noises" if noises else "",
        "missed turns": _count(turns.missed_turns, "no answer within 10 s"),
        "interruptions": _count(turns.interruptions, "it began while the caller spoke"),
        "both heard at once": f"{turns.talk_over_seconds:.2f} s",
    }
    return {name: value for name, value in rows.items() if value}


def _times(times: Times) -> str:
    if times.p50 is None or times.p90 is None or times.max is None:
        return "none"
    if times.count == 1:
        return f"{times.max:.0f} ms"
    return f"p50 {times.p50:.0f}  p90 {times.p90:.0f}  max {times.max:.0f} ms, of {times.count}"


def _queued(turns: Turns) -> str:
    queued = max((turn.queue_ms or 0.0 for turn in turns.list), default=0.0)
    return f", {queued:.0f} ms of it sent before" if queued else ""


def _never(turns: Turns) -> str:
    never = sum(turn.kind == "barge_in" and turn.ms is None and not turn.paused_seconds for turn in turns.list)
    return f"; {never} never" if never else ""


def _count(count: int, what: str) -> str:
    return f"{count}: {what}" if count else "0"
