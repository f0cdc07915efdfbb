"""Bursts of events through the front: every one is answered, none with a 503."""

from __future__ import annotations

import asyncio

from tests.harness.local_run import LocalRun
from tests.harness.process import DEADLINE

BURSTS, EVENTS = 10, 60
BODY = b'{"uuid": "a", "conversation_uuid": "b", "status": "ringing"}'
EVENT = (
    b"POST /webhooks/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
)


async def send_event(port: str, connected: asyncio.Barrier) -> int:
    """Send an event once all senders are connected, and return the status of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(port))
    await connected.wait()
    writer.write(EVENT)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return int(answer.split()[1])


async def send_burst(port: str) -> list[int]:
    connected = asyncio.Barrier(EVENTS)
    return await asyncio.gather(*(send_event(port, connected) for _ in range(EVENTS)))


async def test_every_event_of_a_burst_is_answered(running: LocalRun) -> None:
    async with asyncio.timeout(BURSTS * DEADLINE):
        statuses = [await send_burst(running.port) for _ in range(BURSTS)]
    assert statuses == [[204] * EVENTS] * BURSTS
