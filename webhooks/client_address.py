"""The client address of a request, as Caddy sees it."""

from __future__ import annotations

import ipaddress
from functools import cached_property

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
IPV6_NETWORK_BITS = 64  # one host may use all the addresses of such a network


class Proxies:
    """The proxies that are trusted to report the client's address."""

    def __init__(self, allowed: str) -> None:
        """Take addresses and networks, separated by commas, or `*`; a malformed one raises ValueError when used."""
        self._allowed = [part.strip() for part in allowed.split(",") if part.strip()]

    def client_address(self, peer: str, forwarded_for: str) -> str:
        """Return the last address in `X-Forwarded-For` that a trusted proxy reports, or the peer's own.

        For an IPv6 address, return its network.
        """
        client = peer
        for reported in reversed(forwarded_for.split(",")):
            if not self._trusts(client) or _parse(reported) is None:
                break
            client = reported
        address = _parse(client)
        if isinstance(address, ipaddress.IPv6Address):
            return str(ipaddress.ip_network((address, IPV6_NETWORK_BITS), strict=False))
        return str(address or "")

    def _trusts(self, proxy: str) -> bool:
        address = _parse(proxy)
        return "*" in self._allowed or (address is not None and any(address in network for network in self._networks))

    @cached_property
    def _networks(self) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
        return [ipaddress.ip_network(part) for part in self._allowed if part != "*"]


def _parse(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
