"""The applications that the page may have called: the command line's, this machine's, and those allowed there."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

ANY = "any"
DEFAULT_PORTS = {"http": 80, "https": 443}


class AllowedApplications:
    """Knows them by the origins of their answer webhooks.

    Else whoever gets a person to type an address, or a page that gets past Host and Origin, could have this machine
    send requests to any address in its network.
    """

    def __init__(self, own: str, allowed: Collection[str] = ()) -> None:
        """Take the answer webhook of the command line, and origins, or `any`. Raises ValueError for no origin."""
        self._origins = {_origin(url) for url in (own, *allowed) if url != ANY}
        self._any = ANY in allowed

    def refuse(self, url: str) -> str:
        """Return why an answer webhook may not be requested; empty if it may."""
        origin = _origin(url)
        if self._any or origin in self._origins or _is_loopback(urlsplit(url).hostname or ""):
            return ""
        return f"{origin} was not allowed when the phone was started: start it with --allow {origin}"


def _origin(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port or DEFAULT_PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise ValueError(f"{url!r} must begin with http:// or https:// and a host") from None
    if not parts.hostname:
        raise ValueError(f"{url!r} has no host")
    shown = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{shown}" + (f":{port}" if port != DEFAULT_PORTS[parts.scheme] else "")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
