"""The proxy that the environment names: for public addresses, never for this machine's own."""

from __future__ import annotations

import ipaddress
import urllib.request
from urllib.parse import urlsplit

SCHEMES = {"ws": "http", "wss": "https"}


def proxy_for(url: str) -> str | None:
    """Return the proxy for a URL, by HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY; None for a direct connection."""
    parts = urlsplit(url)
    host, scheme = parts.hostname or "", parts.scheme.lower()
    if is_this_machine(host) or urllib.request.proxy_bypass(host):
        return None
    proxies = urllib.request.getproxies()
    return proxies.get(SCHEMES.get(scheme, scheme)) or proxies.get("all")


def is_this_machine(host: str) -> bool:
    """Return whether a host is this machine's own name or address for itself."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified
