"""Requests to webhooks as the platform sends them: signed, by GET or POST, within its time limits (platform.md, 6)."""

from __future__ import annotations

import asyncio
import datetime
import json
import re
from collections.abc import Mapping
from time import perf_counter
from typing import Any, Literal, NamedTuple

import httpx2

from .application import Application
from .connection_trouble import explain_trouble, tunnel_trouble
from .proxy import proxy_for

MAX_BODY_BYTES = 1 << 20  # decoded; an NCCO is far smaller, and the platform's own limit is unknown
MAX_SOUND_BYTES = 1 << 25  # of a sound file: 17 minutes at 16 kHz
SHOWN_CHARACTERS = 100  # of a body
CODINGS = {"", "identity", "gzip", "x-gzip", "deflate"}  # a piece of the others may grow without bound

Signed = Literal["as the platform signs"]
SIGNED: Signed = "as the platform signs"


class TimeLimits(NamedTuple):
    """How long a webhook may take, in seconds."""

    connect: float
    answer: float

    @property
    def seconds(self) -> float:
        return self.connect + self.answer


ANSWER_LIMITS = TimeLimits(1, 5)
EVENT_LIMITS = TimeLimits(1, 10)


class WebhookError(Exception):
    """A webhook gave no usable answer; the message says which one, and why."""

    def __init__(self, url: str, trouble: str, *, timed_out: bool = False, unreachable: bool = False) -> None:
        super().__init__(f"{url} {trouble}")
        self.url = url
        self.trouble = trouble
        self.timed_out = timed_out
        self.unreachable = unreachable

    @property
    def may_pass(self) -> bool:
        return self.timed_out or self.unreachable


class Requester:
    """Sends requests for any number of calls at once; each is one attempt."""

    def __init__(self, application: Application) -> None:
        self.signature = application.signature
        self._tls = application.tls
        self._clients: dict[str | None, httpx2.AsyncClient] = {}  # by the proxy

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()

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
        """Send fields, by GET as query parameters, by POST as JSON; return the response, whatever its status.

        The request is signed as the platform signs it, if the secret is known, or by `auth`; None leaves it unsigned.
        Raises WebhookError.
        """
        signature = self.signature if auth == SIGNED else auth
        try:
            if method == "GET":
                whole_url = httpx2.URL(url).copy_merge_params(_as_query(fields))
                return await self._exchange(method, whole_url, limits, MAX_BODY_BYTES, signature, headers)
            body = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
            return await self._exchange(method, url, limits, MAX_BODY_BYTES, signature, headers, content=body)
        except (TimeoutError, httpx2.TimeoutException) as error:
            seconds = f"{limits.connect:g} s to connect, {limits.answer:g} s to answer"
            raise WebhookError(url, f"did not answer in time ({seconds})", timed_out=True) from error
        except (httpx2.DecodingError, _UnusableBodyError) as error:
            raise WebhookError(url, str(error)) from error
        except (httpx2.RequestError, httpx2.InvalidURL, ImportError, ValueError) as error:
            raise WebhookError(url, f"can't be reached: {explain_trouble(error, url)}", unreachable=True) from error

    async def fetch(self, url: str, seconds: float) -> httpx2.Response:
        """Fetch a sound file, unsigned: no webhook gives it. Raises WebhookError."""
        try:
            return await self._exchange(
                "GET", url, TimeLimits(seconds, 0), MAX_SOUND_BYTES, None, follow_redirects=True
            )
        except (TimeoutError, httpx2.TimeoutException) as error:
            raise WebhookError(url, f"did not end within {seconds:g} s", timed_out=True) from error
        except (httpx2.DecodingError, _UnusableBodyError) as error:
            raise WebhookError(url, str(error)) from error
        except (httpx2.HTTPError, httpx2.InvalidURL, ImportError, ValueError) as error:
            raise WebhookError(url, f"can't be fetched: {explain_trouble(error, url)}", unreachable=True) from error

    async def _exchange(
        self,
        method: str,
        url: httpx2.URL | str,
        limits: TimeLimits,
        most_bytes: int,
        auth: httpx2.Auth | None,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> httpx2.Response:
        if method == "POST":
            headers = {"Content-Type": "application/json"} | dict(headers or {})
        options["timeout"] = httpx2.Timeout(limits.answer or limits.connect, connect=limits.connect)
        begun = perf_counter()
        # httpx's limits are for each read; the platform's is for the whole answer.
        async with (
            asyncio.timeout(limits.seconds),
            self._client(str(url)).stream(method, url, auth=auth, headers=headers, **options) as stream,
        ):
            response = await _read(stream, most_bytes)
        response.elapsed = datetime.timedelta(seconds=perf_counter() - begun)
        return response

    def _client(self, url: str) -> httpx2.AsyncClient:
        proxy = proxy_for(url)
        if proxy not in self._clients:
            # No cap on connections: calls must not wait for each other.
            limits = httpx2.Limits(max_connections=None, max_keepalive_connections=20)
            self._clients[proxy] = httpx2.AsyncClient(
                limits=limits,
                trust_env=False,
                proxy=proxy,
                verify=self._tls,
                headers={"Accept-Encoding": "gzip, deflate"},
            )
        return self._clients[proxy]


class _UnusableBodyError(Exception):
    """A response's body is too long, or has a coding that was not offered."""


async def _read(stream: httpx2.Response, most_bytes: int) -> httpx2.Response:
    """Return a response with its body, once this is there."""
    coding = stream.headers.get("content-encoding", "").strip().lower()
    if coding not in CODINGS:
        raise _UnusableBodyError(f"sent a body in the coding {coding[:20]!r}; only gzip and deflate were offered")
    body = bytearray()
    async for piece in stream.aiter_bytes():
        if len(body) + len(piece) > most_bytes:
            most = f"{most_bytes >> 20} MiB once decoded; this simulator takes no more"
            raise _UnusableBodyError(f"sent a body of more than {most}: shorten it")
        body += piece
    # The body is decoded. Headers are bytes: what isn't ASCII stays as it came.
    headers = [(name, value) for name, value in stream.headers.raw if name.lower() != b"content-encoding"]
    response = httpx2.Response(stream.status_code, headers=headers, content=bytes(body), request=stream.request)
    response.encoding = "utf-8"  # whatever its Content-Type says: Python has codecs that aren't for text
    return response


def shown(response: httpx2.Response) -> str:
    """Return a response's status and the beginning of its body, unless that is a page; without a token."""
    status = f"{response.status_code} {response.reason_phrase}"
    if "html" in response.headers.get("content-type", ""):
        return status
    text = re.sub(r"(?i)(bearer )[^\s\"']+", r"\1…", " ".join(response.text.split()))
    return f"{status} {text if len(text) <= SHOWN_CHARACTERS else f'{text[:SHOWN_CHARACTERS]}…'}".rstrip()


def advice(response: httpx2.Response, *, signed: bool) -> str:
    """Return what to do about a status that is no success, as the end of a sentence; empty where nothing is known."""
    if response.has_redirect_location:
        target = response.headers["location"]
        return f"; it redirects to {target}, and redirects are not followed: set the address that it points to"
    if tunnel := tunnel_trouble(response.content):
        return f"; {tunnel}"
    if response.status_code != 401:
        return ""
    if signed:
        return "; is VONAGE_SIGNATURE_SECRET the same here and at the server?"
    return "; the request was not signed: set VONAGE_SIGNATURE_SECRET to the server's"


def _as_query(fields: Mapping[str, Any]) -> dict[str, str]:
    """Return fields as query parameters; those without a value are left out."""
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in fields.items()
        if value is not None
    }
