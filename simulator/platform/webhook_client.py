"""The platform's requests to webhooks: its methods, its time limits, its one retry (docs/platform.md, 6)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import httpx2

from simulator.platform.signature import Signature

RETRIED_STATUSES = {429, 503, 504}


class TimeLimits(NamedTuple):
    """How long the platform waits for a webhook, in seconds."""

    connect: float
    answer: float


ANSWER_LIMITS = TimeLimits(1, 5)
EVENT_LIMITS = TimeLimits(1, 10)


class WebhookError(Exception):
    """A webhook gave no usable answer, not even to the retry where one is due; the message says which and why."""


class WebhookClient:
    """Sends the platform's requests, signed or not, for any number of calls at once."""

    def __init__(self, signature: Signature | None = None, retry_pause: float = 0.0) -> None:
        """Take the seconds between a failed request and its retry."""
        self._retry_pause = retry_pause
        # No cap on connections: calls must not wait for each other. No proxy from the environment.
        limits = httpx2.Limits(max_connections=None, max_keepalive_connections=20)
        self._http = httpx2.AsyncClient(auth=signature, limits=limits, trust_env=False)

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def request(self, method: str, url: str, fields: Mapping[str, Any], limits: TimeLimits) -> httpx2.Response:
        """Send the fields, by GET as query parameters, by POST as JSON, and return the response, a 2xx.

        After a time-out, a broken connection or one of the statuses 429, 503 and 504, the request is sent once more.
        Raises WebhookError.
        """
        for last in (False, True):
            try:
                response = await self._attempt(method, url, fields, limits)
            except (TimeoutError, httpx2.RequestError, httpx2.InvalidURL) as error:
                if last:
                    raise WebhookError(_explain(error, url, limits)) from error
            else:
                if last or response.status_code not in RETRIED_STATUSES:
                    return _accepted(response, url)
            await asyncio.sleep(self._retry_pause)
        raise AssertionError("the last attempt returns or raises")

    async def fetch(self, url: str, seconds: float) -> httpx2.Response:
        """Fetch a sound file, unsigned: no webhook gives it. Raises httpx2.HTTPError, or InvalidURL."""
        return await self._http.get(url, auth=None, timeout=seconds, follow_redirects=True)

    async def _attempt(self, method: str, url: str, fields: Mapping[str, Any], limits: TimeLimits) -> httpx2.Response:
        timeout = httpx2.Timeout(limits.answer, connect=limits.connect)
        # httpx's limits are for each read; the platform's is for the whole answer.
        async with asyncio.timeout(limits.connect + limits.answer):
            if method == "GET":
                return await self._http.get(httpx2.URL(url).copy_merge_params(_as_query(fields)), timeout=timeout)
            return await self._http.post(url, json=fields, timeout=timeout)


def _accepted(response: httpx2.Response, url: str) -> httpx2.Response:
    if not response.is_success:
        answer = f"{response.status_code} {response.reason_phrase} {response.text[:200]}".rstrip()
        raise WebhookError(f"{url} answered {answer}")
    return response


def _explain(error: Exception, url: str, limits: TimeLimits) -> str:
    if isinstance(error, TimeoutError | httpx2.TimeoutException):
        return f"{url} did not answer in time, twice ({limits.connect:g} s to connect, {limits.answer:g} s to answer)"
    return f"{url} can't be reached: {error or type(error).__name__}; is the server running?"


def _as_query(fields: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in fields.items()
        if value is not None
    }
