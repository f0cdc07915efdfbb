"""A socket under the exact control of a rule: it keeps each data frame that came, and says how it ended."""

from __future__ import annotations

from collections.abc import Iterable
from time import perf_counter
from typing import Any, NamedTuple

from websockets.frames import Frame, Opcode

from ..audio.format import AudioFormat
from ..vonage.open_socket import OpenSocket
from ..vonage.socket_messages import read_command

HANG_UP_CODES = {1000, 1001, 1005}  # 1005: a close frame without a code
SHOWN = 80  # characters of a text
SIZES = {audio_format.frame_bytes for audio_format in AudioFormat}
MOST_BYTES = 12 << 20  # from an application on one socket: a minute of audio at 24 kHz, and a minute beforehand
MOST_MESSAGE_BYTES = 1 << 16
ARRIVAL_BYTES = 1000  # that each frame takes besides its own, with the time to look at it


class Arrival(NamedTuple):
    """A data frame (of RFC 6455) that came; it is a message unless `is_fragment`."""

    time: float  # perf_counter
    opcode: Opcode
    data: bytes
    is_fragment: bool


class RawSocket(OpenSocket):
    """An open socket; `arrivals` are the data frames that came, in order."""

    close_seconds = 4.0
    half_closed_seconds = None  # a rule judges what the application does after its close frame

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.arrivals: list[Arrival] = []
        self.calm = True  # until the rule sends or reads in bursts: the rhythm of what comes is the application's own
        self._bytes_left = MOST_BYTES
        self._too_much = ""  # what was sent, once it is

    def take_frame(self, frame: Frame) -> None:
        """Keep a data frame as it came; after far too many, break the connection off."""
        fragment = not frame.fin or frame.opcode is Opcode.CONT
        self.arrivals.append(Arrival(perf_counter(), frame.opcode, bytes(frame.data), fragment))
        self._bytes_left -= len(frame.data) + ARRIVAL_BYTES
        if self._bytes_left < 0:
            self._too_much = self._too_much or f"more than {MOST_BYTES >> 20} MiB, 1000 bytes added for each message"
        elif len(frame.data) > MOST_MESSAGE_BYTES:
            self._too_much = f"a message of {len(frame.data)} bytes"
        if self._too_much:
            self.abort()

    def stop_reading(self) -> None:
        self.calm = False
        super().stop_reading()

    @property
    def hung_up(self) -> bool:
        """Whether the application closed the socket as one that ends a call on purpose."""
        received = self.protocol.close_rcvd
        return received is not None and received.code in HANG_UP_CODES

    @property
    def ending(self) -> str:
        received, sent = self.protocol.close_rcvd, self.protocol.close_sent
        if received is not None:
            reason = f" ({received.reason})" if received.reason else ""
            return f"the application closed the socket with {received.code}{reason}"
        if self._too_much:
            return f"the socket was closed because the application sent {self._too_much}, which this check doesn't keep"
        if sent is not None:
            return f"the socket was closed for what the application sent: {sent.reason}"
        return "the application broke the socket off without a close frame"


class Message(NamedTuple):
    """A message; `frames` is how many it came in."""

    is_text: bool
    data: bytes
    frames: int

    @property
    def shown(self) -> str:
        """What it says, for a report: a text, or the size of audio."""
        if not self.is_text:
            return f"a binary message of {len(self.data)} bytes"
        text = self.data.decode(errors="replace")
        return repr(text if len(text) <= SHOWN else f"{text[:SHOWN]}…")

    @property
    def is_known_text(self) -> bool:
        return read_command(self.data) is not None


def read_messages(arrivals: Iterable[Arrival]) -> list[Message]:
    """Return the messages that the arrivals make up, in order."""
    messages: list[Message] = []
    for arrival in arrivals:
        if arrival.opcode is Opcode.CONT and messages:
            begun = messages[-1]
            messages[-1] = begun._replace(data=begun.data + arrival.data, frames=begun.frames + 1)
        else:
            messages.append(Message(arrival.opcode is Opcode.TEXT, arrival.data, 1))
    return messages
