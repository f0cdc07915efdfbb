"""What an application has sent over its sockets in a check so far, whatever it was for."""

from __future__ import annotations

import itertools
from collections import Counter

from websockets.frames import Opcode

from ..audio.format import FRAME_SECONDS
from .raw_socket import RawSocket, read_messages

PAUSE_SECONDS = 0.5  # between two phrases
AT_ONCE = 1.5  # a phrase that comes this many times faster than it plays was sent at once


class Output:
    """The sizes of the messages, and the gaps between frames of audio that came at its pace."""

    def __init__(self) -> None:
        self.sizes = Counter[int]()  # of the binary messages
        self.messages = 0
        self.in_fragments: list[int] = []  # of each message in more than one WebSocket frame: how many frames
        self.gaps: list[float] = []  # seconds
        self.asked = False  # whether a caller has asked for audio, as none had come

    def add(self, socket: RawSocket) -> None:
        """Take what came over a socket that is closed now."""
        messages = read_messages(socket.arrivals)
        self.messages += len(messages)
        self.in_fragments += [message.frames for message in messages if message.frames > 1]
        self.sizes.update(len(message.data) for message in messages if not message.is_text)
        if socket.calm:
            self.gaps += paced_gaps([each.time for each in socket.arrivals if each.opcode is Opcode.BINARY])


def paced_gaps(times: list[float]) -> list[float]:
    """Return the gaps within the phrases of some audio, by its times of arrival; a clip that came at once has none."""
    found: list[float] = []
    phrase: list[float] = []
    for before, after in itertools.pairwise([*times, float("inf")]):
        if after - before < PAUSE_SECONDS:
            phrase.append(after - before)
            continue
        if sum(phrase) * AT_ONCE > len(phrase) * FRAME_SECONDS:
            found += phrase
        phrase = []
    return found
