"""The phone's server: the page's files over HTTP, and one WebSocket for each tab."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Collection
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

from ..call.machine_pauses import PauseWatch
from ..call.plan import CallPlan
from ..caller.frame_mark import MAX_CALLS
from ..record.record import Room
from ..record.redaction import redact
from ..record.trace import FORMAT, FORMAT_VERSION
from ..version import VERSION
from ..vonage.leg_limit import LegLimit
from ..vonage.recording_server import RecordingServer
from .allowed import AllowedApplications
from .call_request import CallRequest
from .own_origin import OwnOrigin
from .page_files import PageFiles, plain_response
from .phone_call import PhoneCall, Send
from .protocol import MOST_CALLS
from .tab import Tab

SOCKET_PATH = "/call"
MOST_BYTES = 16_384  # of a message of the page; a frame has 968
END_SECONDS = 0.3  # that the last events of calls have as the phone ends: a signal ends it within a second
TOO_MANY = "Eight calls are going on already: hang one of them up, or wait until one has ended"
PING_SECONDS = 10.0  # a tab that answers none of two is lost


class PhoneServer:
    """Serves the page, and places the calls of its tabs."""

    def __init__(self, plan: CallPlan, allowed: Collection[str] = ()) -> None:
        """Take the plan of each call; its script has the bundled speech, and says how long a call may last.

        `allowed` are the origins of other applications that the page may have called (see AllowedApplications).
        """
        self._plan = plan
        self._allowed = AllowedApplications(plan.application.answer_url, allowed)
        self._files = PageFiles()
        self._limit = LegLimit(plan.connects_per_second, plan.refused_as)
        self._pauses = PauseWatch()
        self._recordings = RecordingServer()
        self._calls: dict[asyncio.Task[None], PhoneCall] = {}
        self._calls_placed = 0
        self._room = Room()
        self._own_origin: OwnOrigin | None = None  # once the port is known

    @contextlib.asynccontextmanager
    async def listening(self, host: str, port: int) -> AsyncIterator[int]:
        """Listen at an address, and give the port; in the end hang all calls up. Raises OSError."""
        clock = asyncio.create_task(self._pauses.run())
        try:
            async with await self._serve(host, port) as server:
                bound: int = next(iter(server.sockets)).getsockname()[1]
                self._own_origin = OwnOrigin(bound)
                yield bound
                await self._end_calls()
        finally:
            clock.cancel()
            await self._recordings.close(at_once=True)

    async def _serve(self, host: str, port: int) -> Server:
        return await serve(
            self._talk,
            host,
            port,
            process_request=self._answer,
            compression=None,
            max_size=MOST_BYTES,
            server_header=None,
            logger=_log_of_handlers(),
            ping_interval=PING_SECONDS,
            ping_timeout=PING_SECONDS,
            close_timeout=1.0,
        )

    def _answer(self, connection: ServerConnection, request: Request) -> Response | None:
        """Answer a request for a file; return None where a WebSocket may open."""
        if self._own_origin is None:
            return plain_response(503, "Service Unavailable", "The phone is about to start.")
        if refusal := self._own_origin.refuse_host(request.headers):
            return plain_response(403, "Forbidden", refusal)
        if request.path.partition("?")[0] != SOCKET_PATH:
            return self._files.respond(request.path)
        if refusal := self._own_origin.refuse_origin(request.headers):
            return plain_response(403, "Forbidden", refusal)
        return None

    async def _talk(self, connection: ServerConnection) -> None:
        await Tab(connection, self._place).serve(self._greeting())

    def _greeting(self) -> dict[str, Any]:
        application = self._plan.application
        urls = {
            "answer_url": application.answer_url,
            "event_url": application.event_webhook,
            "fallback_url": application.fallback_webhook,
        }
        return {
            "version": VERSION,
            "application": redact(urls | {"answer_method": application.method}),
            "from": application.caller,
            "to": application.called,
            "signed": application.signature is not None,
            "most_calls": MOST_CALLS,
            "trace": {"format": FORMAT, "version": FORMAT_VERSION},
        }

    def _place(self, request: CallRequest, send: Send) -> tuple[PhoneCall, asyncio.Task[None]]:
        if len(self._calls) >= MOST_CALLS:
            raise ValueError(TOO_MANY)
        if request.answer_url is not None and (refusal := self._allowed.refuse(request.answer_url)):
            raise ValueError(refusal)
        # The mark of a frame of silence has the index 0, so no call has it.
        index = 1 + self._calls_placed % (MAX_CALLS - 1)
        self._calls_placed += 1
        call = PhoneCall(self._plan, request, index, self._limit, self._room, send)
        task = asyncio.create_task(call.run(self._recordings, self._pauses))
        self._calls[task] = call
        task.add_done_callback(self._calls.pop)
        return call, task

    async def _end_calls(self) -> None:
        running = dict(self._calls)
        for call in running.values():
            call.hang_up()
        if running:
            _, late = await asyncio.wait(running, timeout=END_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)  # they were cancelled


def _log_of_handlers() -> logging.Logger:
    """Return the library's log without what strangers cause: a browser opens connections that it never uses."""
    log = logging.getLogger(__name__)
    log.addFilter(lambda record: record.msg != "opening handshake failed")
    return log
