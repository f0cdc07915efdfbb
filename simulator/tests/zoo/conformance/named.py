"""Applications with a name, which resolves on this machine while the zoo is open."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from simulator.tests.zoo.conformance.application import Application

NAME = "voice.zoo.example"


class Named(Application):
    @property
    def host(self) -> str:
        return f"{NAME}:{self.port}"


@contextmanager
def name_resolving() -> Iterator[None]:
    """Let the name resolve to this machine, for asyncio's loop in this process."""
    real = socket.getaddrinfo

    def look_up(host: Any, *arguments: Any, **options: Any) -> Any:
        return real("127.0.0.1" if host in (NAME, NAME.encode()) else host, *arguments, **options)

    with mock.patch("socket.getaddrinfo", look_up):
        yield
