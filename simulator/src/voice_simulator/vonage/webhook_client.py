"""The platform's requests to webhooks: its methods, its time limits, its one retry (platform.md, 6)."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Mapping
from typing import Any, NamedTuple

import httpx2

from ..record.events import Webhook
from ..record.record import Record
from .application import trusted_authorities
from .connection_trouble import explain_trouble
from .signature import Signature
from .webhook_exchange import WebhookExchange

RETRIED_STATUSES = {429, 503, 504}
MAX_BODY_BYTES = 1 << 20  # an NCCO is far smaller; the platform's own limit is not known


class TimeLimits(NamedTuple):
    """How long the platform waits for a webhook, in seconds."""

    connect: float
    answer: float


ANSWER_LIMITS = TimeLimits(1, 5)
EVENT_LIMITS = TimeLimits(1, 10)


class WebhookError(Exception):
    """A webhook gave no usable answer, not even to the retry where one is due; the message says which and why."""

    def __init__(self, url: str, trouble: str, *, timed_out: bool = False, unreachable: bool = False) -> None:
        """Take the trouble as it follows the URL."""
        super().__init__(f"{url} {trouble}")
        self.trouble = trouble
        self.timed_out = timed_out
        self.unreachable = unreachable


class _BodyTooLongError(Exception):
    """A response's body has more than MAX_BODY_BYTES."""


class WebhookClient:
    """Sends the platform's requests, signed or not, for any number of calls at once."""

    def __init__(
        self,
        signature: Signature | None = None,
        retry_pause: float = 0.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Take the seconds between a failed request and its retry, and the TLS context of https webhooks."""
        self._signed = signature is not None
        self._retry_pause = retry_pause
        # No cap on connections: calls must not wait for each other. No proxy from the environment.
        limits = httpx2.Limits(max_connections=None, max_keepalive_connections=20)
        self._http = httpx2.AsyncClient(
            auth=signature, limits=limits, trust_env=False, verify=tls or trusted_authorities()
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

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
            exchange = WebhookExchange(record, webhook, event_name, method, url, fields, attempt)
            try:
                response = await self._attempt(method, url, fields, limits)
            except _BodyTooLongError:
                exchange.failed(too_long := f"sent a body of more than {MAX_BODY_BYTES >> 20} MiB")
                raise WebhookError(url, too_long) from None
            except (TimeoutError, httpx2.RequestError, httpx2.InvalidURL) as error:
                explained = _explained(error, url, limits)
                exchange.failed(explained.trouble)
                if last:
                    raise explained from error
            else:
                exchange.answered(response)
                if last or response.status_code not in RETRIED_STATUSES:
                    return self._accepted(response, url, exchange)
            await asyncio.sleep(self._retry_pause)
        raise AssertionError("the last attempt returns or raises")

    async def fetch(self, url: str, seconds: float) -> httpx2.Response:
        """Fetch a sound file, unsigned: no webhook gives it. Raises httpx2.HTTPError, or InvalidURL."""
        return await self._http.get(url, auth=None, timeout=seconds, follow_redirects=True)

    async def _attempt(self, method: str, url: str, fields: Mapping[str, Any], limits: TimeLimits) -> httpx2.Response:
        timeout = httpx2.Timeout(limits.answer, connect=limits.connect)
        if method == "GET":
            whole_url = httpx2.URL(url).copy_merge_params(_as_query(fields))
            request = self._http.build_request(method, whole_url, timeout=timeout)
        else:
            request = self._http.build_request(method, url, json=fields, timeout=timeout)
        # httpx's limits are for each read; the platform's is for the whole answer.
        async with asyncio.timeout(limits.connect + limits.answer):
            response = await self._http.send(request, stream=True)
            try:
                return await _read(response)
            finally:
                await response.aclose()

    def _accepted(self, response: httpx2.Response, url: str, exchange: WebhookExchange) -> httpx2.Response:
        if not response.is_success:
            answer = f"answered {response.status_code} {response.reason_phrase} {response.text[:200]}".rstrip()
            error = WebhookError(url, answer + self._advice(response))
            exchange.refused(error.trouble)
            raise error
        return response

    def _advice(self, response: httpx2.Response) -> str:
        """Return what to do about a status that is no success, where there is something."""
        if response.has_redirect_location:
            target = response.headers["location"]
            return f"; it redirects to {target}, and redirects are not followed: set the address that it points to"
        if response.status_code != 401:
            return ""
        if self._signed:
            return "; is VONAGE_SIGNATURE_SECRET the same here and at the server?"
        return "; the request was not signed: set VONAGE_SIGNATURE_SECRET to the server's"


async def _read(response: httpx2.Response) -> httpx2.Response:
    """Return the response with its body, once this is there."""
    body = bytearray()
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > MAX_BODY_BYTES:
            raise _BodyTooLongError
    # The body is decoded, so its coding is told no more.
    headers = [(name, value) for name, value in response.headers.multi_items() if name != "content-encoding"]
    return httpx2.Response(response.status_code, headers=headers, content=bytes(body), request=response.request)


def _explained(error: Exception, url: str, limits: TimeLimits) -> WebhookError:
    if isinstance(error, TimeoutError | httpx2.TimeoutException):
        seconds = f"{limits.connect:g} s to connect, {limits.answer:g} s to answer"
        return WebhookError(url, f"did not answer in time, twice ({seconds})", timed_out=True)
    return WebhookError(url, f"can't be reached: {explain_trouble(error, url)}", unreachable=True)


def _as_query(fields: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in fields.items()
        if value is not None
    }
