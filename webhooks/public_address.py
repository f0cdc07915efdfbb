"""The public address, at which the platform reaches this deployment."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

SOCKET_PATH = "/socket"
# The first of each is current; the others are those of older tutorials (platform.md, 9).
ANSWER_PATHS = ("/webhooks/answer", "/ncco")
EVENTS_PATHS = ("/webhooks/events", "/webhooks/event")
FALLBACK_PATHS = ("/webhooks/fallback",)

_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
# RFC 9110, 7.2: a name, an IPv4 or a bracketed IPv6 address, and an optional port.
_HOST = re.compile(rf"(?:(?P<name>{_LABEL}(?:\.{_LABEL})*)|\[(?P<ipv6>[0-9A-Fa-f:.]+)\])(?::(?P<port>[0-9]{{1,5}}))?")
_HOST_MAX_CHARS = 253 + len(":65535")
_PUBLIC_URL = re.compile(r"(https?)://([^/?#]+)/?", re.IGNORECASE)


@dataclass(frozen=True)
class PublicAddress:
    """A scheme (`http` or `https`) and a host with an optional port."""

    scheme: str
    host: str

    @property
    def socket_url(self) -> str:
        """Absolute URI of the WebSocket: `wss` for https, `ws` for http."""
        return f"{'wss' if self.scheme == 'https' else 'ws'}://{self.host}{SOCKET_PATH}"

    @property
    def events_url(self) -> str:
        return f"{self.scheme}://{self.host}{EVENTS_PATHS[0]}"


def choose_public_address(public_url: str | None, scheme: str, host: str) -> PublicAddress | None:
    """Return the address that `PUBLIC_URL` sets, or the one that the request came to.

    A trusted proxy reports `scheme`; `host` is the Host header. Return None if the host is malformed.
    """
    if public_url is not None:
        return parse_public_url(public_url)
    return PublicAddress(scheme, host) if _is_host(host) else None


def parse_public_url(url: str) -> PublicAddress:
    """Return the address in a `PUBLIC_URL`; raises ValueError unless it is just a scheme and a host."""
    match = _PUBLIC_URL.fullmatch(url)
    if match is None or not _is_host(match[2]):
        raise ValueError("must be like https://echo.example.com: http or https, a host and an optional port")
    return PublicAddress(match[1].lower(), match[2])


def _is_host(host: str) -> bool:
    match = _HOST.fullmatch(host)
    if match is None or len(host) > _HOST_MAX_CHARS:
        return False
    if match["port"] is not None and not 0 < int(match["port"]) <= 65535:
        return False
    if match["ipv6"] is not None:
        return _is_address(ipaddress.IPv6Address, match["ipv6"])
    # A name with a number as its last label can only be an IPv4 address.
    if match["name"].rpartition(".")[2].isdecimal():
        return _is_address(ipaddress.IPv4Address, match["name"])
    return True


def _is_address(family: type[ipaddress.IPv4Address | ipaddress.IPv6Address], text: str) -> bool:
    try:
        family(text)
    except ValueError:
        return False
    return True
