"""The joint start of a run's calls: the callers begin to speak when all sockets are open."""

from __future__ import annotations

import asyncio
import contextlib
import math
from time import perf_counter

from ..audio.format import FRAME_SECONDS

MAX_WAIT_SECONDS = 3.0


class JointStart:
    """Is shared by the calls of a run.

    The calls' frames are spread evenly over 20 ms: the frames of real calls are not in step either.
    """

    def __init__(self, calls: int) -> None:
        self._calls = calls
        self._epoch = perf_counter()
        self._calls_awaited = calls
        self._over = asyncio.Event()  # from then on each call starts at once

    def call_off(self) -> None:
        """Let each call start at once, those that wait too: this run's sockets open far apart."""
        self._over.set()

    async def wait(self, events_delivered: asyncio.Future[None]) -> None:
        """Wait until every call's socket is open and its events are delivered, but not for long.

        Handshakes and events of one call would disturb the audio of another.
        """
        if self._over.is_set():
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(MAX_WAIT_SECONDS):
                await asyncio.shield(events_delivered)
                self._calls_awaited -= 1
                if self._calls_awaited:
                    await self._over.wait()
        self._over.set()

    def next_frame_at(self, index: int, now: float) -> float:
        """Return when a call's next frame is due (perf_counter), by the call's index in the run, from 0."""
        phase = self._epoch + index / self._calls * FRAME_SECONDS
        return phase + math.ceil((now - phase) / FRAME_SECONDS) * FRAME_SECONDS
