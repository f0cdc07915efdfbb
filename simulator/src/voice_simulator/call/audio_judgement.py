"""The judgement on the audio of a call: what is the server's fault, and what may be this machine's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..audio.format import FRAME_SECONDS, FRAMES_PER_SECOND
from ..caller.keypad import AskedDelay
from ..caller.ledger import CATCH_UP_SECONDS
from ..caller.script import RECOVERY_SECONDS, Stall
from ..record.events import KeyPressed
from ..record.frames import FAULTS, Fate
from ..record.record import Record
from ..vonage.play_out import CAPACITY
from .lag_rule import Heard, lag_fault, lag_warning
from .machine_pauses import TICK_SECONDS, longest_pause
from .round_trip_rules import RoundTrips

ECHO_SHARE = 0.1  # of the frames: an application that sends back fewer is hardly an echo
DISTURBING_SECONDS = 0.1  # a pause of this machine after which a good server may drop the burst


@dataclass
class AudioJudgement:
    """What was wrong with the audio of a call, in words."""

    faults: list[str] = field(default_factory=list)  # of the server
    doubts: list[str] = field(default_factory=list)  # they may come from a pause of this machine
    warnings: list[str] = field(default_factory=list)


def delay_asked(record: Record) -> AskedDelay:
    """Return how late the echo of a call was asked to be."""
    asked = AskedDelay(record.plan.delay)
    for key in record.of(KeyPressed):
        if key.digit.isdigit():
            asked.change(float(key.digit), key.at)
    return asked


def judge_audio(record: Record, *, hung_up: bool) -> AudioJudgement:
    judgement, frames = AudioJudgement(), record.frames
    if fault := frames.fault:
        if frames.returned + frames.of(Fate.CORRUPTED) < ECHO_SHARE * frames.counts["sent"]:
            fault += "; if the application is no echo, say what is expected of it: --expect audio, or --expect nothing"
        (judgement.doubts if _may_be_lost_by_machine(record) else judgement.faults).append(fault)
    if overflowed := frames.overflowed:
        judgement.faults.append(f"{overflowed} frames overflowed the platform's queue of {CAPACITY}")
    if hung_up and frames.first_at is not None:
        lags = _Lags(record, frames.first_at)
        lags.judge(judgement)
        lags.judge_round_trips(judgement)
    return judgement


def _may_be_lost_by_machine(record: Record) -> bool:
    """Return whether frames are lost and nothing else, and a pause of this machine may be the reason for each of them.

    Either the frame left in the burst after a pause, or its echo came while patience ended in a pause.
    """
    others = [name for name in FAULTS if name != "lost" and record.frames.counts[name]]
    return not others and all(
        longest_pause(record, sent_at - CATCH_UP_SECONDS, sent_at) >= DISTURBING_SECONDS
        or longest_pause(record, sent_at) >= record.plan.patience
        for sent_at in record.frames.sent_times(Fate.LOST)
    )


class _Lags:
    """How late the echo of a call was heard, with the excuses of this machine."""

    def __init__(self, record: Record, first_at: float) -> None:
        self._record, self._first_at = record, first_at
        self._frames = record.frames
        self._asked = delay_asked(record)
        self._stalls = [Stall(seconds, at) for seconds, at in record.plan.stalls]

    def judge(self, judgement: AudioJudgement) -> None:
        stalls, heard = self._stalls, self._heard()
        fault = lag_fault(stalls, heard)
        if not fault and not lag_warning(stalls, heard):
            return
        # What is played late once stays late until the queue runs empty, so the longest pause so far counts.
        start = self._first_at - RECOVERY_SECONDS
        excused = [longest_pause(self._record, start, self._first_at + each.at) for each in heard]
        certain = [Heard(each.at, each.late - seconds) for each, seconds in zip(heard, excused, strict=True)]
        if not fault:
            judgement.warnings += filter(None, [lag_warning(stalls, certain)])
        elif not any(excused) or lag_fault(stalls, certain) or (not stalls and lag_fault((), self._arrived())):
            judgement.faults.append(fault)
        elif stalls or lag_fault((), self._heard_of_punctual_machine()):
            judgement.doubts.append(fault)

    def judge_round_trips(self, judgement: AudioJudgement) -> None:
        """Judge how much the round trips vary, and whether they grow."""
        left_out = [
            second
            for second in range(self._frames.spoken // FRAMES_PER_SECOND + 1)
            if any(stall.at < second + 1 and stall.end + RECOVERY_SECONDS > second for stall in self._stalls)
            or longest_pause(self._record, self._first_at + second, self._first_at + second + 1) > 2 * TICK_SECONDS
        ]
        round_trips = RoundTrips(self._frames.returned_numbers, self._frames.round_trips, left_out)
        warnings = [round_trips.variation_warning]
        if len(self._asked.changes) == 1 and not judgement.faults:
            warnings.append(round_trips.drift_warning)
        judgement.warnings += filter(None, warnings)

    def _heard(self) -> list[Heard]:
        return [
            Heard(played_at - self._first_at, lag - self._asked.at(played_at - lag))
            for played_at, lag in zip(self._frames.played_at, self._frames.lags, strict=True)
        ]

    def _arrived(self) -> list[Heard]:
        """Return how late each frame arrived at least: its round trip, less the pauses on its way."""
        arrived = []
        for due, round_trip in self._round_trips():
            sent_at = self._first_at + due  # or later, which makes the round trip the shorter
            paused = longest_pause(self._record, sent_at, sent_at + round_trip)
            arrived.append(Heard(due + round_trip, round_trip - self._asked.at(sent_at) - paused))
        return arrived

    def _heard_of_punctual_machine(self) -> list[Heard]:
        """Return how late each frame had been heard at most, had each been sent in time and taken as long."""
        heard, queued_until = [], 0.0
        for due, round_trip in self._round_trips():
            plays_at = max(queued_until, due + round_trip)
            queued_until = plays_at + FRAME_SECONDS
            heard.append(Heard(plays_at, plays_at - due - self._asked.at(self._first_at + due)))
        return heard

    def _round_trips(self) -> Iterator[tuple[float, float]]:
        """Yield when each frame that came back was due, in seconds from the first, and its round trip."""
        for number, round_trip in zip(self._frames.returned_numbers, self._frames.round_trips, strict=True):
            yield number * FRAME_SECONDS, round_trip
