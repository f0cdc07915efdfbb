"""The result of one call: its measurements and its verdict."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

from ..audio.format import AudioFormat, TimedFrame
from ..caller.keypad import AskedDelay
from ..caller.ledger import EchoLedger
from ..record.events import CallAnswered
from ..record.record import Record
from ..vonage.play_out import PlayOut
from .audio_figures import AudioFigures
from .verdict import Verdict


@dataclass
class CallResult:
    """Fills while its call runs; a measurement that the call did not get to stays None or empty."""

    conversation_uuid: str
    ledger: EchoLedger
    play_out: PlayOut = field(default_factory=PlayOut)
    verdict: Verdict = field(default_factory=Verdict)
    answer_seconds: float | None = None  # the answer webhook's time
    connect_seconds: float | None = None  # from the first packet to the end of the first socket's handshake
    audio_format: AudioFormat | None = None  # the first socket's
    connected_at: float | None = None  # when the first socket was open (perf_counter)
    started_at: float | None = None  # when the first frame was due (perf_counter)
    delay_asked: AskedDelay = field(default_factory=AskedDelay)  # see Caller
    moves: int = 0  # from a socket that the server closed to another
    connects_refused: int = 0  # for the account's limit of new legs
    hung_up: bool = False  # by the caller; else the call was lost
    given_up: bool = False  # by the application: after a socket that failed or ended, its NCCO had no connect
    record: Record = field(default_factory=Record)
    heard_at: array[float] = field(default_factory=lambda: array("d"))  # of every frame (perf_counter)
    streamed: list[TimedFrame] | None = None  # see Line
    audio: AudioFigures | None = None  # where audio is expected
    late: array[float] = field(default_factory=lambda: array("d"))  # see Caller
    said: list[TimedFrame] | None = None  # see Caller

    @property
    def lost(self) -> bool:
        """Whether the call ended before the caller wanted it to, or was to end while the caller heard an apology."""
        return self.given_up or not self.hung_up

    @property
    def speech_at(self) -> float:
        """When the caller began to speak, or if that never came the answer, or the call: on the call's clock."""
        if self.started_at is not None:
            return self.record.at(self.started_at)
        return next((event.at for event in self.record.of(CallAnswered)), 0.0)

    @property
    def frames(self) -> dict[str, int]:
        """The totals of the frames, by name: the ledger's and the play-out's."""
        return self.ledger.counts | self.play_out.counts
