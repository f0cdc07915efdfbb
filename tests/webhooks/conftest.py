"""The application under test, with default settings, and what it logs."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from shared.logs import configure_structlog
from tests.forge import SOCKET_SECRET
from tests.webhooks.gunicorn_server import Server, gunicorn
from webhooks import create_app
from webhooks.config import WebhooksSettings


class Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Any] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.msg)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in WebhooksSettings.model_fields.values():
        monkeypatch.delenv(str(field.validation_alias), raising=False)
    monkeypatch.setenv("SOCKET_SECRET", SOCKET_SECRET)


@pytest.fixture
def client() -> FlaskClient:
    app = create_app(WebhooksSettings())
    app.testing = True  # our own faults surface as exceptions, not as a 500
    return app.test_client()


@pytest.fixture
def logged() -> Iterator[list[dict[str, Any]]]:
    """The lines that the webhooks log, as the fields of their JSON."""
    configure_structlog()
    logger, handler = logging.getLogger("webhooks"), Lines()
    logger.addHandler(handler)
    logger.setLevel("DEBUG")
    yield handler.lines
    logger.setLevel("NOTSET")
    logger.removeHandler(handler)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with gunicorn(tmp_path_factory.mktemp("home")) as server:
        yield server
