"""The phone's server, and a page as the browser is one, without a browser."""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from types import TracebackType
from typing import Any, NamedTuple

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from simulator.tests.harness.placing import plan, script
from simulator.tests.harness.process import DEADLINE
from simulator.tests.harness.webhook_server import WebhookServer
from voice_simulator.call.plan import CallPlan
from voice_simulator.caller.speech import LONGEST_SECONDS
from voice_simulator.phone.protocol import UNKNOWN_NUMBER, FrameKind
from voice_simulator.phone.server import PhoneServer

HEADER = struct.Struct("<IIdd")


class Frame(NamedTuple):
    """A frame that came down to the page."""

    kind: FrameKind
    number: int | None
    at: float
    captured: float
    samples: bytes


class Page:
    """A page: it keeps what comes, and the microphone is in step with what is said."""

    def __init__(self, port: int) -> None:
        self.events: list[dict[str, Any]] = []
        self.frames: list[Frame] = []
        self.connection: ClientConnection
        self.microphone: list[tuple[float, bytes]] = []  # what the microphone will still capture, and when in ms
        self._port = port
        self._changed = asyncio.Condition()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Page:
        origin = Origin(f"http://127.0.0.1:{self._port}")
        uri = f"ws://127.0.0.1:{self._port}/call"
        self.connection = await self._stack.enter_async_context(connect(uri, origin=origin, proxy=None))
        reading = asyncio.create_task(self._read())
        self._stack.callback(reading.cancel)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        await self._stack.aclose()

    async def do(self, what: str, **more: Any) -> None:
        await self.connection.send(json.dumps({"do": what, **more}))

    async def wait_for(self, name: str, /, **fields: Any) -> dict[str, Any]:
        """Return the first event of a name with these fields, once it has come."""
        found: list[dict[str, Any]] = []

        def has_come() -> bool:
            found[:] = [each for each in self.named(name) if fields.items() <= each.items()]
            return bool(found)

        await self._wait(has_come, f"event {name} {fields}")
        return found[0]

    async def wait_for_frames(self, kind: FrameKind, count: int) -> list[Frame]:
        """Return the frames of a kind, once so many have come."""
        await self._wait(lambda: len(self.of(kind)) >= count, f"{count} frames {kind.name}")
        return self.of(kind)

    async def wait_for_figures(self, name: str, least: float, after: float = 0.0) -> dict[str, Any]:
        """Return the first figures behind a time of the call of which one is at least so great, once they have come."""
        found: list[dict[str, Any]] = []

        def has_come() -> bool:
            found[:] = [each for each in self.named("figures") if each["at"] > after and (each[name] or 0.0) >= least]
            return bool(found)

        await self._wait(has_come, f"figures with {name} from {least}")
        return found[0]

    def named(self, name: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["event"] == name]

    def of(self, kind: FrameKind) -> list[Frame]:
        return [frame for frame in self.frames if frame.kind is kind]

    async def _wait(self, has_come: Any, what: str) -> None:
        try:
            async with asyncio.timeout(DEADLINE), self._changed:
                await self._changed.wait_for(has_come)
        except TimeoutError:
            shown = [event for event in self.events if event["event"] != "figures"]
            raise AssertionError(f"{what} has not come; {len(self.frames)} frames and {shown} have") from None

    async def _read(self) -> None:
        try:
            async for message in self.connection:
                async with self._changed:
                    await self._take(message)
                    self._changed.notify_all()
        except ConnectionClosed:
            pass

    async def _take(self, message: str | bytes) -> None:
        if isinstance(message, str):
            self.events.append(json.loads(message))
            return
        kind, number, at, captured = HEADER.unpack_from(message)
        known = None if number == UNKNOWN_NUMBER else number
        self.frames.append(Frame(FrameKind(kind), known, at, captured, message[HEADER.size :]))
        if kind == FrameKind.SAID and self.microphone:
            captured_at, samples = self.microphone.pop(0)
            await self.connection.send(struct.pack("<d", captured_at) + samples)


def phone_plan(webhooks: WebhookServer, application: dict[str, Any] | None = None, **options: Any) -> CallPlan:
    said = script(seconds=LONGEST_SECONDS, expect="nothing")
    return replace(plan(webhooks, said, application), greeting_spoken=True, **options)


@asynccontextmanager
async def phone(plan: CallPlan, allowed: Collection[str] = ()) -> AsyncIterator[int]:
    """Run the phone's server, and give its port."""
    async with PhoneServer(plan, allowed).listening("127.0.0.1", 0) as port:
        yield port
