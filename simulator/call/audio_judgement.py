"""The judgement on the audio of a call: what is the server's fault, and what may be this machine's."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from simulator.audio import FRAME_SECONDS, FRAMES_PER_SECOND
from simulator.call.lag_rule import RECOVERY_SECONDS, Heard, lag_fault, lag_warning
from simulator.call.result import CallResult
from simulator.call.round_trip_rules import RoundTrips
from simulator.call.standstills import TICK_SECONDS, Standstills
from simulator.caller.script import Script, Stall
from simulator.echo.ledger import CATCH_UP_SECONDS, FAULTS
from simulator.platform.play_out import CAPACITY

DISTURBING_SECONDS = 0.1  # a standstill after which a good server may drop the burst


@dataclass
class AudioJudgement:
    """What was wrong with the audio of a call, in words."""

    faults: list[str] = field(default_factory=list)  # of the server
    doubts: list[str] = field(default_factory=list)  # they may come from a standstill of this machine
    warnings: list[str] = field(default_factory=list)

    def lay(self, fault: str, *, on_machine: bool) -> None:
        """Note a fault as the server's, or as a doubt; an empty one doesn't count."""
        if fault:
            (self.doubts if on_machine else self.faults).append(fault)


def judge_audio(result: CallResult, script: Script, standstills: Standstills) -> AudioJudgement:
    """Judge the audio of a call that is over."""
    judgement = AudioJudgement()
    judgement.lay(result.ledger.fault, on_machine=_may_be_lost_by_machine(result, standstills, script.patience))
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
        or standstills.longest(sent_at, math.inf) >= patience
        for sent_at in result.ledger.lost_at
    )


def _judge_lag(
    judgement: AudioJudgement, result: CallResult, script: Script, standstills: Standstills, started_at: float
) -> None:
    stalls, heard = script.stalls, _heard(result, started_at)
    fault = lag_fault(stalls, heard)
    if not fault and not lag_warning(stalls, heard):
        return
    # What is played late once stays late until the queue runs empty, so the longest standstill so far counts.
    excused = [standstills.longest(started_at - RECOVERY_SECONDS, started_at + each.at) for each in heard]
    judged = [Heard(each.at, each.late - seconds) for each, seconds in zip(heard, excused, strict=True)]
    if fault:
        certain = lag_fault(stalls, judged) or lag_fault((), _arrived(result, standstills, started_at, stalls))
        judgement.lay(fault, on_machine=not certain)
    elif warning := lag_warning(stalls, judged):
        judgement.warnings.append(warning)


def _heard(result: CallResult, started_at: float) -> list[Heard]:
    return [
        Heard(played_at - started_at, lag - result.delay_asked.at(played_at - lag))
        for played_at, lag in zip(result.play_out.played_at, result.play_out.lags, strict=True)
    ]


def _arrived(result: CallResult, standstills: Standstills, started_at: float, stalls: tuple[Stall, ...]) -> list[Heard]:
    """Return how late each frame arrived, before any play-out, less the standstills on its own way."""
    arrived = []
    for number, round_trip in zip(result.ledger.returned_numbers, result.ledger.round_trips, strict=True):
        said_at = number * FRAME_SECONDS
        sent_at = started_at + said_at  # about: a standstill only makes it later, and the round trip shorter
        excused = standstills.longest(sent_at, sent_at + round_trip)
        if not any(stall.at <= said_at + round_trip <= stall.end + RECOVERY_SECONDS for stall in stalls):
            arrived.append(Heard(said_at + round_trip, round_trip - result.delay_asked.at(sent_at) - excused))
    return arrived


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
