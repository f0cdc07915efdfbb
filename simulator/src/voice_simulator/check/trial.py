"""The trial of one rule: the requests, events, calls and sockets that it sends to the application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Literal, NamedTuple

import httpx2

from ..vonage.application import Application
from ..vonage.leg import Event, Leg
from ..vonage.ncco.ncco import Ncco, ncco_of
from ..vonage.requester import SIGNED, Signed, WebhookError, shown
from .answered_call import AnsweredCall, HandshakePace
from .finding import NotJudgedError
from .first_answer import FirstAnswer, gives_ncco
from .raw_socket import RawSocket
from .requests import Requests
from .speaker import Speaker


class OpenCall(NamedTuple):
    """A call and its open socket."""

    call: AnsweredCall
    socket: RawSocket

    def speaker(self) -> Speaker:
        """Return a caller in the format of the NCCO. Raises NotJudgedError if it names none."""
        return Speaker(self.socket, self.call.audio_format)


class Trial:
    """One rule's dealings with the application.

    Each call is one of its own; in the end each is reported as completed, as the platform does when a caller hangs up.
    """

    def __init__(
        self,
        application: Application,
        requests: Requests,
        pace: HandshakePace,
        first_answer: FirstAnswer,
        proxy_reload: str | None = None,
    ) -> None:
        """Take the check's first answer, which rules about the NCCO judge, and the command that reloads the proxy."""
        self.application = application
        self.proxy_reload = proxy_reload
        self.first_answer = first_answer
        self.requests = requests
        self.pace = pace
        self._legs: dict[str, Leg] = {}  # of all calls that were announced, by uuid

    def new_leg(self, caller: str | None = None) -> Leg:
        """Return the leg of a new caller."""
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
            raise NotJudgedError(f"no NCCO: {error}") from error
        if not gives_ncco(response):
            raise NotJudgedError(f"no NCCO: the answer webhook answered {shown(response)}")
        return AnsweredCall(self.application, self.requests, self.pace, leg, self.read_ncco(response, leg.caller))

    @asynccontextmanager
    async def open_call(
        self, first_message: str | dict[str, Any] | None = None, *, buffer_bytes: int | None = None
    ) -> AsyncIterator[OpenCall]:
        """Place a call and open its socket; see AnsweredCall.socket. Raises NotJudgedError."""
        call = await self.place_call()
        async with call.socket(first_message, buffer_bytes=buffer_bytes) as socket:
            yield OpenCall(call, socket)

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
