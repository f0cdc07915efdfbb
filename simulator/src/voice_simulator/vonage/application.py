"""The application under test: where its webhooks are, and what its owner has set up with the platform."""

from __future__ import annotations

import functools
import ipaddress
import os
import re
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urljoin, urlsplit

import httpx2

from .signature import Signature

Method = Literal["GET", "POST"]


class ApplicationError(ValueError):
    """A field of an application can't be used; `field` is its name, and the message says what to give."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field} {problem}")
        self.field = field
        self.problem = problem


@dataclass(frozen=True)
class Application:
    """A voice application, its account, and the caller who calls it. Raises ApplicationError for a wrong value.

    Numbers are digits without +; a caller may also be a name, as `anonymous` or a SIP user.
    """

    answer_url: str
    event_url: str | None = None  # None: /webhooks/events at the answer webhook's host
    fallback_url: str | None = None  # None: /webhooks/fallback there
    method: Method = "GET"  # of requests to the answer and fallback webhooks
    caller: str = "447700900123"
    called: str = "442079460000"
    signature_secret: str | None = field(default=None, repr=False)  # the account's; without it nothing is signed
    api_key: str | None = None  # a claim of the signature, as the next one
    application_id: str | None = None
    ca: Path | None = None  # a PEM file of certificate authorities to trust as well

    def __post_init__(self) -> None:
        for name in ("answer_url", "event_url", "fallback_url"):
            if (url := getattr(self, name)) is not None and not _is_absolute(url):
                example = "such as http://127.0.0.1:3000/webhooks/answer"
                raise ApplicationError(name, f"must be an absolute http or https URL, {example}; it is {url!r}")
        if self.method not in get_args(Method):
            raise ApplicationError("method", f"must be GET or POST; it is {self.method!r}")
        for name in ("caller", "called"):
            if not _is_number(number := getattr(self, name)):
                raise ApplicationError(name, f"must be a number of 1 to 15 digits, without +; it is {number!r}")
        self.tls  # noqa: B018  # its files are read now, and not in the middle of a call

    @property
    def event_webhook(self) -> str:
        return self.event_url or urljoin(self.answer_url, "/webhooks/events")

    @property
    def fallback_webhook(self) -> str:
        return self.fallback_url or urljoin(self.answer_url, "/webhooks/fallback")

    @property
    def signature(self) -> Signature | None:
        """The platform's signature, if the secret is known."""
        secret = self.signature_secret
        return Signature(secret, self.api_key, self.application_id) if secret else None

    @property
    def tls(self) -> ssl.SSLContext:
        try:
            return trusted_authorities(self.ca)
        except TrustError as error:
            raise ApplicationError("ca", f"does not help: {error}") from error

    @property
    def host(self) -> str:
        return urlsplit(self.answer_url).hostname or ""

    @property
    def is_secure(self) -> bool:
        return urlsplit(self.answer_url).scheme == "https"

    @property
    def has_public_name(self) -> bool:
        """Whether the host is a public name, neither an address nor this machine's own name for itself."""
        return is_public_name(self.host)


def is_public_name(host: str) -> bool:
    """Return whether a host is a name that other machines may know."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." in host and not host.endswith((".localhost", ".local", ".internal"))
    return False


def _is_absolute(url: object) -> bool:
    try:
        parts = urlsplit(url) if isinstance(url, str) else None
        return parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _is_number(number: object) -> bool:
    """Return whether a caller is digits, or a name: text that doesn't look like a number."""
    if not isinstance(number, str) or not number.strip():
        return False
    return bool(re.fullmatch(r"[0-9]{1,15}", number)) or not re.fullmatch(r"[-+0-9 ().]+", number)


class TrustError(Exception):
    """A file of certificate authorities can't be used; the message says which and why."""


def trusted_authorities(ca: Path | None = None) -> ssl.SSLContext:
    """Return a TLS context: the authorities of SSL_CERT_FILE (or SSL_CERT_DIR) or else of this machine, and a file's.

    `ca` names a PEM file. The files are read once. Raises TrustError.
    """
    return _trusted_authorities(ca, os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))


@functools.lru_cache
def _trusted_authorities(ca: Path | None, *_environment: str | None) -> ssl.SSLContext:
    try:
        context = httpx2.create_ssl_context()
    except OSError as error:  # ssl.SSLError too
        raise TrustError(f"SSL_CERT_FILE or SSL_CERT_DIR can't be used: {_why(error)}") from error
    if ca is not None:
        try:
            context.load_verify_locations(cafile=ca)
        except OSError as error:
            raise TrustError(f"{ca} can't be used: {_why(error)}") from error
    return context


def _why(error: OSError) -> str:
    return "it holds no certificate in PEM" if isinstance(error, ssl.SSLError) else str(error.strerror)
