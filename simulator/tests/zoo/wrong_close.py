"""Socket servers that echo well and then don't close as RFC 6455 asks, byte by byte, without a library's help."""

from __future__ import annotations

import asyncio
import contextlib

from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol


async def close_never_answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take the close frame, say nothing, and keep the connection open."""
    with contextlib.closing(writer):
        await _echo(reader, writer, frames_echoed=None)


async def closed_by_half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send a close frame after three frames, and keep the connection open."""
    with contextlib.closing(writer):
        await _echo(reader, writer, frames_echoed=3)


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, frames_echoed: int | None) -> None:
    protocol, count = ServerProtocol(), 0
    closing = False
    while data := await reader.read(65536):
        if closing:
            continue
        protocol.receive_data(data)
        for event in protocol.events_received():
            if isinstance(event, Request):
                protocol.send_response(protocol.accept(event))
            elif isinstance(event, Frame) and event.opcode is Opcode.CLOSE:
                closing = True
            elif isinstance(event, Frame) and event.opcode is Opcode.BINARY:
                protocol.send_binary(event.data)
                count += 1
        if frames_echoed is not None and count >= frames_echoed and not closing:
            protocol.send_close(1011)
            closing = True
        elif closing:
            protocol.data_to_send()  # the answer to the close frame is kept back
        writer.write(b"".join(protocol.data_to_send()))
