"""The webhooks of a phone's call: each request can be sent again, as it was and signed anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import httpx2

from ..record.record import Record
from ..record.redaction import json_or_text, redact
from ..vonage.application import Application
from ..vonage.requester import SIGNED, Requester, Signed, TimeLimits, WebhookError
from ..vonage.webhooks import Webhooks


class Sent(NamedTuple):
    """A request, with what the record shortens."""

    method: str
    url: str
    fields: dict[str, Any]
    limits: TimeLimits


class RepeatableWebhooks(Webhooks):
    """Keeps the requests of one call."""

    def __init__(self, application: Application, retry_pause: float, record: Record) -> None:
        super().__init__(application, retry_pause)
        self._application = application
        self._record = record
        self._sent: dict[int, Sent] = {}  # by the id of the request

    async def send(
        self,
        method: str,
        url: str,
        fields: Mapping[str, Any],
        limits: TimeLimits,
        *,
        headers: Mapping[str, str] | None = None,
        auth: httpx2.Auth | Signed | None = SIGNED,
    ) -> httpx2.Response:
        """Keep the request that the record got last, and send it. Raises WebhookError."""
        self._sent[self._record.last_request_id] = Sent(method, url, dict(fields), limits)
        return await super().send(method, url, fields, limits, headers=headers, auth=auth)

    def sent(self, id_: int) -> Sent:
        """Return a request by its id. Raises ValueError if there is none."""
        if id_ not in self._sent:
            raise ValueError(f"the last call of this tab has sent no request {id_}")
        return self._sent[id_]

    async def send_again(self, sent: Sent) -> dict[str, Any]:
        """Send a request again, even after the call; return what came as JSON."""
        requester = Requester(self._application)
        try:
            response = await requester.send(*sent)
        except WebhookError as error:
            return {"sentence": redact(error.trouble)}
        finally:
            await requester.close()
        return {
            "status": response.status_code,
            "reason": response.reason_phrase,
            "seconds": round(response.elapsed.total_seconds(), 6),
            "body": redact(json_or_text(response.text)),
        }
