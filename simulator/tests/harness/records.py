"""Records of calls that never took place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from voice_simulator.call.result import CallResult
from voice_simulator.call.verdict import Outcome
from voice_simulator.caller.frame_mark import FrameMark, write_mark
from voice_simulator.caller.ledger import EchoLedger
from voice_simulator.caller.script import Expect
from voice_simulator.record.events import CallBegan, CallEnded, CallPlanned, Event, Judged
from voice_simulator.record.record import Record
from voice_simulator.vonage.play_out import PlayOut


def record(*events: Event, expect: Expect = "echo", **plan: Any) -> Record:
    """Return the record of a call that began at 0, with some events."""
    filled = Record()
    filled.add(CallPlanned(0.0, expect, **plan))
    filled.add(CallBegan(0.0, "CON-1", "447700900123", "442079460000", "2026-11-30T12:00:00.000+00:00"))
    for event in events:
        filled.add(event)
    return filled


def echo_record(round_trips: Sequence[float | None], *events: Event, first_at: float = 0.0, **plan: Any) -> Record:
    """Return the record of a call whose frames came back after these seconds each; None for one that did not."""
    filled = record(*events, **plan)
    filled.frames.first_at = first_at
    ledger, play_out = EchoLedger(0, filled.frames), PlayOut(filled.frames)
    arrivals = []
    for number, round_trip in enumerate(round_trips):
        frame, sent_at = write_mark(bytes(320), FrameMark(0, number)), first_at + number * 0.02
        ledger.send(frame, sent_at)
        if round_trip is not None:
            arrivals.append((sent_at + round_trip, frame))
    for time, frame in sorted(arrivals):
        play_out.queue(ledger.receive(frame, time), time, frame)
        filled.frames.heard_at.append(time)
    play_out.end(first_at + len(round_trips) * 0.02 + 99)
    return filled


def ended(filled: Record, *errors: str, outcome: Outcome = Outcome.GOOD, hung_up: bool = True) -> CallResult:
    filled.add(CallEnded(99.0, "hung_up" if hung_up else "application"))
    filled.add(Judged(99.0, outcome.name.lower(), list(errors), []))  # type: ignore[arg-type]
    return CallResult(filled)
