"""A lean call: it sends a frame when it is due, and counts what comes back."""

from __future__ import annotations

import contextlib
import json
import time
from array import array
from dataclasses import dataclass, field
from typing import Any

from ..vonage.socket_messages import CLEARED, played, read_command
from .frames import AudioFrames, Opcode, ServerFrame, Stamp, client_frame, take_frames
from .wire import PlainWire, WireClosedError

MOST_READS = 500  # in a row of one call: the others have their moments too


@dataclass
class Counts:
    """What a process's calls counted since the last report; of frames, only those that were to be measured."""

    sent: int = 0
    corrupt: int = 0  # frames of any kind that are no echo, or come twice or out of order
    round_trips: array[int] = field(default_factory=lambda: array("I"))  # of each frame that came back, microseconds
    late: array[int] = field(default_factory=lambda: array("I"))  # of each frame: how late it was sent, microseconds
    ended: list[str] = field(default_factory=list)  # why calls ended before they were hung up


class StreamingCall:
    """One open socket."""

    def __init__(self, index: int, phase: float, wire: PlainWire, frames: AudioFrames, rest: bytes = b"") -> None:
        """Take the call's index in the run, its moment in each 20 ms, in seconds, and what has come already."""
        self.index = index
        self.phase = phase
        self.wire = wire
        self.ended = False
        self._frames = frames
        self._sent = 0
        self._next = 0  # the number of the next echo
        self._rest = rest
        self._buffer = bytearray()

    def speak(self, due: float, counts: Counts, *, measured: bool) -> None:
        """Send the next frame; `due` is when it should be sent (perf_counter)."""
        if measured:
            counts.late.append(max(0, int((time.perf_counter() - due) * 1e6)))
            counts.sent += 1
        frame = self._frames.build(self.index, self._sent, measured=measured, sent_ns=time.time_ns())
        self._sent += 1
        try:
            self.wire.send(frame)
        except WireClosedError as error:
            self._end(str(error), counts)

    def listen(self, counts: Counts) -> None:
        try:
            if self._rest:
                rest, self._rest = self._rest, b""
                self._take(rest, time.time_ns(), counts)
            # A whole echo is what nearly every read brings. Nothing is read where nothing is awaited: that costs most.
            for _ in range(MOST_READS):
                if self._next >= self._sent and self.wire.prompt:
                    return
                received = self.wire.receive(self._frames.echo_bytes)
                if received is None:
                    return
                self._take(*received, counts)
        except WireClosedError as error:
            self._end(str(error), counts)

    def hang_up(self) -> None:
        """Close the socket as the platform does when the caller hangs up."""
        if not self.ended:
            with contextlib.suppress(WireClosedError):  # the server was faster
                self.wire.send(client_frame(Opcode.CLOSE, (1000).to_bytes(2)))
        self.wire.close()

    def _take(self, data: bytes, time_ns: int, counts: Counts) -> None:
        if not self._buffer and (mark := self._frames.read(data)):
            self._note_echo(mark, time_ns, counts)
            return
        self._buffer += data
        for frame, whole in take_frames(self._buffer):
            if mark := self._frames.read(whole):
                self._note_echo(mark, time_ns, counts)
            elif frame.opcode == Opcode.BINARY:
                counts.corrupt += 1
            else:
                self._answer(frame)

    def _note_echo(self, mark: Stamp, time_ns: int, counts: Counts) -> None:
        if mark.call != self.index or not self._next <= mark.number < self._sent:
            counts.corrupt += 1
            return
        self._next = mark.number + 1
        if mark.measured:
            counts.round_trips.append(max(0, time_ns - mark.sent_ns) // 1000)

    def _answer(self, frame: ServerFrame) -> None:
        """Do as the platform does on a message that is no audio (platform.md, 3.5). Raises WireClosedError."""
        if frame.opcode == Opcode.CLOSE:
            code = int.from_bytes(frame.payload[:2]) if len(frame.payload) >= 2 else 1005
            raise WireClosedError(f"the server closed the socket, code {code}")
        if frame.opcode == Opcode.PING:
            self.wire.send(client_frame(Opcode.PONG, frame.payload))
        elif frame.opcode == Opcode.TEXT and (answer := _answer_to(frame.payload)):
            self.wire.send(client_frame(Opcode.TEXT, json.dumps(answer).encode()))

    def _end(self, why: str, counts: Counts) -> None:
        self.ended = True
        counts.ended.append(why)
        self.wire.close()


def _answer_to(text: bytes) -> dict[str, Any] | None:
    """Return what the platform says to a text message of the server; here nothing waits to be played."""
    command = read_command(text)
    if command is None:
        return None
    return CLEARED if command.action == "clear" else played(command.payload)
