"""The peer `websockets`: its asyncio server as its documentation shows it, without compression, on uvloop."""

from __future__ import annotations

import logging
import sys

import uvloop
from websockets.asyncio.server import ServerConnection, serve


async def echo(websocket: ServerConnection) -> None:
    """Send every message back until the peer closes."""
    async for message in websocket:
        await websocket.send(message)


async def main() -> None:
    """Serve for ever."""
    async with serve(echo, "127.0.0.1", int(sys.argv[1]), compression=None) as server:
        await server.serve_forever()


if __name__ == "__main__":
    logging.getLogger("websockets.server").setLevel(logging.CRITICAL)  # it reports every client that just goes
    uvloop.run(main())
