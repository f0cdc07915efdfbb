"""An echo with Vonage's own library for socket servers, set up as its readme says, and webhooks beside it."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from audio_connector_sdk.vonage_video import Video  # type: ignore[import-not-found]
from audio_connector_sdk.vonage_video.models.audio_connector import (  # type: ignore[import-not-found]
    AudioConnectorServerConfig,
)

PORT = int(sys.argv[1])


class Webhooks(BaseHTTPRequestHandler):
    """One talk and one connect; events are taken."""

    def do_GET(self) -> None:
        uri = f"ws://127.0.0.1:{PORT + 1}/"
        endpoint = {"type": "websocket", "uri": uri, "content-type": "audio/l16;rate=16000"}
        self._answer(200, json.dumps([{"action": "connect", "endpoint": [endpoint]}]).encode())

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/webhooks/answer":
            self.do_GET()
        else:
            self._answer(204, b"")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


async def on_connect(client: Any) -> None:
    async def on_message(message: bytes | str) -> None:
        if isinstance(message, bytes):
            await client.send_audio_buffer(message)

    async def on_disconnect() -> None:
        pass

    client.set_handler(on_message=on_message, on_disconnect=on_disconnect)


async def main() -> None:
    webhooks = ThreadingHTTPServer(("127.0.0.1", PORT), Webhooks)
    threading.Thread(target=webhooks.serve_forever, daemon=True).start()
    config = AudioConnectorServerConfig(
        host="127.0.0.1", port=PORT + 1, ssl=None, on_start=None, on_stop=None, on_connect=on_connect
    )
    await Video().start_audio_connector_server(config)
    await asyncio.Event().wait()


asyncio.run(main())
