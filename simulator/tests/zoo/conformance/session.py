"""The good socket of the conformance zoo: an echo that is never late, and says good-bye when the caller presses #."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import struct
from typing import Any

from websockets.frames import Frame, Opcode
from websockets.http11 import Request as Handshake
from websockets.protocol import State
from websockets.server import ServerProtocol

from simulator.tests.harness.exchange import Request

FRAME_SECONDS = 0.02
MAX_LAG_SECONDS = 0.2  # of audio that waits at the platform
PING_SECONDS, DEAD_SECONDS = 15.0, 40.0  # without a byte from the platform
GOODBYE_FRAMES = 50
GOODBYE = {"said": "goodbye"}


class Session:
    """One socket, from the handshake to its end."""

    protocol_class: type[ServerProtocol] = ServerProtocol
    max_unsent_bytes = 16 * 1024  # of audio that waits here, while the platform doesn't read

    def __init__(self, rate: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.frame_bytes = rate // 50 * 2
        self.reader, self.writer = reader, writer
        self.protocol = self.protocol_class()
        self.leaving = False
        self._message, self._is_text = b"", False
        self.loop = asyncio.get_running_loop()
        self.played_out_at = 0.0  # when the platform will have played all that was sent
        self._stuck = False  # the platform has not read, so frames were dropped

    async def run(self, request: Request) -> None:
        """Take the handshake, then all messages, until the connection ends."""
        self.receive(request.head)
        watch = asyncio.create_task(self.watch())
        try:
            while not self.is_over:
                self.receive(await self.read())
        finally:
            watch.cancel()

    async def read(self) -> bytes:
        """Return the next bytes, none at the end of the connection or when the platform seems dead."""
        try:
            async with asyncio.timeout(DEAD_SECONDS):
                return await self.reader.read(65536)
        except (TimeoutError, ConnectionError):
            self.writer.transport.abort()
            return b""

    async def watch(self) -> None:
        """Ping now and then, so that a platform which is only silent shows that it lives."""
        while True:
            await asyncio.sleep(PING_SECONDS)
            if self.protocol.state is State.OPEN:
                self.protocol.send_ping(b"alive?")
                self.flush()

    @property
    def is_over(self) -> bool:
        return self.protocol.state is State.CLOSED or self.writer.is_closing()

    def receive(self, data: bytes) -> None:
        """Take bytes, and act on what they hold."""
        if data:
            self.protocol.receive_data(data)
        else:
            self.protocol.receive_eof()
        for event in self.protocol.events_received():
            if isinstance(event, Handshake):
                self.accept(event)
            elif isinstance(event, Frame):
                self.take(event)
        self.flush()
        if not data or self.protocol.close_expected():
            self.end()

    def end(self) -> None:
        """End the connection: the platform has ended it, or both close frames are through."""
        self.writer.close()

    def accept(self, handshake: Handshake) -> None:
        self.protocol.send_response(self.protocol.accept(handshake))

    def take(self, frame: Frame) -> None:
        """Act on a frame (of RFC 6455), if it is a message's last one."""
        if self.protocol.state is not State.OPEN or frame.opcode not in (Opcode.BINARY, Opcode.TEXT, Opcode.CONT):
            return
        if frame.opcode is not Opcode.CONT:
            self._message, self._is_text = b"", frame.opcode is Opcode.TEXT
        self._message += frame.data
        if frame.fin and self._is_text:
            self.take_text(self._message)
        elif frame.fin:
            self.hear(self._message)

    def take_text(self, data: bytes) -> None:
        """Act on the messages that are known, and ignore all others."""
        try:
            message = json.loads(data)
        except ValueError:
            return
        if not isinstance(message, dict):
            return
        if message.get("event") in ("websocket:dtmf", None) and isinstance(message.get("digit"), str):
            self.take_key(message["digit"])
        elif message.get("event") == "websocket:notify" and message.get("payload") == GOODBYE:
            self.protocol.send_close(1000)

    def take_key(self, key: str) -> None:
        if key == "#":
            self.say_goodbye()

    def say_goodbye(self) -> None:
        """Say a word, and close the socket when the platform says that it was heard."""
        self.leaving = True
        for number in range(GOODBYE_FRAMES):
            self.send(tone(number, self.frame_bytes))
        self.send_text({"action": "notify", "payload": GOODBYE})

    def hear(self, frame: bytes) -> None:
        """Echo a frame, unless that would be late; then have what waits dropped, and go on with this one."""
        if self.leaving or len(frame) != self.frame_bytes:
            return
        if self.writer.transport.get_write_buffer_size() > self.max_unsent_bytes:
            self._stuck = True
            return
        now = self.loop.time()
        if self._stuck or self.played_out_at - now > MAX_LAG_SECONDS:
            self._stuck = False
            self.clear(now)
        self.played_out_at = max(self.played_out_at, now) + FRAME_SECONDS
        self.send(frame)

    def clear(self, now: float) -> None:
        """Have the platform drop what it has not played yet."""
        self.played_out_at = now
        self.send_text({"action": "clear"})

    def send(self, frame: bytes) -> None:
        self.protocol.send_binary(frame)
        self.flush()

    def send_text(self, message: dict[str, Any]) -> None:
        self.protocol.send_text(json.dumps(message).encode())
        self.flush()

    def flush(self) -> None:
        """Write all that is to be sent; an empty piece is the end of what this side writes."""
        for data in self.protocol.data_to_send():
            if data and not self.writer.is_closing():
                self.writer.write(data)
            elif not data:
                with contextlib.suppress(OSError):
                    self.writer.close()


def tone(number: int, frame_bytes: int) -> bytes:
    """Return a frame of a tone of 400 Hz at 16 kHz."""
    first = number * (frame_bytes // 2)
    samples = (round(6000 * math.sin(math.pi * n / 20)) for n in range(first, first + frame_bytes // 2))
    return struct.pack(f"<{frame_bytes // 2}h", *samples)
