"""The report for another program: figures and messages as one JSON object."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from ..call.result import CallResult
from ..call.verdict import worst_outcome
from ..record.steps import steps
from ..record.turns import together
from .summary import delays_asked, lag_series, summarise


def as_json(results: Sequence[CallResult]) -> dict[str, Any]:
    """Return the figures and messages of all calls together, and of each call under `calls`."""
    calls = [
        {"conversation_uuid": result.conversation_uuid}
        | _figures([result])
        | {"turns": result.turns.as_json() if result.turns else None}
        | {"course": _course(result), "audio": dataclasses.asdict(result.audio) if result.audio else None}
        | {
            "delays_asked": [{"at": round(at, 3), "seconds": seconds} for at, seconds in delays_asked(result)],
            "play_out_lag_each_100_ms": lag_series(result),
        }
        for result in results
    ]
    turns = together([result.turns for result in results if result.turns]).as_json()
    del turns["list"]
    return _figures(results) | {"turns": turns if any(result.turns for result in results) else None, "calls": calls}


def _course(result: CallResult) -> list[dict[str, Any]]:
    return [
        {"seconds": round(step.at - result.record.speech_at, 3), "kind": step.kind, "detail": step.detail}
        for step in steps(result.record)
    ]


def _figures(results: Sequence[CallResult]) -> dict[str, Any]:
    verdicts = [result.verdict for result in results]
    outcome = worst_outcome(verdicts)
    return {
        "exit_code": int(outcome),
        "outcome": outcome.name.lower(),
        **dataclasses.asdict(summarise(results)),
        "errors": [error for verdict in verdicts for error in verdict.errors],
        "warnings": [warning for verdict in verdicts for warning in verdict.warnings],
    }
