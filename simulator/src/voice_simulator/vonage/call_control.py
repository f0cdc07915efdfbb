"""Control of one call by the application's webhooks: their answers say what to do, and they get the events."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2

from ..record.events import About, EventUndelivered, NccoReceived, ProblemFound, Webhook
from ..record.record import Record
from .application import Application
from .event_answers import is_ncco, judge_event_answer
from .leg import Event, Leg, event_name, ncco_rejected
from .ncco.actions import ReportingAction
from .ncco.ncco import Ncco, ncco_of
from .ncco.rules import Diagnostic
from .requester import ANSWER_LIMITS, EVENT_LIMITS, WebhookError
from .webhooks import Webhooks, request_id

PROMPT_SECONDS = 0.5


class CallControl:
    """Requests the webhooks of one call. An event that can't be delivered holds nothing up."""

    def __init__(
        self,
        application: Application,
        webhooks: Webhooks,
        phone_leg: Leg,
        record: Record,
        *,
        events_duplicated: bool = False,
    ) -> None:
        """Take the caller's own leg; `events_duplicated` is about the events of the socket's leg."""
        self._application = application
        self._webhooks = webhooks
        self._phone_leg = phone_leg
        self.record = record
        self._events_duplicated = events_duplicated
        self._deliveries: dict[asyncio.Task[None], str] = {}  # of all events that wait for no answer, by name
        self._last_events: dict[str, list[Event]] = {}  # by leg, at most one each; only if events are duplicated

    async def request_answer(self) -> httpx2.Response:
        """Return the answer webhook's response. Raises WebhookError."""
        return await self._request("answer", self._application.answer_url, {})

    async def request_fallback(self, reason: str) -> httpx2.Response:
        """Return the fallback webhook's response, after the answer webhook has failed. Raises WebhookError."""
        original = {"url": self._application.answer_url, "type": self._application.method}
        more = {"reason": reason, "original_request": original}
        return await self._request("fallback", self._application.fallback_webhook, more)

    async def read_ncco(self, response: httpx2.Response, about: About = "ncco") -> Ncco:
        """Return the NCCO of a response; if it breaks a rule, report the first one to the event webhook."""
        ncco = ncco_of(response, self._phone_leg.caller)
        for diagnostic in ncco.diagnostics:
            self._record_problem(diagnostic, response, about)
        actions = [action.as_written for action in ncco.actions]
        self.record.add(NccoReceived(self.record.now, request_id(response), actions))
        if ncco.errors:
            await self.report(ncco_rejected(ncco.errors[0].sentence, self._phone_leg.conversation_uuid))
        return ncco

    async def report(self, event: Event, action: ReportingAction | None = None) -> None:
        """Send an event to the URL that its action names, or else to the application's event webhook.

        The platform waits for no answer. A moment's wait keeps the order of the events, where the webhook is prompt.
        """
        delivery = asyncio.create_task(self._report(event, action))
        self._deliveries[delivery] = event_name(event)
        await asyncio.wait((delivery,), timeout=PROMPT_SECONDS)

    async def finish(self) -> None:
        """Wait for the answers to all events, as long as the platform waits for one; then give the others up."""
        if not self._deliveries:
            return
        done, late = await asyncio.wait(self._deliveries, timeout=EVENT_LIMITS.seconds)
        for delivery in done:
            delivery.result()
        for delivery in late:
            delivery.cancel()
            sentence = f"no answer has come {EVENT_LIMITS.seconds:g} s after the end of the call"
            self.record.add(EventUndelivered(self.record.now, self._deliveries[delivery], sentence))
        await asyncio.gather(*late, return_exceptions=True)  # they were cancelled

    async def _report(self, event: Event, action: ReportingAction | None) -> None:
        for response in await self._send(event, action):
            self._judge_answer(event, response, synchronous=action is not None and action.is_synchronous)

    async def request_next_ncco(self, event: Event, connect: ReportingAction) -> Ncco | None:
        """Send the event that a connect action's socket has ended or never opened; return the NCCO that comes back."""
        responses = await self._send(event, connect)
        for response in responses:  # the event may have been sent twice: the first NCCO counts
            if connect.is_synchronous and is_ncco(response):
                return await self.read_ncco(response)
            self._judge_answer(event, response, synchronous=connect.is_synchronous)
        return None

    async def request_ncco(self, event: Event, action: ReportingAction) -> Ncco | None:
        """Send an event of an action that waits for the answer; return the NCCO that comes back, if any."""
        response = await self._deliver(*self._target(action), event)
        if response is None:
            return None
        if is_ncco(response):
            return await self.read_ncco(response)
        self._judge_answer(event, response, synchronous=True)
        return None

    def _judge_answer(self, event: Event, response: httpx2.Response, *, synchronous: bool) -> None:
        if diagnostic := judge_event_answer(event_name(event), response, synchronous=synchronous):
            self._record_problem(diagnostic, response, "event")

    def _record_problem(self, found: Diagnostic, response: httpx2.Response, about: About) -> None:
        now, request = self.record.now, request_id(response)
        self.record.add(ProblemFound(now, found.sentence, found.breaks_rule, found.section, request, found.rule, about))

    def _target(self, action: ReportingAction | None) -> tuple[str, str]:
        if action is None or not action.event_url:
            return self._application.event_webhook, action.event_method if action else "POST"
        return action.event_url[0], action.event_method

    async def _request(self, webhook: Webhook, url: str, more: dict[str, Any]) -> httpx2.Response:
        fields, method = self._phone_leg.answer_fields() | more, self._application.method
        return await self._webhooks.request(method, url, fields, ANSWER_LIMITS, self.record, webhook)

    async def _send(self, event: Event, action: ReportingAction | None) -> list[httpx2.Response]:
        """Send an event and return the responses: one, or two if the event is duplicated, less the failed ones.

        A duplicated event is sent twice at the same time as the leg's event before it, which so comes late again.
        """
        url, method = self._target(action)
        events, older = [event], []
        if action and "uuid" in event and self._events_duplicated:
            events, older = [event, event], self._last_events.get(event["uuid"], [])
            self._last_events[event["uuid"]] = [event]
        responses = await asyncio.gather(*(self._deliver(url, method, each) for each in events + older))
        return [response for response in responses[: len(events)] if response]

    async def _deliver(self, url: str, method: str, event: Event) -> httpx2.Response | None:
        name = event_name(event)
        try:
            return await self._webhooks.request(method, url, event, EVENT_LIMITS, self.record, "event", name)
        except WebhookError as error:
            self.record.add(EventUndelivered(self.record.now, name, str(error)))
            return None
