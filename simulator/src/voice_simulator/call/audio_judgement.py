"""The judgement on the audio of a call: what is the server's fault, and what may be this machine's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..audio.format import FRAME_SECONDS, FRAMES_PER_SECOND
from ..caller.ledger import CATCH_UP_SECONDS, FAULTS
from ..caller.script import RECOVERY_SECONDS, Script
from ..vonage.play_out import CAPACITY
from .lag_rule import Heard, lag_fault, lag_warning
from .result import CallResult
from .round_trip_rules import RoundTrips
from .standstills import TICK_SECONDS, Standstills

DISTURBING_SECONDS = 0.1  # a standstill after which a good server may drop the burst


@dataclass
class AudioJudgement:
    """What was wrong with the audio of a call, in words."""

    faults: list[str] = field(default_factory=list)  # of the server
    doubts: list[str] = field(default_factory=list)  # they may come from a standstill of this machine
    warnings: list[str] = field(default_factory=list)


def judge_audio(result: CallResult, script: Script, standstills: Standstills) -> AudioJudgement:
    """Judge the audio of a call that is over."""
    judgement = AudioJudgement()
    if fault := result.ledger.fault:
        by_machine = _may_be_lost_by_machine(result, standstills, script.patience)
        (judgement.doubts if by_machine else judgement.faults).append(fault)
    if overflowed := result.play_out.frames_overflowed:
        judgement.faults.append(f"{overflowed} frames overflowed the platform's queue of {CAPACITY}")
    if result.hung_up and result.started_at is not None:
        _judge_lag(judgement, result, script, standstills, result.started_at)
        _judge_round_trips(judgement, result, script, standstills, result.started_at)
    return judgement


def _may_be_lost_by_machine(result: CallResult, standstills: Standstills, patience: float) -> bool:
    """Return whether frames are lost and nothing else, and a standstill may be the reason for each of them.

    Either the frame left in the burst after a standstill, or its echo came while patience ended in a standstill.
    """
    others = [name for name in FAULTS if name != "lost" and result.ledger.counts[name]]
    return not others and all(
        standstills.longest(sent_at - CATCH_UP_SECONDS, sent_at) >= DISTURBING_SECONDS
        or standstills.longest(sent_at) >= patience
        for sent_at in result.ledger.lost_at
    )


def _judge_lag(
    judgement: AudioJudgement, result: CallResult, script: Script, standstills: Standstills, started_at: float
) -> None:
    stalls = script.stalls
    heard = _heard(result, started_at)
    fault = lag_fault(stalls, heard)
    if not fault and not lag_warning(stalls, heard):
        return
    # What is played late once stays late until the queue runs empty, so the longest standstill so far counts.
    excused = [standstills.longest(started_at - RECOVERY_SECONDS, started_at + each.at) for each in heard]
    certain = [Heard(each.at, each.late - seconds) for each, seconds in zip(heard, excused, strict=True)]
    if not fault:
        judgement.warnings += filter(None, [lag_warning(stalls, certain)])
    elif (
        not any(excused) or lag_fault(stalls, certain) or (not stalls and lag_fault((), _arrived(result, standstills)))
    ):
        judgement.faults.append(fault)
    elif stalls or lag_fault((), _heard_of_punctual_machine(result)):
        judgement.doubts.append(fault)


def _heard(result: CallResult, started_at: float) -> list[Heard]:
    return [
        Heard(played_at - started_at, lag - result.delay_asked.at(played_at - lag))
        for played_at, lag in zip(result.play_out.played_at, result.play_out.lags, strict=True)
    ]


def _arrived(result: CallResult, standstills: Standstills) -> list[Heard]:
    """Return how late each frame arrived at least: its round trip, less the standstills on its way."""
    started_at, arrived = result.started_at or 0.0, []
    for due, round_trip in _round_trips(result):
        sent_at = started_at + due  # or later, which makes the round trip the shorter
        late = round_trip - result.delay_asked.at(sent_at) - standstills.longest(sent_at, sent_at + round_trip)
        arrived.append(Heard(due + round_trip, late))
    return arrived


def _heard_of_punctual_machine(result: CallResult) -> list[Heard]:
    """Return how late each frame had been heard at most, if every frame had been sent in time and come back as soon."""
    started_at, heard, queued_until = result.started_at or 0.0, [], 0.0
    for due, round_trip in _round_trips(result):
        plays_at = max(queued_until, due + round_trip)
        queued_until = plays_at + FRAME_SECONDS
        heard.append(Heard(plays_at, plays_at - due - result.delay_asked.at(started_at + due)))
    return heard


def _round_trips(result: CallResult) -> Iterator[tuple[float, float]]:
    """Yield when each frame that came back was due, in seconds from the first, and its round trip."""
    for number, round_trip in zip(result.ledger.returned_numbers, result.ledger.round_trips, strict=True):
        yield number * FRAME_SECONDS, round_trip


def _judge_round_trips(
    judgement: AudioJudgement, result: CallResult, script: Script, standstills: Standstills, started_at: float
) -> None:
    ledger = result.ledger
    left_out = [
        second
        for second in range(ledger.frames_spoken // FRAMES_PER_SECOND + 1)
        if any(stall.at < second + 1 and stall.end + RECOVERY_SECONDS > second for stall in script.stalls)
        or standstills.longest(started_at + second, started_at + second + 1) > 2 * TICK_SECONDS
    ]
    round_trips = RoundTrips(ledger.returned_numbers, ledger.round_trips, left_out)
    warnings = [round_trips.variation_warning]
    if len(result.delay_asked.changes) == 1 and not judgement.faults:
        warnings.append(round_trips.drift_warning)
    judgement.warnings += filter(None, warnings)
