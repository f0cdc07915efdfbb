"""Tells a person when the whole server answers."""

from __future__ import annotations

import sys
import time
from http.client import HTTPConnection, HTTPException

from local_run.environment import LOCAL

READY_SECONDS = 30


def announce(environment: dict[str, str]) -> None:
    """Print where the server is and what to type next, as soon as all processes answer."""
    port = environment["PORT"]
    wanted = [
        (environment["WEBHOOKS_PORT"], "GET", "/readyz"),
        (environment["ECHO_ENGINE_PORT"], "GET", "/readyz"),
        (port, "OPTIONS", "*"),  # answered by Caddy's HTTP server itself, and not logged
    ]
    phone = environment.get("PHONE_PORT")
    deadline = time.monotonic() + READY_SECONDS
    while not (
        all(status(*request) == 200 for request in wanted) and (phone is None or status(phone, "GET", "/") is not None)
    ):
        if time.monotonic() > deadline:
            _tell(f"Not ready after {READY_SECONDS} s; the lines above say why. Ctrl-C ends.")
            return
        time.sleep(0.1)
    call = "make call" if port == "3000" else f"make call PORT={port}"
    on_phone = f"Phone in the browser: http://{LOCAL}:{phone}   " if phone else ""
    _tell(f"Ready: http://{LOCAL}:{port}   {on_phone}In another shell: {call}   Ctrl-C ends.")


def status(port: str, method: str, target: str) -> int | None:
    """Return the HTTP status that a process answers with, or None if it doesn't answer."""
    connection = HTTPConnection(LOCAL, int(port), timeout=1)
    try:
        connection.request(method, target)
        return connection.getresponse().status
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()


def _tell(message: str) -> None:
    print(f"\n{message}\n", file=sys.stderr, flush=True)  # noqa: T201  # stdout is for the processes' lines
