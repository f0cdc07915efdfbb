"""Members that send the platform what it doesn't take."""

from __future__ import annotations

from websockets.http11 import Request as Handshake

from simulator.tests.zoo.conformance.member import Member
from simulator.tests.zoo.conformance.session import Session


class InFragments(Session):
    def send(self, frame: bytes) -> None:
        self.protocol.send_binary(frame[:100], fin=False)
        self.protocol.send_continuation(frame[100:], fin=True)
        self.flush()


class _Repacks(Session):
    """Sends messages of one size, whatever the frames'."""

    waiting = b""

    @property
    def message_bytes(self) -> int:
        raise NotImplementedError

    def send(self, frame: bytes) -> None:
        self.waiting += frame
        while len(self.waiting) >= self.message_bytes:
            message, self.waiting = self.waiting[: self.message_bytes], self.waiting[self.message_bytes :]
            super().send(message)


class TwoAtOnce(_Repacks):
    @property
    def message_bytes(self) -> int:
        return self.frame_bytes * 2


class Quarters(_Repacks):
    @property
    def message_bytes(self) -> int:
        return self.frame_bytes // 4


class AlwaysAs16000(_Repacks):
    @property
    def message_bytes(self) -> int:
        return 640


class AlwaysAs8000(_Repacks):
    @property
    def message_bytes(self) -> int:
        return 320


class EmptyMessages(Session):
    def send(self, frame: bytes) -> None:
        super().send(frame)
        self.protocol.send_binary(b"")
        self.flush()


class EchoesTexts(Session):
    def take_text(self, data: bytes) -> None:
        self.protocol.send_text(data)
        super().take_text(data)


class SaysHelloAsText(Session):
    def accept(self, handshake: Handshake) -> None:
        super().accept(handshake)
        self.send_text({"event": "bot-ready"})


class AsksToHangUp(Session):
    """Answers a key with a command that the platform doesn't have."""

    def take_key(self, key: str) -> None:
        self.send_text({"action": "hangup"})


WRONG_OUTPUT = [
    Member("messages in fragments", fails=("socket.unfragmented",), session=InFragments),
    Member("two frames in a message", fails=("socket.frame-size",), session=TwoAtOnce),
    Member("a quarter of a frame in a message", fails=("socket.frame-size",), session=Quarters),
    Member("empty messages", fails=("socket.frame-size",), session=EmptyMessages),
    Member("8000 Hz as if 16000", fails=("socket.rate-8000",), session=AlwaysAs16000, rate=8000),
    Member("16000 Hz as if 8000", fails=("socket.rate-16000",), session=AlwaysAs8000),
    Member("24000 Hz as if 16000", fails=("socket.rate-24000",), session=AlwaysAs16000, rate=24000),
    Member("texts echoed", fails=("socket.text-not-echoed", "socket.known-texts-only"), session=EchoesTexts),
    Member("says hello as text", fails=("socket.known-texts-only",), session=SaysHelloAsText),
    Member("asks to hang up", fails=("socket.known-texts-only",), session=AsksToHangUp),
]
