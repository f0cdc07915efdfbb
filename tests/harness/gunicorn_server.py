"""The webhooks as `make run` and the container start them: gunicorn with webhooks/gunicorn.conf.py."""

from __future__ import annotations

import json
import re
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from tests.harness.forge import SOCKET_SECRET
from tests.harness.process import DEADLINE, Process, errors_into, started

COMMAND = [str(Path(sys.executable).parent / "gunicorn"), "-c", "webhooks/gunicorn.conf.py", "webhooks:create_app()"]


class Server:
    """A running gunicorn, and requests to it."""

    def __init__(self, process: Process, errors_file: Path) -> None:
        self.process = process
        self._errors_file = errors_file

    @property
    def lines(self) -> list[str]:
        return self.process.lines

    @cached_property
    def port(self) -> int:
        return int(self.wait_for("Listening at: ").partition("127.0.0.1:")[2].split()[0])

    def wait_for(self, start: str) -> str:
        """Return the first event that starts so, already logged or yet to come."""
        line = self.process.wait_for(f'.*"event": "{re.escape(start)}.*')[0]
        event: str = json.loads(line)["event"]
        return event

    def connection(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)

    def answer(self, **headers: str) -> Any:
        connection = self.connection()
        connection.request(
            "GET", "/webhooks/answer", headers={name.replace("_", "-"): headers[name] for name in headers}
        )
        connect = json.load(connection.getresponse())[-1]
        connection.close()
        return connect

    def stop(self) -> tuple[int, str]:
        """Send SIGTERM if it still runs; return the exit code and what stderr got."""
        code = self.process.stop()
        return code, self._errors_file.read_text()


@contextmanager
def gunicorn(home: Path, **settings: str) -> Iterator[Server]:
    """Start the server on a free port, with default settings but for those given; stop it in the end."""
    places = {"WEBHOOKS_PORT": "0", "HOME": str(home), "XDG_RUNTIME_DIR": str(home), "SOCKET_SECRET": SOCKET_SECRET}
    errors_file = home / "errors"
    with started(errors_into(errors_file, COMMAND), **(places | settings)) as process:
        yield Server(process, errors_file)


def exchange(server: Server, request: bytes) -> bytes:
    """Send bytes and no more, return all that comes back."""
    with socket.create_connection(("127.0.0.1", server.port), DEADLINE) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        try:
            while chunk := connection.recv(65536):
                received += chunk
        except ConnectionResetError:
            pass
    return received
