"""The pace at which sockets are opened: as they come, until the application has no room."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from ..vonage.handshake import HandshakeRefusedError
from .raw_socket import RawSocket

NO_ROOM = (429, 503)
ATTEMPTS = 4
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.34, 10.0  # the platform opens 3 legs a second (platform.md, 2.5)


class Pace:
    """Opens sockets; after a refusal for want of room, one at a time and with a pause in between."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._pause_seconds = 0.0

    @property
    def is_slow(self) -> bool:
        """Whether a socket has been refused for want of room."""
        return self._pause_seconds > 0

    async def open(self, opened: Callable[[], Awaitable[RawSocket]]) -> RawSocket:
        """Open a socket; raises what the opening raises, a refusal for want of room only after several attempts."""
        for attempt in range(ATTEMPTS):
            await self._turn()
            try:
                return await opened()
            except HandshakeRefusedError as error:
                if error.http_status not in NO_ROOM or attempt == ATTEMPTS - 1:
                    raise
                self._pause_seconds = FIRST_PAUSE_SECONDS
                wait = float(error.retry_after) if error.retry_after.isdecimal() else 2.0**attempt
                await asyncio.sleep(min(wait, LONGEST_PAUSE_SECONDS))
        raise AssertionError("the last attempt returns or raises")

    async def _turn(self) -> None:
        if self.is_slow:
            async with self._lock:
                await asyncio.sleep(self._pause_seconds)
