"""An application that answers any bytes: each path and each socket has a script of what it writes, on plain TCP."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

Wire = asyncio.StreamWriter
Script = Callable[["HostileServer", Wire], Awaitable[None]]
MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def http(body: bytes, *headers: bytes, status: bytes = b"200 OK", kind: bytes = b"application/json") -> bytes:
    length = b"Content-Length: %d" % len(body)
    return b"\r\n".join([b"HTTP/1.1 " + status, b"Content-Type: " + kind, length, *headers, b"", body])


def frame(opcode: int, payload: bytes) -> bytes:
    """Return a whole message as a server writes it (RFC 6455, 5.2)."""
    size = len(payload)
    if size < 126:
        return bytes([0x80 | opcode, size]) + payload
    if size < 1 << 16:
        return bytes([0x80 | opcode, 126]) + size.to_bytes(2) + payload
    return bytes([0x80 | opcode, 127]) + size.to_bytes(8) + payload


class HostileServer:
    """Answers each path with the bytes or the script that stand in `replies`, others with 204."""

    def __init__(self) -> None:
        self.address = ""
        self.replies: dict[str, bytes | Script] = {}
        self.upgrade = b"HTTP/1.1 101 Switching Protocols"
        self.requests = 0
        self._talks: set[asyncio.Task[None]] = set()

    def ncco(self, *actions: dict[str, Any]) -> None:
        self.replies["/answer"] = http(json.dumps(actions).encode())

    def socket(self, script: bytes | Script, **endpoint: Any) -> None:
        """Answer with a connect to a socket that sends some bytes, or follows a script."""
        self.replies["/socket"] = script
        uri = f"ws{self.address[4:]}/socket"
        whole = {"type": "websocket", "uri": uri, "content-type": "audio/l16;rate=16000"} | endpoint
        self.ncco({"action": "connect", "endpoint": [whole]})

    @asynccontextmanager
    async def running(self) -> AsyncIterator[HostileServer]:
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0, limit=1 << 20)
        self.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()
            for talk in self._talks:
                talk.cancel()
            await asyncio.gather(*self._talks, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: Wire) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        with contextlib.suppress(
            OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError
        ):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                fields = {
                    name.lower(): value.strip()
                    for name, _, value in (line.partition(b":") for line in head.split(b"\r\n")[1:])
                }
                await reader.readexactly(int(fields.get(b"content-length", b"0")))
                self.requests += 1
                reply = self.replies.get(
                    head.split()[1].partition(b"?")[0].decode(), b"HTTP/1.1 204 No Content\r\n\r\n"
                )
                if b"sec-websocket-key" in fields:
                    accept = base64.b64encode(hashlib.sha1(fields[b"sec-websocket-key"] + MAGIC).digest())
                    names = b"\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                    writer.write(self.upgrade + names + accept + b"\r\n\r\n")
                if callable(reply):
                    await reply(self, writer)
                    break
                writer.write(reply)
                await writer.drain()
                if b"sec-websocket-key" in fields:
                    while await reader.read(1 << 16):
                        pass
                    break
        self._talks.discard(task)
        writer.close()


async def repeat(writer: Wire, head: bytes, piece: bytes) -> None:
    """Write without end."""
    writer.write(head)
    while True:
        writer.write(piece)
        await writer.drain()
