"""One request to a webhook and what became of it, for the record of its call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx2

from ..record.events import ProblemFound, RequestFailed, RequestSent, ResponseReceived, Webhook
from ..record.record import Record
from ..record.redaction import json_or_text

TIME_LIMITS = "6"  # the section of the platform facts on time limits, retries and the fallback


class WebhookExchange:
    """Records a request as it leaves, and its response or its failure."""

    def __init__(
        self,
        record: Record,
        webhook: Webhook,
        event_name: str | None,
        method: str,
        url: str,
        fields: Mapping[str, Any],
        attempt: int,
    ) -> None:
        """Take the request, which leaves now."""
        self._record = record
        self._id = record.new_request_id()
        self._sent_at = record.now
        record.add(RequestSent(self._sent_at, self._id, webhook, event_name, method, url, dict(fields), attempt))

    def answered(self, response: httpx2.Response) -> None:
        """The whole response is there; it remembers which request it answers."""
        response.extensions["request_id"] = self._id
        now = self._record.now
        self._record.add(
            ResponseReceived(
                now,
                self._id,
                status=response.status_code,
                reason=response.reason_phrase,
                content_type=response.headers.get("content-type"),
                body=json_or_text(response.text),
                body_bytes=len(response.content),
                seconds=round(now - self._sent_at, 6),
                authorization=response.request.headers.get("authorization"),
            )
        )

    def refused(self, trouble: str) -> None:
        """The response can't be used."""
        sentence = f"the webhook {trouble}"
        self._record.add(ProblemFound(self._record.now, sentence, True, TIME_LIMITS, self._id))

    def failed(self, trouble: str) -> None:
        """No response has come, or none that could be read."""
        now = self._record.now
        self._record.add(RequestFailed(now, self._id, trouble, round(now - self._sent_at, 6), TIME_LIMITS))


def request_id(response: httpx2.Response) -> int | None:
    """Return the id of the request that a response answers, as the record has it."""
    id_: int | None = response.extensions.get("request_id")
    return id_
