"""Voice agents of known manners, which note by their own clock what they did."""

from __future__ import annotations

import asyncio
import math
import struct
from dataclasses import dataclass, field

from simulator.tests.harness.echo_peer import Line

FRAME_SECONDS = 0.02
TONE = struct.pack("<320h", *(round(6000 * math.sin(number / 8)) for number in range(320)))
SILENCE = bytes(640)
LOUD = 2**15 * 10 ** (-45 / 20)  # root mean square


def is_loud(frame: bytes) -> bool:
    return math.hypot(*struct.unpack("<320h", frame)) / math.sqrt(320) > LOUD


@dataclass
class Manners:
    """How an agent behaves; seconds."""

    greets: float = 1.5  # how long
    think: float = 0.3  # after it has noticed the end of a turn
    notice: float = 0.3  # of silence, that ends a turn for it
    answers: float = 3.0  # how long; 0: never
    paced: bool = True  # a frame every 20 ms; otherwise all at once
    stops_after: float | None = 0.1  # of the caller's sound; None: never
    clears: bool = True


@dataclass
class Agent:
    """Reacts to the caller's frames, one every 20 ms; `line.send` is what a real agent's socket does."""

    manners: Manners
    interrupted_at: list[float] = field(default_factory=list)  # when the first loud frame came while it spoke
    silent_at: list[float] = field(default_factory=list)  # when it fell silent for that
    ended_at: list[float] = field(default_factory=list)  # of a caller's turn: when its last loud frame came
    answered_at: list[float] = field(default_factory=list)  # when its answer to the same turn was sent
    _left: int = 0  # frames to send, or of those sent, to be played
    _loud: int = 0
    _quiet: int = 0
    _turn: bool = False
    _think: int = -1
    _loud_at: float = 0.0

    def react(self, line: Line, frame: bytes, number: int) -> None:
        """Take the n-th frame of the caller."""
        now = asyncio.get_running_loop().time()
        if number == 0:
            self._say(line, self.manners.greets)
        if is_loud(frame):
            if self._left and not self._loud:
                self.interrupted_at.append(now)
            self._loud, self._quiet, self._turn, self._think, self._loud_at = self._loud + 1, 0, True, -1, now
            limit = self.manners.stops_after
            if self._left and limit is not None and self._loud * FRAME_SECONDS >= limit:
                self._left = 0
                self.silent_at.append(now)
                if self.manners.clears:
                    line.send('{"action": "clear"}')
        else:
            self._quiet += 1
        if self._turn and self._quiet == round(self.manners.notice / FRAME_SECONDS):
            self._turn, self._loud, self._think = False, 0, round(self.manners.think / FRAME_SECONDS)
        if self._think == 0 and self.manners.answers:
            self.ended_at.append(self._loud_at)
            self.answered_at.append(now)
            self._say(line, self.manners.answers)
        self._think -= 1
        if self._left:
            self._left -= 1
            if self.manners.paced:
                line.send(TONE)

    def _say(self, line: Line, seconds: float) -> None:
        frames = round(seconds / FRAME_SECONDS)
        if not self.manners.paced:
            for _ in range(frames):
                line.send(TONE)
        self._left = max(self._left, 0) + frames
