"""What one call has shown."""

from __future__ import annotations

import enum
from array import array
from dataclasses import dataclass, field

from shared.audio import AudioFormat
from simulator.echo_check import EchoCheck
from simulator.playout import PlayOut


class Outcome(enum.IntEnum):
    """How a call went: the exit code. Of several the highest counts."""

    GOOD = 0
    AUDIO_WRONG = 1
    NCCO_WRONG = 2
    CONNECTION_FAILED = 3


@dataclass
class CallResult:
    """The measurements of a call and what went wrong in it; what the call did not get to stays None or empty."""

    conversation_uuid: str
    check: EchoCheck
    play_out: PlayOut = field(default_factory=PlayOut)
    outcome: Outcome = Outcome.GOOD
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)  # don't change the outcome
    answer_seconds: float | None = None  # the answer webhook's time
    connect_seconds: float | None = None  # from the first packet to the end of the first socket's handshake
    audio_format: AudioFormat | None = None  # the first socket's
    started_at: float | None = None  # when the first frame was due (perf_counter)
    moves: int = 0  # from a socket that the server closed to another
    hung_up: bool = False  # by the caller; else the call was lost
    late: array[float] = field(default_factory=lambda: array("d"))  # see Caller
    audio: list[bytes] | None = None  # see Caller

    @property
    def frames(self) -> dict[str, int]:
        """Return the totals of the frames, by name: those of the check and those of the play-out."""
        return self.check.counts | self.play_out.counts

    def fail(self, outcome: Outcome, error: str) -> None:
        """Note an error; the worst outcome stays."""
        self.outcome = max(self.outcome, outcome)
        self.errors.append(error)
