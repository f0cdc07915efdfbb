"""Control of one call by the application's webhooks: they are asked what to do, and told what happens."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2

from ..record.events import EventUndelivered, NccoReceived, ProblemFound, Webhook
from ..record.record import Record
from .application import Application
from .event_answers import EventAnswers
from .field_check import Action, Finding
from .leg import Event, Leg, event_name, ncco_rejected
from .ncco_check import CheckedNcco, judge_ncco, read_response
from .requester import ANSWER_LIMITS, EVENT_LIMITS, WebhookError
from .webhooks import Webhooks, request_id

PROMPT_SECONDS = 0.5


class CallControl:
    """Requests the webhooks of one call. An event that can't be delivered holds nothing up.

    `answers` holds what came back to events that ask for nothing.
    """

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
        self.answers = EventAnswers()
        self._application = application
        self._webhooks = webhooks
        self._phone_leg = phone_leg
        self.record = record
        self._events_duplicated = events_duplicated
        self._deliveries: dict[asyncio.Task[None], str] = {}  # of all events that ask for nothing, by name
        self._last_events: dict[str, list[Event]] = {}  # by leg, at most one each; only if events are duplicated

    async def ask_answer_webhook(self) -> httpx2.Response:
        """Return the answer webhook's response. Raises WebhookError."""
        return await self._ask("answer", self._application.answer_url, {})

    async def ask_fallback_webhook(self, reason: str) -> httpx2.Response:
        """Return the fallback webhook's response, after the answer webhook has failed. Raises WebhookError."""
        original = {"url": self._application.answer_url, "type": self._application.method}
        more = {"reason": reason, "original_request": original}
        return await self._ask("fallback", self._application.fallback_webhook, more)

    async def read_ncco(self, response: httpx2.Response) -> CheckedNcco:
        """Return the NCCO of a response; if it breaks a rule, tell the event webhook of the first one."""
        answer, findings = read_response(
            response.status_code,
            response.headers.get("content-type", ""),
            response.content,
            caller=self._phone_leg.caller,
            secure=response.url.scheme == "https",
        )
        for finding in findings:
            self._record_finding(finding, response)
        ncco = judge_ncco(answer, findings)
        self.record.add(NccoReceived(self.record.now, request_id(response), ncco.actions))
        if ncco.problems:
            await self.tell(ncco_rejected(ncco.problems[0], self._phone_leg.conversation_uuid))
        return ncco

    async def tell(self, event: Event, connect: Action | None = None) -> None:
        """Send an event to the URL that its connect action names, or else to the application's event webhook.

        The platform waits for no answer. A moment's wait keeps the order of the events, where the webhook is prompt.
        """
        delivery = asyncio.create_task(self._tell(event, connect or {}))
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

    async def _tell(self, event: Event, connect: Action) -> None:
        for response in await self._send(event, connect):
            self._note_answer(event, response, synchronous=_is_synchronous(connect))

    async def ask_how_to_go_on(self, event: Event, connect: Action) -> CheckedNcco | None:
        """Send the event that a connect action's socket has ended or never opened; return the NCCO that comes back."""
        responses = await self._send(event, connect)
        for response in responses:  # the event may have been sent twice: the first NCCO counts
            if not _is_synchronous(connect):
                self._note_answer(event, response, synchronous=False)
            elif _is_ncco(response):
                return await self.read_ncco(response)
        return None

    async def ask(self, event: Event, action: Action) -> CheckedNcco | None:
        """Send an event of an action that waits for the answer; return the NCCO that comes back, if any."""
        response = await self._deliver(*self._target(action), event)
        return await self.read_ncco(response) if response and _is_ncco(response) else None

    def _note_answer(self, event: Event, response: httpx2.Response, *, synchronous: bool) -> None:
        if finding := self.answers.note(event_name(event), response, synchronous=synchronous):
            self._record_finding(finding, response)

    def _record_finding(self, finding: Finding, response: httpx2.Response) -> None:
        self.record.add(
            ProblemFound(self.record.now, finding.sentence, finding.breaks_rule, finding.section, request_id(response))
        )

    def _target(self, action: Action) -> tuple[str, str]:
        return action.get("eventUrl", [self._application.event_webhook])[0], action.get("eventMethod", "POST")

    async def _ask(self, webhook: Webhook, url: str, more: dict[str, Any]) -> httpx2.Response:
        fields, method = self._phone_leg.question() | more, self._application.method
        return await self._webhooks.request(method, url, fields, ANSWER_LIMITS, self.record, webhook)

    async def _send(self, event: Event, connect: Action) -> list[httpx2.Response]:
        """Send an event and return the responses: one, or two if the event is duplicated, less the failed ones.

        A duplicated event is sent twice at the same time as the leg's event before it, which so comes late again.
        """
        url, method = self._target(connect)
        events, older = [event], []
        if connect and "uuid" in event and self._events_duplicated:
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


def _is_synchronous(connect: Action) -> bool:
    return connect.get("eventType") == "synchronous"


def _is_ncco(response: httpx2.Response) -> bool:
    """Return whether the platform takes a response for an NCCO: any JSON may be one (platform.md, 5)."""
    content_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return response.status_code == 200 and bool(response.content) and content_type == "application/json"
