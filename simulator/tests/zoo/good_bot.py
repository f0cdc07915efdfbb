"""A bot on a WebSocket: it speaks a long sentence at once, and is silent as soon as the caller speaks."""

from __future__ import annotations

import json
import math
import struct
from contextlib import AbstractContextManager

from flask import Flask
from flask.typing import ResponseReturnValue
from websockets.asyncio.server import ServerConnection

from simulator.tests.zoo import application

RATE = 16000
FRAME_SAMPLES = RATE // 50
SENTENCE_FRAMES = 400  # 8 s, all sent at once: the platform queues them
LOUD = 1000


def create_app(socket_uri: str) -> Flask:
    """Return the webhooks of a bot whose socket is at a URI."""
    app = Flask(__name__)

    @app.get("/webhooks/answer")
    def answer() -> ResponseReturnValue:
        endpoint = {"type": "websocket", "uri": socket_uri, "content-type": f"audio/l16;rate={RATE}"}
        return [{"action": "connect", "endpoint": [endpoint]}]

    @app.post("/webhooks/events")
    def events() -> ResponseReturnValue:
        return "", 204

    return app


async def talk(connection: ServerConnection) -> None:
    """Speak, until the caller does."""
    speaking = False
    async for message in connection:
        if isinstance(message, str):
            if json.loads(message).get("event") == "websocket:connected":
                speaking = True
                for number in range(SENTENCE_FRAMES):
                    await connection.send(_tone(number))
        elif speaking and _is_loud(message):
            speaking = False
            await connection.send(json.dumps({"action": "clear"}))


def socket_server() -> AbstractContextManager[str]:
    """Run the bot's socket in a thread, and give its URI."""
    return application.socket_server(talk)


def _tone(number: int) -> bytes:
    first = number * FRAME_SAMPLES
    samples = (round(6000 * math.sin(2 * math.pi * 440 * n / RATE)) for n in range(first, first + FRAME_SAMPLES))
    return struct.pack(f"<{FRAME_SAMPLES}h", *samples)


def _is_loud(frame: bytes) -> bool:
    samples: tuple[int, ...] = struct.unpack(f"<{len(frame) // 2}h", frame)
    return max(map(abs, samples)) > LOUD
