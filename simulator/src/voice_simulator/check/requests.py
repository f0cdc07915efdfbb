"""Requests to the webhooks of the checked application: signed, unless a rule wants otherwise, and not too many."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Literal

import httpx2

from ..vonage.application import Application
from ..vonage.connection_trouble import explain_trouble
from ..vonage.webhook_client import WebhookError

Signed = Literal["as the platform signs"]
SIGNED: Signed = "as the platform signs"

AT_ONCE = 8
PATIENCE_SECONDS = 20.0  # longer than the platform waits, so that a rule can tell how late an answer was
REFUSALS, LONGEST_PAUSE_SECONDS = 10, 30.0


class Requests:
    """Sends requests for all rules of a check; where the application's limit is reached, one asks after the other."""

    def __init__(self, application: Application) -> None:
        self._signature = application.signature
        self._places = asyncio.Semaphore(AT_ONCE)
        self._limited: set[str] = set()  # URLs that have refused a request as one too many
        self._turn = asyncio.Lock()  # to ask one of these
        self._http = httpx2.AsyncClient(trust_env=False, verify=application.tls, timeout=PATIENCE_SECONDS)

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def send(
        self,
        method: str,
        url: str,
        fields: Mapping[str, Any],
        *,
        headers: Mapping[str, str] | None = None,
        auth: httpx2.Auth | Signed | None = SIGNED,
    ) -> httpx2.Response:
        """Send fields, by GET as query parameters, by POST as JSON; return the response, whatever its status.

        The request is signed as the platform signs it, if the secret is known, or by `auth`; None leaves it unsigned. A
        429 with Retry-After is waited for. Raises WebhookError if nothing comes.
        """
        signature = self._signature if auth == SIGNED else auth
        if url not in self._limited:
            async with self._places:
                response = await self._attempt(method, url, fields, dict(headers or {}), signature)
            if not _is_over_limit(response):
                return response
            self._limited.add(url)
        async with self._turn:
            for _ in range(REFUSALS):
                response = await self._attempt(method, url, fields, dict(headers or {}), signature)
                if not _is_over_limit(response):
                    break
                await asyncio.sleep(_seconds_to_wait(response))
        return response

    async def _attempt(
        self, method: str, url: str, fields: Mapping[str, Any], headers: dict[str, str], auth: httpx2.Auth | None
    ) -> httpx2.Response:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                if method == "GET":
                    whole_url = httpx2.URL(url).copy_merge_params(as_query(fields))
                    return await self._http.get(whole_url, headers=headers, auth=auth)
                return await self._http.request(method, url, json=fields, headers=headers, auth=auth)
        except (TimeoutError, httpx2.TimeoutException) as error:
            raise WebhookError(url, f"did not answer within {PATIENCE_SECONDS:g} s", timed_out=True) from error
        except (httpx2.RequestError, httpx2.InvalidURL) as error:
            raise WebhookError(url, f"can't be reached: {explain_trouble(error, url)}", unreachable=True) from error


def _is_over_limit(response: httpx2.Response) -> bool:
    return response.status_code == 429 and "retry-after" in response.headers


def _seconds_to_wait(response: httpx2.Response) -> float:
    told = response.headers["retry-after"]
    return min(float(told), LONGEST_PAUSE_SECONDS) if told.isdecimal() else 1.0


def as_query(fields: Mapping[str, Any]) -> dict[str, str]:
    """Return fields as query parameters; those without a value are left out."""
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in fields.items()
        if value is not None
    }
