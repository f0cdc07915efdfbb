"""The real server: gunicorn with webhooks/gunicorn.conf.py, as the Procfile and the container start it."""

from __future__ import annotations

import json
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from tests.harness.forge import SOCKET_SECRET
from webhooks.settings import WebhooksSettings

ROOT = Path(__file__).parents[2]
COMMAND = [str(Path(sys.executable).parent / "gunicorn"), "-c", "webhooks/gunicorn.conf.py", "webhooks:create_app()"]
DEADLINE = 20.0  # seconds


class Server:
    """A running gunicorn; `lines` is what it has logged so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        self._unread: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    @cached_property
    def port(self) -> int:
        return int(self.wait_for("Listening at: ").partition("127.0.0.1:")[2].split()[0])

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._unread.put(line)

    def wait_for(self, start: str) -> str:
        """Return the event of the next log line that starts so."""
        deadline = time.monotonic() + DEADLINE
        while True:
            self.lines.append(self._unread.get(timeout=max(0.0, deadline - time.monotonic())))
            event: str = json.loads(self.lines[-1])["event"]
            if event.startswith(start):
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
        self.process.terminate()
        code = self.process.wait(DEADLINE)
        self._reader.join(DEADLINE)
        while not self._unread.empty():
            self.lines.append(self._unread.get())
        assert self.process.stderr is not None
        return code, self.process.stderr.read()


@contextmanager
def gunicorn(home: Path, **settings: str) -> Iterator[Server]:
    """Start the server on a free port, with default settings but for those given; stop it in the end."""
    ours = {str(field.validation_alias) for field in WebhooksSettings.model_fields.values()}
    environ = {name: value for name, value in os.environ.items() if name not in ours}
    environ |= {"WEBHOOKS_PORT": "0", "HOME": str(home), "XDG_RUNTIME_DIR": str(home)}
    environ |= {"SOCKET_SECRET": SOCKET_SECRET} | settings
    pipe = subprocess.PIPE
    with subprocess.Popen(COMMAND, cwd=ROOT, env=environ, text=True, stdout=pipe, stderr=pipe) as process:
        server = Server(process)
        try:
            yield server
        finally:
            try:
                server.stop()
            finally:
                process.kill()  # nothing if it has stopped


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
