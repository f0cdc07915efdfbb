"""The messages that an application sent, put together from their frames (of RFC 6455), and how its socket ended."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

from websockets.frames import Opcode

from ..audio.format import AudioFormat
from .raw_socket import Arrival, RawSocket

SHOWN = 80  # characters of a text
SIZES = {audio_format.frame_bytes for audio_format in AudioFormat}


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
        """Whether the platform knows this text (platform.md, 3.5)."""
        try:
            message = json.loads(self.data)
        except ValueError:
            return False
        match message:
            case {"action": "clear"} | {"action": "notify", "payload": dict()}:
                return True
        return False


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


def told_end(socket: RawSocket) -> str:
    """Return how the socket was ended, as a clause."""
    received = socket.protocol.close_rcvd
    if received is not None:
        reason = f" ({received.reason})" if received.reason else ""
        return f"the application closed the socket with {received.code}{reason}"
    if socket.protocol.close_sent is not None:
        return f"the socket was closed for what the application sent: {socket.protocol.close_sent.reason}"
    return "the application broke the socket off without a close frame"
