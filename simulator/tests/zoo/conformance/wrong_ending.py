"""Members that answer no ping, or whose socket ends wrongly."""

from __future__ import annotations

import asyncio

from websockets.frames import Frame, Opcode
from websockets.server import ServerProtocol

from simulator.tests.harness.exchange import Request
from simulator.tests.zoo.conformance.application import Application
from simulator.tests.zoo.conformance.member import Member
from simulator.tests.zoo.conformance.session import Session

DIRTY_SECONDS = 1.5
LONG_SECONDS = 3600.0


class WithoutPong(ServerProtocol):
    def send_frame(self, frame: Frame) -> None:
        if frame.opcode is not Opcode.PONG:
            super().send_frame(frame)


class NoPong(Session):
    protocol_class = WithoutPong


class _OwnClose(Session):
    """Answers a close frame in a way of its own."""

    closing = False

    def take(self, frame: Frame) -> None:
        if frame.opcode is Opcode.CLOSE:
            answer = self.protocol.data_to_send()
            self.closing = True
            self.answer_close(answer[0])
        super().take(frame)

    def answer_close(self, answer: bytes) -> None:
        raise NotImplementedError

    def flush(self) -> None:
        if not self.closing:
            super().flush()

    @property
    def is_over(self) -> bool:
        return self.writer.is_closing()

    def end(self) -> None:
        if not self.closing:
            super().end()

    def receive(self, data: bytes) -> None:
        if not self.closing:
            super().receive(data)
        elif not data:
            self.writer.close()


class CloseNotAnswered(_OwnClose):
    def answer_close(self, answer: bytes) -> None:
        pass


class ConnectionKept(_OwnClose):
    def answer_close(self, answer: bytes) -> None:
        self.writer.write(answer)


class CloseAnsweredWithError(_OwnClose):
    def answer_close(self, answer: bytes) -> None:
        self.writer.write(b"\x88\x02" + (1011).to_bytes(2, "big"))
        self.writer.close()


class EndNotSeen(Session):
    """Takes the end of the platform's side for silence."""

    async def read(self) -> bytes:
        data = await super().read()
        if not data and not self.writer.is_closing():
            await asyncio.sleep(LONG_SECONDS)
        return data


class _TellsReset(Session):
    was_reset_at = -LONG_SECONDS  # of all calls

    async def read(self) -> bytes:
        data = await super().read()
        if self.writer.transport.is_closing():
            _TellsReset.was_reset_at = self.loop.time()
        return data


class DirtyAfterReset(Application):
    """Needs a while to recover from a connection that broke, and answers no handshake meanwhile."""

    def admit(self, request: Request) -> int | None:
        now = asyncio.get_running_loop().time()
        return 500 if now - _TellsReset.was_reset_at < DIRTY_SECONDS else super().admit(request)


class WaitsForEver(Session):
    async def read(self) -> bytes:
        try:
            return await self.reader.read(65536)
        except ConnectionError:
            self.writer.transport.abort()
            return b""


WRONG_ENDING = [
    Member("no pong", fails=("socket.ping", "deployment.idle-minute"), session=NoPong),
    Member("a close frame is not answered", fails=("socket.close-answered",), session=CloseNotAnswered),
    Member("a close is answered with an error", fails=("socket.close-answered",), session=CloseAnsweredWithError),
    Member("the connection is kept", fails=("socket.close-ends-connection",), session=ConnectionKept),
    Member("the end is not seen", fails=("socket.abrupt-end",), session=EndNotSeen),
    Member("dirty after a reset", fails=("socket.after-abrupt-end",), application=DirtyAfterReset, session=_TellsReset),
    Member("waits for ever", fails=("socket.half-open",), session=WaitsForEver),
]
