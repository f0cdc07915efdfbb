"""The application that is checked: where it is, and what its owner has told about it."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from ..vonage.signature import Signature

CALLER, CALLED = "447700900123", "442079460000"


@dataclass(frozen=True)
class Target:
    """An application: its absolute URLs, how its answer webhook is requested, and what is known of its account."""

    answer_url: str
    event_url: str
    fallback_url: str
    tls: ssl.SSLContext
    method: Literal["GET", "POST"] = "GET"  # of the answer and fallback webhooks
    fallback_named: bool = False  # by the application's owner; else its URL is a guess
    secret: str | None = None  # the account's signature secret
    api_key: str | None = None
    application_id: str | None = None
    caller: str = CALLER
    called: str = CALLED
    reload: str | None = None  # the command that reloads the proxy

    @property
    def signature(self) -> Signature | None:
        """The platform's signature, if the secret is known."""
        return Signature(self.secret, self.api_key, self.application_id) if self.secret else None

    @property
    def host(self) -> str:
        """The host of the answer webhook."""
        return urlsplit(self.answer_url).hostname or ""

    @property
    def is_secure(self) -> bool:
        """Whether the webhooks are reached by https."""
        return urlsplit(self.answer_url).scheme == "https"

    @property
    def has_public_name(self) -> bool:
        """Whether the host is a name that others may know, no address and not this machine's own name for itself."""
        return is_public_name(self.host)


def is_public_name(host: str) -> bool:
    """Return whether a host is a name that others may know."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." in host and not host.endswith((".localhost", ".local", ".internal"))
    return False
