"""A connect action as the platform carries it out: the socket, its leg of the call, and the events about that."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import Any

from simulator.application import Action, Application
from simulator.call_result import CallResult, Outcome
from simulator.caller import Caller
from simulator.events import Leg
from simulator.ncco import CONTENT_TYPES
from simulator.playout import FRAME_SECONDS
from simulator.socket_leg import SocketLeg, SocketNotOpenedError, open_socket
from simulator.speech import Speech, speech_frames

DEFAULT_TIMEOUT_SECONDS = 60


class Connect:
    """One connect action, for as long as its socket lives; what goes wrong is noted in the call's result."""

    def __init__(
        self, action: Action, phone_leg: Leg, application: Application, result: CallResult, tasks: asyncio.TaskGroup
    ) -> None:
        """Take the action, the caller's own leg, and the group for the events that hold nothing up."""
        endpoint = action["endpoint"][0]
        caller, headers = action.get("from", phone_leg.caller), endpoint.get("headers", {})
        self._leg = Leg(caller, endpoint["uri"], phone_leg.conversation_uuid, "outbound", headers)
        self._action = action
        self._endpoint: dict[str, Any] = endpoint
        self._application = application
        self._result = result
        self._tasks = tasks
        self._socket: SocketLeg | None = None

    async def open(self, caller: Caller, speech: Speech) -> asyncio.Task[None]:
        """Open the socket for the caller to speak into; return the task of telling about it.

        Raises SocketNotOpenedError.
        """
        if self._endpoint.get("authorization", {}).get("type") == "vonage":
            self._result.warnings.append("authorization of type vonage: this simulator has no signature to send")
        audio_format = CONTENT_TYPES[self._endpoint["content-type"]]
        ringing = self._tasks.create_task(self._tell(self._leg.event("ringing")))
        open_seconds, start = self._action.get("timeout", DEFAULT_TIMEOUT_SECONDS), perf_counter()
        try:
            self._socket = await open_socket(self._endpoint, audio_format, open_seconds, caller)
        except SocketNotOpenedError:
            await ringing
            raise
        caller.connect(self._socket, speech_frames(speech, audio_format))
        if self._result.audio_format is None:
            self._result.connect_seconds, self._result.audio_format = perf_counter() - start, audio_format
        return self._tasks.create_task(self._tell(self._leg.answered(), after=ringing))

    async def wait_closed(self) -> None:
        """Wait until the server ends the socket, or the network does."""
        await self._opened.wait_closed()

    async def report_failure(self, error: SocketNotOpenedError) -> list[Action] | None:
        """Report that the socket could not be opened; return the NCCO to go on with, if one comes back."""
        ncco = await self._application.ask(self._leg.event(error.status, reason=str(error)), self._action)
        trouble = f"socket {self._endpoint['uri']}: {error}"
        if ncco is None:
            self._result.fail(Outcome.CONNECTION_FAILED, trouble)
        else:
            self._result.warnings.append(f"{trouble}; the call goes on with a new NCCO")
        return ncco

    async def report_disconnection(self) -> list[Action] | None:
        """Report that the server has ended the socket; return the NCCO to go on with, if one comes back."""
        socket = self._opened
        ncco = await self._application.ask(self._leg.event("disconnected"), self._action)
        code = f"code {socket.close_code} {socket.close_reason or ''}".rstrip()
        if ncco is not None:
            self._result.warnings.append(f"the server closed the socket, {code}; the call goes on with a new NCCO")
        elif not socket.problems:
            when = f"after {self._result.check.frames_sent * FRAME_SECONDS:.2f} s of audio"
            self._result.fail(Outcome.CONNECTION_FAILED, f"the server closed the socket {when}, {code}")
        self._judge()
        return ncco

    async def hang_up(self) -> bool:
        """Close the socket with 1000, as the caller has hung up; return False if the server has been faster."""
        hangs_up = self._opened.is_open
        await self._opened.close(1000)
        self._judge()
        await self._tell(self._leg.completed())
        return hangs_up

    @property
    def _opened(self) -> SocketLeg:
        if self._socket is None:
            raise AssertionError("the socket is open, or open() has raised")
        return self._socket

    async def _tell(self, event: dict[str, Any], after: asyncio.Task[None] | None = None) -> None:
        """Send an event to the webhook, behind an earlier one that may be on its way."""
        if after:
            await after
        await self._application.tell(event, self._action)

    def _judge(self) -> None:
        for problem in self._opened.problems:
            self._result.fail(Outcome.AUDIO_WRONG, f"the server sent {problem}")
