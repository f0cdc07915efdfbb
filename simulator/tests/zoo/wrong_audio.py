"""Socket servers whose audio is no echo, or an echo with something missing."""

from __future__ import annotations

import asyncio
import contextlib
from time import monotonic

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from simulator.tests.zoo.late_echo import frames

FRAME_SECONDS = 0.02
BURST = 5  # frames


async def silence_without_end(connection: ServerConnection) -> None:
    await _send_without_end(connection, bytes(640))


async def one_frame_without_end(connection: ServerConnection) -> None:
    """Send the first frame that came, over and over, as long as the socket is open."""
    async for frame in frames(connection):
        await _send_without_end(connection, frame)


async def a_frame_each_second(connection: ServerConnection) -> None:
    """Echo so slowly that the echo of a minute's speech takes an hour."""
    waiting: asyncio.Queue[bytes] = asyncio.Queue()

    async def trickle() -> None:
        with contextlib.suppress(ConnectionClosed):
            while True:
                await connection.send(await waiting.get())
                await asyncio.sleep(1)

    trickling = asyncio.create_task(trickle())
    async for frame in frames(connection):
        waiting.put_nowait(frame)
    trickling.cancel()


async def corrupted(connection: ServerConnection) -> None:
    """Change the last bit of each frame."""
    async for frame in frames(connection):
        await connection.send(frame[:-1] + bytes([frame[-1] ^ 1]))


async def bursts_dropped(connection: ServerConnection) -> None:
    """Drop what comes in a burst, and say nothing about it."""
    came_at = [0.0] * BURST
    async for frame in frames(connection):
        came_at = [*came_at[1:], monotonic()]
        if came_at[-1] - came_at[0] > BURST * FRAME_SECONDS / 2:
            await connection.send(frame)


async def _send_without_end(connection: ServerConnection, frame: bytes) -> None:
    with contextlib.suppress(ConnectionClosed):
        while True:
            await connection.send(frame)
            await asyncio.sleep(FRAME_SECONDS)
