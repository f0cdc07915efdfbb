"""Opens a WebSocket with a library, sends 640 bytes, expects them back: client.py LIBRARY URI AUTHORIZATION."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

FRAME = bytes(640)


def with_websocket_client(uri: str, headers: dict[str, str]) -> Any:
    import websocket  # type: ignore[import-not-found]

    socket = websocket.create_connection(uri, header=headers)
    socket.send_binary(FRAME)
    return socket.recv()


async def with_aiohttp(uri: str, headers: dict[str, str]) -> Any:
    import aiohttp  # type: ignore[import-not-found]

    async with aiohttp.ClientSession() as session, session.ws_connect(uri, headers=headers) as socket:
        await socket.send_bytes(FRAME)
        return await socket.receive_bytes()


async def with_tornado(uri: str, headers: dict[str, str]) -> Any:
    from tornado.httpclient import HTTPRequest  # type: ignore[import-not-found]
    from tornado.websocket import websocket_connect  # type: ignore[import-not-found]

    socket = await websocket_connect(HTTPRequest(uri, headers=headers))
    await socket.write_message(FRAME, binary=True)
    return await socket.read_message()


async def with_picows(uri: str, headers: dict[str, str]) -> Any:
    import picows

    echoed = asyncio.get_running_loop().create_future()

    class Listener(picows.WSListener):
        def on_ws_connected(self, transport: Any) -> None:
            transport.send(picows.WSMsgType.BINARY, FRAME)

        def on_ws_frame(self, transport: Any, frame: Any) -> None:
            echoed.set_result(frame.get_payload_as_bytes())

    await picows.ws_connect(Listener, uri, extra_headers=headers)
    return await echoed


async def with_autobahn(uri: str, headers: dict[str, str]) -> Any:
    from autobahn.asyncio.websocket import WebSocketClientFactory, WebSocketClientProtocol  # type: ignore[import-not-found]

    echoed = asyncio.get_running_loop().create_future()

    class Protocol(WebSocketClientProtocol):  # type: ignore[misc]
        def onOpen(self) -> None:  # noqa: N802
            self.sendMessage(FRAME, isBinary=True)

        def onMessage(self, payload: bytes, is_binary: bool) -> None:  # noqa: N802
            echoed.set_result(payload)

    factory = WebSocketClientFactory(uri, headers=headers)
    factory.protocol = Protocol
    await asyncio.get_running_loop().create_connection(factory, factory.host, factory.port)
    return await echoed


async def with_websockets(uri: str, headers: dict[str, str]) -> Any:
    from websockets.asyncio.client import connect

    async with connect(uri, additional_headers=headers, proxy=None) as socket:
        await socket.send(FRAME)
        return await socket.recv()


if __name__ == "__main__":
    library, uri, authorization = sys.argv[1:]
    echoed = globals()[f"with_{library.replace('-', '_')}"](uri, {"Authorization": authorization})
    sys.exit((asyncio.run(echoed) if asyncio.iscoroutine(echoed) else echoed) != FRAME)
