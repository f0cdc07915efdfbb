"""Requests the answer webhook for each call's socket, whose token may be for that call only."""

from __future__ import annotations

import asyncio
import math
import uuid
from collections.abc import Callable
from time import perf_counter

import httpx2

from ..vonage.application import Application
from ..vonage.handshake import authorization_for
from ..vonage.leg import Leg
from ..vonage.ncco.actions import Action, Connect, Wait
from ..vonage.ncco.endpoints import WebSocket
from ..vonage.ncco.ncco import ncco_of
from ..vonage.requester import Requester, TimeLimits, WebhookError, advice, shown
from .opening import SocketToOpen

REFUSED_STATUSES = {429, 503}
LONGEST_WAIT_SECONDS = 60.0  # without a single answer, and of an NCCO until its connect
AT_ONCE = 4  # requests
LIMITS = TimeLimits(5.0, 5.0)

Tell = Callable[[str], None]


class NoAnswerError(Exception):
    """The answer webhook gives no socket; the message says why."""


class AnswersRefusedError(NoAnswerError):
    """The answer webhook is reached, and refuses more answers."""


class Answers:
    """Sends the requests, at the pace that the webhook allows."""

    def __init__(self, application: Application, tell: Tell) -> None:
        self._application = application
        self._url = application.answer_url
        self._signature = application.signature
        self._tell = tell
        self._warned: set[str] = set()
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._not_before = self._answered_at = perf_counter()  # until when the webhook wants a pause; its last answer
        self._requester = Requester(application)

    async def close(self) -> None:
        await self._requester.close()

    async def socket_of(self, call: int) -> SocketToOpen:
        """Return the socket of a new call, when its NCCO lets it connect: waits are waited for, nothing is spoken.

        Raises NoAnswerError.
        """
        async with self._turns:
            response = await self._request()
        ncco = ncco_of(response, self._application.caller)
        self._warn_once([each.sentence for each in ncco.warnings if each.rule == "ncco.wss"])
        if ncco.errors:
            raise NoAnswerError(f"{self._url}: {ncco.errors[0]}")
        waits, endpoint = _until_socket(ncco.actions)
        if endpoint is None:
            raise NoAnswerError(f"{self._url}: its NCCO has no connect to a WebSocket")
        if waits > LONGEST_WAIT_SECONDS:
            waiting = f"waits {waits:g} s before its connect; a load waits {LONGEST_WAIT_SECONDS:g} s at most"
            raise NoAnswerError(f"{self._url}: its NCCO {waiting}: shorten them for the test")
        await asyncio.sleep(waits)
        authorization = authorization_for(endpoint, self._signature)
        return SocketToOpen(call, endpoint.uri, authorization, endpoint.headers, endpoint.content_type)

    async def _request(self) -> httpx2.Response:
        """Return the answer about a new call; request it again where the webhook says when."""
        application = self._application
        fields = Leg(
            application.caller, application.called, f"CON-{uuid.uuid4()}", uuid=uuid.uuid4().hex
        ).answer_fields()
        while True:
            await asyncio.sleep(max(0.0, self._not_before - perf_counter()))
            try:
                response = await self._requester.send(application.method, self._url, fields, LIMITS)
            except WebhookError as error:
                raise NoAnswerError(str(error)) from error
            if response.status_code not in REFUSED_STATUSES:
                return self._accepted(response)
            self._pause(response)

    def _accepted(self, response: httpx2.Response) -> httpx2.Response:
        if response.is_success:
            self._answered_at = perf_counter()
            return response
        status = f"{response.status_code} {response.reason_phrase}"
        raise NoAnswerError(f"{self._url} answered {status}{advice(response, signed=self._signature is not None)}")

    def _pause(self, response: httpx2.Response) -> None:
        """Let all requests wait for as long as a refusal says. Raises AnswersRefusedError if that is too long."""
        refusal = f"the answer webhook refuses requests: {shown(response)}"
        try:
            seconds = float(response.headers["retry-after"])
            if math.isnan(seconds):
                raise ValueError
        except (KeyError, ValueError):
            raise AnswersRefusedError(f"{refusal}, and does not say when to try again{self._advice}") from None
        self._not_before = max(self._not_before, perf_counter() + seconds)
        if self._not_before > self._answered_at + LONGEST_WAIT_SECONDS:
            raise AnswersRefusedError(f"{refusal}, for {LONGEST_WAIT_SECONDS:g} s and more{self._advice}")
        self._warn_once([f"{refusal}; they go on at its pace{self._advice}"])

    def _warn_once(self, warnings: list[str]) -> None:
        for warning in warnings:
            if warning not in self._warned:
                self._tell(warning)
        self._warned.update(warnings)

    @property
    def _advice(self) -> str:
        if self._signature:
            return ""
        return ". Sign the requests (VONAGE_SIGNATURE_SECRET), or lift the limit of unsigned ones for the test"


def _until_socket(actions: list[Action]) -> tuple[float, WebSocket | None]:
    """Return how long an NCCO waits until its first connect to a WebSocket, and this one's endpoint."""
    seconds = 0.0
    for action in actions:
        if isinstance(action, Wait):
            seconds += action.seconds
        elif isinstance(action, Connect) and isinstance(action.endpoint, WebSocket):
            return seconds, action.endpoint
    return seconds, None
