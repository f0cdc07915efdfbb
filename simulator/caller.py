"""The caller: speaks into the socket at the pace of real time, hears what comes back, and hangs up."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Iterable
from time import perf_counter
from typing import NamedTuple

from shared.audio import FRAMES_PER_SECOND
from simulator.echo_check import EchoCheck
from simulator.frame_mark import FrameMark, write_mark
from simulator.socket_leg import SocketLeg

FRAME_SECONDS = 1 / FRAMES_PER_SECOND
DTMF_MS = 260


class Digit(NamedTuple):
    """A key that the caller presses, and when, in seconds from the first frame."""

    key: str
    at: float


class Caller:
    """One caller, for one call."""

    def __init__(self, call_index: int, *, keep_audio: bool = False) -> None:
        """With `keep_audio`, `audio` holds every frame that was heard, in order of arrival."""
        self.check = EchoCheck(call_index)
        self.late = array("d")  # of each frame: seconds from when it was due to when it was sent
        self.audio: list[bytes] | None = [] if keep_audio else None
        self._spoken = False
        self._heard_all = asyncio.Event()

    async def speak(
        self, socket: SocketLeg, frames: list[bytes], count: int, digits: Iterable[Digit], start: float
    ) -> None:
        """Send `count` frames, over and over the same ones, each at its time: `start` (perf_counter) + n * 20 ms.

        Ends early if the socket closes.
        """
        presses = sorted(digits, key=lambda digit: digit.at, reverse=True)
        for number in range(count):
            due = start + number * FRAME_SECONDS
            await asyncio.sleep(max(0.0, due - perf_counter()))
            if not socket.is_open:
                return
            while presses and presses[-1].at <= number * FRAME_SECONDS:
                socket.send_now({"event": "websocket:dtmf", "digit": presses.pop().key, "duration": DTMF_MS})
            frame = write_mark(frames[number % len(frames)], FrameMark(self.check.call_index, number))
            now = perf_counter()
            self.late.append(now - due)
            self.check.send(frame, now)
            socket.send_now(frame)
        self._spoken = True

    def hear(self, frame: bytes, time: float) -> None:
        """Take a frame that came back."""
        self.check.receive(frame, time)
        if self.audio is not None:
            self.audio.append(frame)
        if self._spoken and not self.check.frames_lost:
            self._heard_all.set()

    async def hang_up(self, socket: SocketLeg, patience: float) -> bool:
        """Wait up to `patience` seconds for the frames still on their way, then close the socket with 1000.

        Return False if there was nothing to hang up: the server has closed the socket.
        """
        if self.check.frames_lost:
            ends = [asyncio.ensure_future(end) for end in (self._heard_all.wait(), socket.wait_closed())]
            await asyncio.wait(ends, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            for end in ends:
                end.cancel()
        hangs_up = socket.is_open
        await socket.close(1000)
        return hangs_up
