"""Members whose audio is late, stops, or is cut off."""

from __future__ import annotations

import asyncio
import itertools

from websockets.http11 import Request as Handshake

from simulator.tests.zoo.conformance.application import Application
from simulator.tests.zoo.conformance.member import Member
from simulator.tests.zoo.conformance.session import Session

SILENCE_SECONDS = 30.0
BURST_BYTES = 3 * 640
LATE = ("audio.stall", "audio.fast-sender")


class PlainEcho(Session):
    """Echoes all that comes, as most examples do; only what can't be written is dropped."""

    def hear(self, frame: bytes) -> None:
        self.played_out_at = 0.0
        super().hear(frame)


class DriftUnseen(Session):
    """Knows bursts, but no slow growth of the platform's queue."""

    burst = False

    def receive(self, data: bytes) -> None:
        self.burst = len(data) > BURST_BYTES
        super().receive(data)

    def hear(self, frame: bytes) -> None:
        if not self.burst:
            self.played_out_at = 0.0
        super().hear(frame)


class LargeBuffers(Application):
    """Has the kernel hold back as much as it can."""

    buffer_bytes = 1 << 20


class WaitingKept(PlainEcho):
    """Queues what a platform that does not read can't take."""

    max_unsent_bytes = 1 << 30


class OneLockForAll(Session):
    """Waits for each write of each call before any call goes on."""

    max_unsent_bytes = 1 << 30
    lock = asyncio.Lock()

    async def read(self) -> bytes:
        async with self.lock:
            await self.writer.drain()
        return await super().read()


class SilenceEnds(Session):
    """Takes a silent platform for a dead one."""

    heard_at = 0.0

    def accept(self, handshake: Handshake) -> None:
        self.heard_at = self.loop.time()
        super().accept(handshake)

    def hear(self, frame: bytes) -> None:
        self.heard_at = self.loop.time()
        super().hear(frame)

    async def watch(self) -> None:
        for _ in itertools.count():
            await asyncio.sleep(1)
            if self.loop.time() - self.heard_at > SILENCE_SECONDS:
                self.protocol.send_close(1001, "nobody speaks")
                self.flush()
                return


class GoodbyeCutOff(Session):
    def say_goodbye(self) -> None:
        super().say_goodbye()
        self.protocol.send_close(1000)


WRONG_AUDIO = [
    Member("a plain echo", fails=LATE, session=PlainEcho),
    Member("drift unseen", fails=("audio.fast-sender",), session=DriftUnseen),
    Member("large buffers", fails=(*LATE, "audio.slow-reader"), application=LargeBuffers, session=PlainEcho),
    Member("waiting audio is kept", fails=(*LATE, "audio.slow-reader"), session=WaitingKept),
    Member("one lock for all calls", fails=("audio.beside-slow-reader",), session=OneLockForAll),
    Member("silence ends the call", fails=("audio.silence", "deployment.idle-minute"), session=SilenceEnds),
    Member("the goodbye is cut off", fails=("audio.notify-before-close",), session=GoodbyeCutOff),
]
