"""Requests to the webhooks of the checked application: not too many at once, and no more than its limit allows."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx2

from ..vonage.application import Application
from ..vonage.requester import SIGNED, Requester, Signed, TimeLimits

AT_ONCE = 8
PATIENCE = TimeLimits(5.0, 15.0)  # longer than the platform's, so that a rule can say how late an answer was
REFUSALS, LONGEST_PAUSE_SECONDS = 10, 30.0


class Requests:
    """Sends requests for all rules of a check; where the application's limit is reached, one at a time."""

    def __init__(self, application: Application) -> None:
        self._requester = Requester(application)
        self._places = asyncio.Semaphore(AT_ONCE)
        self._limited: set[str] = set()  # URLs that have refused a request as one too many
        self._turn = asyncio.Lock()  # to request one of these

    async def close(self) -> None:
        await self._requester.close()

    async def send(
        self,
        method: str,
        url: str,
        fields: Mapping[str, Any],
        *,
        headers: Mapping[str, str] | None = None,
        auth: httpx2.Auth | Signed | None = SIGNED,
    ) -> httpx2.Response:
        """Send fields as Requester does; a 429 with Retry-After is waited for. Raises WebhookError."""

        async def attempt() -> httpx2.Response:
            return await self._requester.send(method, url, fields, PATIENCE, headers=headers, auth=auth)

        if url not in self._limited:
            async with self._places:
                response = await attempt()
            if not _is_over_limit(response):
                return response
            self._limited.add(url)
        async with self._turn:
            for _ in range(REFUSALS):
                response = await attempt()
                if not _is_over_limit(response):
                    break
                await asyncio.sleep(_seconds_to_wait(response))
        return response


def _is_over_limit(response: httpx2.Response) -> bool:
    return response.status_code == 429 and "retry-after" in response.headers


def _seconds_to_wait(response: httpx2.Response) -> float:
    wait = response.headers["retry-after"]
    return min(float(wait), LONGEST_PAUSE_SECONDS) if wait.isdecimal() else 1.0
