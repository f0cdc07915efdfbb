"""One browser tab with the page: its WebSocket, and the calls that it places one after the other."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from websockets.asyncio.connection import broadcast
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from .call_request import CallRequest, read_call, read_fault, read_id, read_key, read_message, read_voice
from .microphone import Captured
from .phone_call import PhoneCall, Send
from .protocol import unpack_frame

# Places a call and returns it with the task that ends when it has ended. Raises ValueError if it isn't placed.
Place = Callable[[CallRequest, Send], tuple[PhoneCall, asyncio.Task[None]]]


class Tab:
    """Takes what the page says, and sends what happens."""

    def __init__(self, connection: ServerConnection, place: Place) -> None:
        self._connection = connection
        self._place = place
        self._call: PhoneCall | None = None
        self._ended: asyncio.Task[None] | None = None
        self._sending: set[asyncio.Task[None]] = set()  # requests of the last call, again

    async def serve(self, greeting: dict[str, Any]) -> None:
        """Talk with the page until it goes; then hang up."""
        self._send({"event": "hello", "at": None, **greeting})
        try:
            async for message in self._connection:
                try:
                    self._take(message)
                except ValueError as error:
                    self._send({"event": "error", "at": None, "sentence": str(error)})
        except ConnectionClosed:
            pass
        finally:
            if call := self._running_call:
                call.hang_up()
            for sending in self._sending:
                sending.cancel()

    @property
    def _running_call(self) -> PhoneCall | None:
        return self._call if self._ended is not None and not self._ended.done() else None

    def _take(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            at, frame = unpack_frame(message)
            captured = Captured(at, frame)
            if (call := self._running_call) and call.voice.source == "microphone":
                call.voice.microphone.put(captured)
            return
        asked = read_message(message)
        if asked["do"] == "call":
            self._place_call(read_call(asked))
            return
        if asked["do"] == "send_again":
            self._send_again(read_id(asked))
            return
        call = self._running_call
        if call is None:
            raise ValueError(f"there is no call for {asked['do']!r}")
        match asked["do"]:
            case "hang_up":
                call.hang_up()
            case "key":
                call.voice.press(read_key(asked))
            case "voice":
                call.voice.speak(read_voice(asked))
            case "fault":
                call.break_something(*read_fault(asked))
            case unknown:
                raise ValueError(f"do must be call, send_again, hang_up, key, voice or fault; it is {unknown[:40]!r}")

    def _place_call(self, request: CallRequest) -> None:
        if self._running_call:
            raise ValueError("a call is going on in this tab; hang it up first, or open another tab")
        try:
            self._call, self._ended = self._place(request, self._send)
        except ValueError as error:
            self._send({"event": "not_placed", "at": None, "sentence": str(error)})

    def _send_again(self, id_: int) -> None:
        if self._call is None:
            raise ValueError("no call of this tab has sent a request")
        sending = asyncio.create_task(self._call.send_again(id_))
        self._sending.add(sending)
        sending.add_done_callback(self._sending.discard)

    def _send(self, message: bytes | dict[str, Any]) -> None:
        # broadcast() writes at once: the platform's clock waits for no browser. A tab that reads nothing any more is
        # found by its missing pongs.
        data = message if isinstance(message, bytes) else json.dumps(message, allow_nan=False)
        broadcast((self._connection,), data)
