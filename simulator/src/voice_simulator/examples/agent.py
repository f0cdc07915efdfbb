"""A voice agent without any cloud: it greets, answers whatever the caller says, and falls silent when interrupted.

Run `python -m voice_simulator.examples.agent`, and call it: `voice-simulator call --scenario conversation --answer-url
http://127.0.0.1:8000/answer`. With `--forget-clear` it makes the mistake that is made most: it stops sending, and
forgets that up to a minute of its speech is still queued at the platform.
"""

import asyncio
import json
import sys
import threading
import wave
from array import array
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from websockets.asyncio.server import ServerConnection, serve

PORT = 8000  # of the webhooks; the socket has the next one
FRAME_BYTES = 640  # 20 ms at 16 kHz
LOUD = 1000  # of 32,767: a sample of speech
INTERRUPTED_FRAMES = 20  # of sound: less is no interruption
SILENT_FRAMES = 30  # after which it is the agent's turn


def sentence(seconds: tuple[float, float]) -> list[bytes]:
    """Return a part of the bundled speech, in frames."""
    with wave.open(str(Path(__file__).parents[1] / "caller" / "speech.wav")) as file:
        pcm = file.readframes(file.getnframes())
    begin, end = (int(each * 50) * FRAME_BYTES for each in seconds)
    return [pcm[at : at + FRAME_BYTES] for at in range(begin, end, FRAME_BYTES)]


GREETING, ANSWER = sentence((0.0, 2.4)), sentence((2.4, 9.0))


class Agent:
    """Listens to the caller's frames, one every 20 ms, which are its clock."""

    def __init__(self, socket: ServerConnection, *, clears: bool) -> None:
        self.socket, self.clears = socket, clears
        self.queued = 0  # frames of the agent that the caller has still to hear
        self.loud = self.silent = 0  # frames of the caller

    async def say(self, frames: list[bytes]) -> None:
        """Send all of it at once: the platform plays it at its pace."""
        self.queued, self.loud = len(frames), 0
        for frame in frames:
            await self.socket.send(frame)

    async def hear(self, frame: bytes) -> None:
        """Answer after the caller's silence, and fall silent when the caller speaks on."""
        self.queued = max(0, self.queued - 1)
        self.silent = 0 if max(map(abs, array("h", frame))) > LOUD else self.silent + 1
        self.loud += not self.silent
        if self.queued and self.loud >= INTERRUPTED_FRAMES and not self.silent:
            self.queued = 0
            if self.clears:
                await self.socket.send(json.dumps({"action": "clear"}))
        if self.silent == SILENT_FRAMES and not self.queued:
            if self.loud >= INTERRUPTED_FRAMES:
                await self.say(ANSWER)
            self.loud = 0


async def talk(socket: ServerConnection) -> None:
    agent = Agent(socket, clears="--forget-clear" not in sys.argv)
    await agent.say(GREETING)
    async for message in socket:
        if isinstance(message, bytes):
            await agent.hear(message)


class Webhooks(BaseHTTPRequestHandler):
    """Answers each call with a connect to the socket, and takes all events."""

    def do_GET(self) -> None:
        endpoint = {"type": "websocket", "uri": f"ws://127.0.0.1:{PORT + 1}", "content-type": "audio/l16;rate=16000"}
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps([{"action": "connect", "endpoint": [endpoint]}]).encode())

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()


async def main() -> None:
    """Serve until Ctrl-C."""
    webhooks = ThreadingHTTPServer(("127.0.0.1", PORT), Webhooks)
    threading.Thread(target=webhooks.serve_forever, daemon=True).start()
    async with serve(talk, "127.0.0.1", PORT + 1) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
