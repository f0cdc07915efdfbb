"""The trial of one rule: all that a rule can ask of the application, tell it, and open there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Literal, NamedTuple

import httpx2

from ..platform.field_check import Action
from ..platform.leg import Event, Leg
from ..platform.ncco_check import CheckedNcco, check_response
from ..platform.webhook_client import WebhookError
from .finding import NotJudgedError
from .pace import Pace
from .placed_call import PlacedCall
from .raw_socket import RawSocket
from .requests import Requests
from .target import Target


class OpenCall(NamedTuple):
    """A call and its open socket."""

    call: PlacedCall
    socket: RawSocket


class Trial:
    """One rule's dealings with the application.

    Each call is one of its own; in the end each is reported as completed, as the platform does when a caller hangs up.
    """

    def __init__(self, target: Target, requests: Requests, pace: Pace) -> None:
        self.target = target
        self.requests = requests
        self.pace = pace
        self._legs: dict[str, Leg] = {}  # that have been asked about, by uuid

    def new_leg(self, caller: str | None = None) -> Leg:
        """Return the leg of a new caller."""
        return Leg(caller or self.target.caller, self.target.called, f"CON-{Leg('', '', '').uuid}")

    async def ask(
        self,
        leg: Leg | None = None,
        *,
        method: Literal["GET", "POST"] | None = None,
        url: str | None = None,
        headers: Mapping[str, str] | None = None,
        authorization: str | None = None,
        signed: bool = True,
        **changes: Any,
    ) -> httpx2.Response:
        """Ask the answer webhook, or another URL, about a call; return the response, whatever its status.

        `changes` are fields to be changed, added, or left out (None), `from_` is `from`; for the other arguments see
        Requests.send. Raises WebhookError.
        """
        leg = leg or self.new_leg()
        self._legs[leg.uuid] = leg
        fields = question(leg) | {name.rstrip("_"): value for name, value in changes.items()}
        return await self.requests.send(
            method or self.target.method,
            url or self.target.answer_url,
            {name: value for name, value in fields.items() if value is not None},
            headers=headers,
            authorization=authorization,
            signed=signed,
        )

    def read_ncco(self, response: httpx2.Response, caller: str | None = None) -> CheckedNcco:
        """Hold a response to the platform's rules for an NCCO."""
        return check_response(
            response.status_code,
            response.headers.get("content-type", ""),
            response.content,
            caller=caller or self.target.caller,
            secure=self.target.is_secure,
        )

    async def place_call(self, leg: Leg | None = None) -> PlacedCall:
        """Ask the answer webhook about a call, and take its NCCO, even if it breaks a rule.

        Raises NotJudgedError if there is no NCCO, or none with a WebSocket: then it is another rule that is broken.
        """
        leg = leg or self.new_leg()
        try:
            response = await self.ask(leg)
        except WebhookError as error:
            raise NotJudgedError(f"no NCCO: {error}") from error
        if response.status_code != 200:
            raise NotJudgedError(f"no NCCO: the answer webhook answered {told(response)}")
        return PlacedCall(self.target, self.requests, self.pace, leg, read_actions(response))

    @asynccontextmanager
    async def open_call(
        self, first_message: str | dict[str, Any] | None = None, *, compression: Literal["deflate"] | None = None
    ) -> AsyncIterator[OpenCall]:
        """Place a call and open its socket; see PlacedCall.socket. Raises NotJudgedError."""
        call = await self.place_call()
        async with call.socket(first_message, compression=compression) as socket:
            yield OpenCall(call, socket)

    async def tell(self, event: Event, *, url: str | None = None) -> httpx2.Response:
        """Send an event to the event webhook, or to another URL; raises WebhookError."""
        return await self.requests.send("POST", url or self.target.event_url, event)

    async def end(self) -> None:
        """Report each call of the trial as completed: an application that paces its calls must not keep their places.

        The answers are no matter of this rule.
        """
        reports = [self.tell(leg.completed()) for leg in self._legs.values()]
        for result in await asyncio.gather(*reports, return_exceptions=True):
            if isinstance(result, BaseException) and not isinstance(result, WebhookError):
                raise result


def question(leg: Leg) -> dict[str, Any]:
    """Return the fields of a question to the answer webhook (docs/platform.md, 1)."""
    return {
        "from": leg.caller,
        "to": leg.called,
        "uuid": leg.uuid,
        "conversation_uuid": leg.conversation_uuid,
        "region_url": "https://api-eu.vonage.com",
        "endpoint_type": "phone",
    }


def read_actions(response: httpx2.Response) -> list[Action]:
    """Return the actions in a response; raises NotJudgedError if there are none."""
    try:
        ncco = json.loads(response.content)
    except ValueError:
        raise NotJudgedError("no NCCO: the answer webhook's body is no JSON") from None
    if not isinstance(ncco, list):
        raise NotJudgedError("no NCCO: the answer webhook's JSON is no array")
    return ncco


def told(response: httpx2.Response) -> str:
    """Return a response's status and the beginning of its body, on one line."""
    text = " ".join(response.text.split())
    shown = text if len(text) <= 100 else f"{text[:100]}…"
    return f"{response.status_code} {response.reason_phrase} {shown}".rstrip()
