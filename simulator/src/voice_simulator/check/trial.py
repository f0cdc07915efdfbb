"""The trial of one rule: the requests, events, calls and sockets that it sends to the application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Any, Literal, NamedTuple

import httpx2

from ..vonage.application import Application
from ..vonage.leg import Event, Leg
from ..vonage.ncco.ncco import Ncco, ncco_of
from ..vonage.requester import SIGNED, Signed, WebhookError, shown
from .answered_call import AnsweredCall, HandshakePace
from .finding import NotJudgedError
from .first_answer import FirstAnswer, gives_ncco
from .output import Output
from .raw_socket import RawSocket
from .requests import Requests
from .speaker import Speaker

STAYS_OPEN_SECONDS = 5.0
PONG_SECONDS = 5.0


class Shared:
    """What all rules of a check share: the pace of its handshakes, its output, and its first socket."""

    def __init__(self, requests: Requests, first_answer: FirstAnswer, proxy_reload: str | None = None) -> None:
        """Take the check's first answer, and the command that reloads the proxy."""
        self.requests = requests
        self.first_answer = first_answer
        self.proxy_reload = proxy_reload
        self.pace = HandshakePace()
        self.output = Output()
        self.first_socket: asyncio.Task[str] | None = None  # see Trial.first_ending


class OpenCall(NamedTuple):
    """A call and its open socket."""

    call: AnsweredCall
    socket: RawSocket

    def speaker(self) -> Speaker:
        """Return a caller in the format of the NCCO. Raises NotJudgedError if it names none."""
        return Speaker(self.socket, self.call.audio_format)

    async def is_echo_due(self, speaker: Speaker) -> bool:
        """Return whether an echo is due at any moment; of any other application a pong is, and comes now.

        Raises NotJudgedError without either: then nothing shows that the call goes on.
        """
        if not speaker.echoes and not await self.socket.answers_ping(PONG_SECONDS):
            raise NotJudgedError("no pong came", "socket.ping")
        return speaker.echoes

    async def speaker_after(self, seconds: float) -> Speaker:
        """Return a caller who has spoken for a while. Raises NotJudgedError if the socket ends meanwhile."""
        speaker = self.speaker()
        await speaker.say(seconds)
        if not self.socket.is_open:
            raise NotJudgedError(f"before that {self.socket.ending}")
        return speaker


class Trial:
    """One rule's dealings with the application.

    Each call is one of its own; in the end each is reported as completed, as the platform does when a caller hangs up.
    """

    def __init__(self, application: Application, shared: Shared) -> None:
        self.application = application
        self.proxy_reload = shared.proxy_reload
        self.first_answer = shared.first_answer
        self.requests = shared.requests
        self.output = shared.output
        self._shared = shared
        self._legs: dict[str, Leg] = {}  # of all calls that were announced, by uuid

    def new_leg(self, caller: str | None = None) -> Leg:
        return Leg(caller or self.application.caller, self.application.called, f"CON-{Leg('', '', '').uuid}")

    async def request_answer(
        self,
        leg: Leg | None = None,
        *,
        method: Literal["GET", "POST"] | None = None,
        url: str | None = None,
        headers: Mapping[str, str] | None = None,
        auth: httpx2.Auth | Signed | None = SIGNED,
        **changes: Any,
    ) -> httpx2.Response:
        """Request the answer webhook, or another URL, for a call; return the response, whatever its status.

        `changes` are fields to be changed, added, or left out (None), `from_` is `from`; for the other arguments see
        Requests.send. Raises WebhookError.
        """
        leg = leg or self.new_leg()
        self._legs[leg.uuid] = leg
        fields = leg.answer_fields() | {name.rstrip("_"): value for name, value in changes.items()}
        return await self.requests.send(
            method or self.application.method,
            url or self.application.answer_url,
            {name: value for name, value in fields.items() if value is not None},
            headers=headers,
            auth=auth,
        )

    def read_ncco(self, response: httpx2.Response, caller: str | None = None) -> Ncco:
        """Check a response against the platform's rules for an NCCO."""
        return ncco_of(response, caller or self.application.caller)

    async def place_call(self, leg: Leg | None = None) -> AnsweredCall:
        """Request the answer webhook for a call, and take its NCCO, even if it breaks a rule.

        Raises NotJudgedError if there is no NCCO, or none with a WebSocket: then it is another rule that is broken.
        """
        self.first_answer.required()
        leg = leg or self.new_leg()
        try:
            response = await self.request_answer(leg)
        except WebhookError as error:
            raise NotJudgedError(f"no NCCO: {error}", self.first_answer.rule) from error
        if not gives_ncco(response):
            answered = f"no NCCO: the answer webhook answered {shown(response)}"
            raise NotJudgedError(answered, self.first_answer.rule)
        ncco = self.read_ncco(response, leg.caller)
        return AnsweredCall(self.application, self.requests, self._shared.pace, self.output, leg, ncco)

    @asynccontextmanager
    async def open_call(
        self, first_message: str | dict[str, Any] | None = None, *, buffer_bytes: int | None = None
    ) -> AsyncIterator[OpenCall]:
        """Place a call and open its socket; see AnsweredCall.socket. Raises NotJudgedError."""
        call = await self.place_standing_call()
        async with call.socket(first_message, buffer_bytes=buffer_bytes) as socket:
            yield OpenCall(call, socket)

    async def place_standing_call(self) -> AnsweredCall:
        """Place a call whose socket stays open. Raises NotJudgedError if sockets don't, or as place_call does."""
        if ending := await self.first_ending():
            raise NotJudgedError(ending, "socket.stays-open")
        return await self.place_call()

    async def first_ending(self) -> str:
        """Return how the first socket of the check ended while the caller spoke; nothing if it stayed open.

        The check opens it once, when the first rule needs it. Raises NotJudgedError.
        """
        if self._shared.first_socket is None:
            self._shared.first_socket = asyncio.create_task(self._speak_into_first_socket())
        return await asyncio.shield(self._shared.first_socket)

    async def _speak_into_first_socket(self) -> str:
        call = await self.place_call()
        async with call.socket() as socket:
            start = perf_counter()
            speaker = Speaker(socket, call.audio_format)
            await speaker.say(STAYS_OPEN_SECONDS)
            seconds = perf_counter() - start
            return "" if socket.is_open else f"{seconds:.1f} s after the handshake {socket.ending}"

    async def send_event(self, event: Event, *, auth: httpx2.Auth | Signed | None = SIGNED) -> httpx2.Response:
        """Send an event to the event webhook; raises WebhookError."""
        return await self.requests.send("POST", self.application.event_webhook, event, auth=auth)

    async def end(self) -> None:
        """Report each call of the trial as completed: an application that paces its calls must not keep their places.

        The answers are no matter of this rule.
        """
        reports = [self.send_event(leg.completed()) for leg in self._legs.values()]
        for result in await asyncio.gather(*reports, return_exceptions=True):
            if isinstance(result, BaseException) and not isinstance(result, WebhookError):
                raise result
