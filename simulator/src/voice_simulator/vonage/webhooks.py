"""The webhooks of calls: the platform's one retry, what it accepts, and the record of both (platform.md, 6)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx2

from ..record.events import ProblemFound, RequestFailed, RequestSent, ResponseReceived, Webhook
from ..record.record import MOST_BYTES, Record
from ..record.redaction import json_or_text
from .application import Application
from .requester import Requester, TimeLimits, WebhookError, advice, shown

RETRIED_STATUSES = {429, 503, 504}
RULES = {"fallback": "webhooks.fallback", "event": "webhooks.events"}  # that a refusal breaks; else that of its method
NO_ROOM = (
    f"the application has sent more in this call than this simulator keeps ({MOST_BYTES >> 20} MiB as it stands in"
    " memory, answers to events included): look for a loop, or send less"
)
TIME_LIMITS = "6"  # the section of the platform facts on time limits, retries and the fallback


class Webhooks(Requester):
    """Sends the requests of any number of calls at once."""

    def __init__(self, application: Application, retry_pause: float = 0.0) -> None:
        """Take the seconds between a failed request and its retry."""
        super().__init__(application)
        self._retry_pause = retry_pause
        self._default_event_webhook = None if application.event_url else application.event_webhook

    async def request(
        self,
        method: str,
        url: str,
        fields: Mapping[str, Any],
        limits: TimeLimits,
        record: Record,
        webhook: Webhook,
        event_name: str | None = None,
    ) -> httpx2.Response:
        """Send the fields, by GET as query parameters, by POST as JSON, and return the response, a 2xx.

        After a time-out, a broken connection or one of the statuses 429, 503 and 504, the request is sent once more.
        The record of the call gets all of it; `event_name` is that of the event that is sent. Raises WebhookError.
        """
        for attempt in (1, 2):
            last = attempt == 2
            id_, sent_at = record.new_request_id(), record.now
            record.add(RequestSent(sent_at, id_, webhook, event_name, method, url, dict(fields), attempt))
            try:
                response = await self.send(method, url, fields, limits)
            except WebhookError as error:
                now = record.now
                record.add(RequestFailed(now, id_, error.trouble, round(now - sent_at, 6), TIME_LIMITS))
                if last or not error.may_pass:
                    raise
            else:
                record.add(_received(response, id_, sent_at, record.now))
                response.extensions["request_id"] = id_
                if not record.room.take(response.content):
                    raise WebhookError(url, f"was answered, but {NO_ROOM}")
                if response.is_success:
                    return response
                if last or response.status_code not in RETRIED_STATUSES:
                    raise self._refused(response, url, record, id_, webhook)
            await asyncio.sleep(self._retry_pause)
        raise AssertionError("the last attempt returns or raises")

    def _refused(self, response: httpx2.Response, url: str, record: Record, id_: int, webhook: Webhook) -> WebhookError:
        advised = advice(response, signed=self.signature is not None)
        if response.status_code == 404 and url == self._default_event_webhook:
            advised = "; name the application's event webhook: --event-url"
        error = WebhookError(url, f"answered {shown(response)}{advised}")
        rule = RULES.get(webhook, f"webhooks.{response.request.method.lower()}")
        record.add(ProblemFound(record.now, f"the webhook {error.trouble}", True, TIME_LIMITS, id_, rule))
        return error


def request_id(response: httpx2.Response) -> int | None:
    """Return the id of the request that a response answers, as the record has it."""
    id_: int | None = response.extensions.get("request_id")
    return id_


def _received(response: httpx2.Response, id_: int, sent_at: float, now: float) -> ResponseReceived:
    return ResponseReceived(
        now,
        id_,
        status=response.status_code,
        reason=response.reason_phrase,
        content_type=response.headers.get("content-type"),
        body=json_or_text(response.text),
        body_bytes=len(response.content),
        seconds=round(now - sent_at, 6),
        authorization=response.request.headers.get("authorization"),
    )
