"""Echo servers whose audio is whole and in order, but late."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

Delay = Callable[[float], float]  # of a frame, by when it came, in seconds from the first frame


async def frames(connection: ServerConnection) -> AsyncIterator[bytes]:
    """Yield the frames that come, until the socket is closed."""
    with contextlib.suppress(ConnectionClosed):
        async for message in connection:
            if isinstance(message, bytes):
                yield message


async def _echo_late(connection: ServerConnection, delay: Delay) -> None:
    """Echo each frame after its delay; none overtakes another."""
    loop = asyncio.get_running_loop()
    waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
    sender = asyncio.create_task(_send_when_due(connection, waiting))
    first = None
    async for frame in frames(connection):
        now = loop.time()
        first = first or now
        waiting.put_nowait((now + delay(now - first), frame))
    sender.cancel()


async def _send_when_due(connection: ServerConnection, waiting: asyncio.Queue[tuple[float, bytes]]) -> None:
    loop = asyncio.get_running_loop()
    with contextlib.suppress(ConnectionClosed):
        while True:
            due, frame = await waiting.get()
            await asyncio.sleep(due - loop.time())
            await connection.send(frame)


async def good(connection: ServerConnection) -> None:
    await _echo_late(connection, lambda time: 0.0)


async def constantly_300_ms_late(connection: ServerConnection) -> None:
    await _echo_late(connection, lambda time: 0.3)


async def constantly_2_s_late(connection: ServerConnection) -> None:
    await _echo_late(connection, lambda time: 2.0)


async def later_by_50_ms_a_second(connection: ServerConnection) -> None:
    await _echo_late(connection, lambda time: 0.05 * time)


async def later_by_1_ms_a_second(connection: ServerConnection) -> None:
    await _echo_late(connection, lambda time: 0.001 * time)


async def jitter_of_100_ms(connection: ServerConnection) -> None:
    chance = random.Random(1)
    await _echo_late(connection, lambda time: chance.uniform(0, 0.1))


async def stall_of_2_s_and_a_burst(connection: ServerConnection) -> None:
    """Do nothing from 1 s to 3 s, then send what has waited, and be 2 s late for the rest of the call."""
    await _echo_late(connection, lambda time: max(0.0, 3.0 - time) if time >= 1.0 else 0.0)


async def hiccup_of_400_ms_and_a_clear(connection: ServerConnection) -> None:
    """Do nothing from 1 s to 1.4 s, then send what has waited; half a second later clear what is queued."""

    async def clear() -> None:
        await asyncio.sleep(1.9)
        await connection.send('{"action": "clear"}')

    clearing = asyncio.create_task(clear())
    await _echo_late(connection, lambda time: max(0.0, 1.4 - time) if time >= 1.0 else 0.0)
    clearing.cancel()
