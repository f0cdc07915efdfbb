"""The connect action to a phone, a SIP endpoint, an app or a VBC extension (platform.md, 2.4, 4 and 5)."""

from __future__ import annotations

import asyncio
from time import perf_counter

from ...vonage.leg import Leg
from ...vonage.leg_limit import LegRefusedError
from ...vonage.ncco.actions import Connect
from ...vonage.ncco.endpoints import App, CalledEndpoint, Endpoint, Phone, Sip, Vbc
from ...vonage.ncco.ncco import Ncco
from ...vonage.requester import ANSWER_LIMITS, WebhookError
from .context import ActionContext

RING_SECONDS = 1.0  # of a callee who answers


class Callee:
    """Somebody whom a connect action calls: one who answers and stays, is busy, or lets it ring."""

    def __init__(self, context: ActionContext, action: Connect) -> None:
        self._context, self._action = context, action
        endpoint = action.endpoint
        caller, called = action.from_ or context.phone_leg.caller, _address(endpoint)
        headers = endpoint.headers if isinstance(endpoint, Sip) else {}
        self._leg = Leg(caller, called, context.phone_leg.conversation_uuid, "outbound", headers)

    async def call(self) -> Ncco | None:
        """Call, and stay connected; return the NCCO that comes back if nobody could be reached."""
        context, leg = self._context, self._leg
        try:
            context.leg_limit.open_leg(perf_counter())
        except LegRefusedError as error:
            return await self._ask(error.status, reason=str(error))
        context.at_end[leg.uuid] = self._cancel
        await self._tell("started")
        await self._tell("ringing")
        if context.callee == "busy":
            return await self._ask("busy")
        ring_seconds = self._action.timeout
        if context.callee == "unanswered":
            await asyncio.sleep(ring_seconds)
            return await self._ask("unanswered")
        await asyncio.sleep(min(RING_SECONDS, ring_seconds))
        await self._stay()
        return None

    async def _stay(self) -> None:
        context, leg = self._context, self._leg
        await self._play_on_answer()
        context.at_end[leg.uuid] = self._complete
        await context.control.report(leg.answered(), self._action)
        if self._action.machine_detection or self._action.advanced_machine_detection:
            await self._tell("human")
        await asyncio.sleep(self._action.limit)
        await context.at_end.pop(leg.uuid)()

    async def _play_on_answer(self) -> None:
        """Ask for the NCCO that the callee hears first, and check it; it is not played to anybody here."""
        endpoint = self._action.endpoint
        if not isinstance(endpoint, CalledEndpoint) or endpoint.on_answer is None:
            return
        fields = {"from": self._leg.caller, "to": self._leg.called, "uuid": self._leg.uuid}
        fields["conversation_uuid"] = self._leg.conversation_uuid
        try:
            response = await self._context.webhooks.request(
                "GET", endpoint.on_answer.url, fields, ANSWER_LIMITS, self._context.record, "onAnswer"
            )
        except WebhookError as error:
            self._context.warn(f"onAnswer: {error}")
            return
        await self._context.control.read_ncco(response, about="onAnswer")

    async def _tell(self, status: str) -> None:
        await self._context.control.report(self._leg.event(status), self._action)

    async def _ask(self, status: str | None, **more: object) -> Ncco | None:
        self._context.at_end.pop(self._leg.uuid, None)
        return await self._context.control.request_next_ncco(self._leg.event(status, **more), self._action)

    async def _cancel(self) -> None:
        await self._tell("cancelled")

    async def _complete(self) -> None:
        await self._context.control.report(self._leg.completed(), self._action)


def _address(endpoint: Endpoint) -> str:
    match endpoint:
        case Phone():
            return endpoint.number
        case Sip():
            return endpoint.uri or f"sip:{endpoint.user}@{endpoint.domain}"
        case App():
            return endpoint.user
        case Vbc():
            return endpoint.extension
    raise AssertionError("the rules let no other endpoint through, and a websocket is no callee")
