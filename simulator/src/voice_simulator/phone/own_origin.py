"""The Host and Origin that requests to the phone must have: only its own page in this machine's browser may call."""

from __future__ import annotations

from websockets.datastructures import Headers, MultipleValuesError

NAMES = ("127.0.0.1", "localhost", "[::1]")
DEFAULT_PORT = 80


class OwnOrigin:
    """Checks the Host and the Origin of requests, for a port that browsers know the phone by.

    Anybody's page can send requests to 127.0.0.1. A page whose name was made to point here (DNS rebinding) has that
    name as its Host; any other page has its own Origin.
    """

    def __init__(self, port: int) -> None:
        self._hosts = {f"{name}:{port}" for name in NAMES} | ({*NAMES} if port == DEFAULT_PORT else set())
        self._origins = {f"http://{host}" for host in self._hosts}

    def refuse_host(self, headers: Headers) -> str:
        """Return why a request is refused for its Host; empty if it isn't."""
        host = _only(headers, "Host")
        if host is not None and host.lower() in self._hosts:
            return ""
        return f"The phone is at {min(self._hosts)} and at no other name."

    def refuse_origin(self, headers: Headers) -> str:
        """Return why a WebSocket is refused for its Origin; empty if it isn't."""
        if _only(headers, "Origin") in self._origins:
            return ""
        return "Only the phone's own page may place calls."


def _only(headers: Headers, name: str) -> str | None:
    try:
        return headers.get(name)
    except MultipleValuesError:
        return None
