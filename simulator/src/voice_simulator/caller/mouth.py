"""A caller's mouth: each frame that is said, on its way to the socket."""

from __future__ import annotations

from ..audio.format import AudioFormat, TimedFrame
from ..record.record import Record
from ..vonage.line import Line
from ..vonage.socket_leg import SocketLeg
from .frame_mark import FrameMark, write_mark
from .ledger import CATCH_UP_SECONDS, EchoLedger

LATE_SECONDS = 0.15  # a frame that is sent later than this may be stale for the server


class Mouth:
    """Marks the frames if their echo is to be known, and gives them to the line and to the socket."""

    def __init__(self, record: Record, ledger: EchoLedger, line: Line, *, marked: bool) -> None:
        self._record = record
        self._ledger = ledger
        self._line = line
        self._marked = marked
        # Frames right after a late one wait after it at the platform, so they are late too.
        self._catches_up_until = 0.0

    def say(self, speech: bytes, due: float, socket: SocketLeg | None, *, stalled: bool) -> None:
        """Say a frame that is due at a time on the call's clock; without a socket only the line hears it."""
        self._line.say(speech, due)
        number, frame = self._record.frames.spoken, speech
        if self._marked:
            frame = write_mark(speech, FrameMark(self._ledger.call_index, number))
        if self._line.phone is not None:
            self._line.phone.said(number, TimedFrame(due, frame))
        if socket is None:
            self._ledger.skip()
        else:
            self._send(socket, frame, due, stalled)

    def be_silent(self, audio_format: AudioFormat, socket: SocketLeg) -> None:
        """Send a frame of silence, after the last word."""
        socket.send_now(write_mark(bytes(audio_format.frame_bytes), self._ledger.send_silence()))

    def _send(self, socket: SocketLeg, frame: bytes, due: float, stalled: bool) -> None:
        now = self._record.now
        if not self._marked:
            self._ledger.send_unmarked(now)
        else:
            if now - due > LATE_SECONDS:
                self._catches_up_until = now + CATCH_UP_SECONDS
            self._ledger.send(frame, now, late=stalled or now < self._catches_up_until)
        socket.send_now(frame)
