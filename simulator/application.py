"""The account's application as one call meets it: webhooks that say what to do with the call and hear about it."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import Any

import httpx2

from simulator.call_plan import CallPlan
from simulator.call_result import CallResult, Outcome
from simulator.events import Leg, ncco_rejected
from simulator.ncco import check_response
from simulator.webhook_client import ANSWER_LIMITS, EVENT_LIMITS, WebhookClient, WebhookError

Action = dict[str, Any]


class Application:
    """Asks and tells the webhooks; what goes wrong with them is noted in the call's result."""

    def __init__(self, plan: CallPlan, webhooks: WebhookClient, result: CallResult) -> None:
        self._plan = plan
        self._webhooks = webhooks
        self._result = result
        self._told: dict[str, list[dict[str, Any]]] = {}  # by leg, its last event if that is to be sent again

    async def answer(self, leg: Leg) -> httpx2.Response | None:
        """Return the answer webhook's response, or failing that the fallback webhook's, or None."""
        plan = self._plan
        fields = {
            "from": leg.caller,
            "to": leg.called,
            "uuid": leg.uuid,
            "conversation_uuid": leg.conversation_uuid,
            "region_url": "https://api-eu.vonage.com",
            "endpoint_type": "phone",
        }
        start = perf_counter()
        try:
            response = await self._webhooks.request(plan.method, plan.answer_url, fields, ANSWER_LIMITS)
        except WebhookError as error:
            self._result.fail(Outcome.CONNECTION_FAILED, f"answer webhook: {error}")
            reason = str(error)
        else:
            self._result.answer_seconds = perf_counter() - start
            return response
        more = {"reason": reason, "original_request": {"url": plan.answer_url, "type": plan.method}}
        try:
            return await self._webhooks.request(plan.method, plan.fallback_url, fields | more, ANSWER_LIMITS)
        except WebhookError as error:
            self._result.fail(Outcome.CONNECTION_FAILED, f"fallback webhook: {error}")
            return None

    async def judge(self, response: httpx2.Response) -> list[Action]:
        """Return the actions in a response, none if they break a rule."""
        content_type = response.headers.get("content-type", "")
        caller, secure = self._plan.caller_number, response.url.scheme == "https"
        ncco, problems = check_response(
            response.status_code, content_type, response.content, caller=caller, secure=secure
        )
        for problem in problems:
            self._result.fail(Outcome.NCCO_WRONG, problem)
        if problems:
            await self.tell(ncco_rejected(problems[0], self._result.conversation_uuid))
            return []
        actions: list[Action] = ncco
        return actions

    async def tell(self, event: dict[str, Any], connect: Action | None = None) -> None:
        """Send an event to where the connect action wants it, without one to the account's event URL."""
        await self._send(event, connect or {})

    async def ask(self, event: dict[str, Any], connect: Action) -> list[Action] | None:
        """Send the event that a connect's leg has failed; return the NCCO to go on with if one comes back.

        It may be a wrong one: then there are no actions in it.
        """
        responses = await self._send(event, connect)
        if connect.get("eventType") != "synchronous":
            return None
        for response in responses:  # of the answers to duplicates the first one counts
            if _is_ncco(response):
                return await self.judge(response)
        return None

    async def _send(self, event: dict[str, Any], connect: Action) -> list[httpx2.Response]:
        """Send an event and return the response: none if it can't be delivered, two if it is duplicated.

        A duplicated event is sent twice at once, and with it once more the leg's event before it.
        """
        url, method = connect.get("eventUrl", [self._plan.event_url])[0], connect.get("eventMethod", "POST")
        events, older = [event], []
        if connect and self._plan.events_duplicated:
            events, older = [event, event], self._told.get(event["uuid"], [])
            self._told[event["uuid"]] = [event]
        responses = await asyncio.gather(*(self._post(url, method, each) for each in events + older))
        return [response for response in responses[: len(events)] if response]

    async def _post(self, url: str, method: str, event: dict[str, Any]) -> httpx2.Response | None:
        try:
            return await self._webhooks.request(method, url, event, EVENT_LIMITS)
        except WebhookError as error:
            self._result.warnings.append(f"event {event.get('status', 'about the NCCO')}: {error}")
            return None


def _is_ncco(response: httpx2.Response) -> bool:
    """Return whether the platform takes a response for an NCCO: any JSON may be one (platform.md, "Event webhook")."""
    content_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return response.status_code == 200 and bool(response.content) and content_type == "application/json"
