"""A voice application of somebody else, run in a thread: its webhooks, and its sockets if it has any."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from flask import Flask
from werkzeug.serving import make_server


class Address(NamedTuple):
    """Where an application listens."""

    answer_url: str


@contextmanager
def serving(app: Flask) -> Iterator[Address]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield Address(f"http://127.0.0.1:{server.server_port}/webhooks/answer")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
