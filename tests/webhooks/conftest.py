"""The application under test, with default settings, and what it logs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from flask.testing import FlaskClient
from hypothesis import settings

from tests.harness.forge import SOCKET_SECRET
from tests.harness.gunicorn_server import Server, gunicorn
from webhooks import create_app
from webhooks.settings import WebhooksSettings

settings.register_profile("without a deadline", deadline=None)  # a busy machine is no failure
settings.load_profile("without a deadline")

NOW = 1_800_000_000.0
MakeClient = Callable[..., FlaskClient]


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in WebhooksSettings.model_fields.values():
        monkeypatch.delenv(str(field.validation_alias), raising=False)
    monkeypatch.setenv("SOCKET_SECRET", SOCKET_SECRET)


@pytest.fixture(autouse=True, scope="session")
def nothing_printed() -> None:
    """Log lines go to no stream, since pytest's come and go."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make_client(clock: Clock) -> MakeClient:
    """Return a function that builds a client of an application with the test's clock and the settings given."""

    def make(**settings: str) -> FlaskClient:
        app = create_app(WebhooksSettings.model_validate(settings), clock)
        app.testing = True  # our own faults surface as exceptions, not as a 500
        return app.test_client()

    return make


@pytest.fixture
def client(make_client: MakeClient) -> FlaskClient:
    return make_client()


@pytest.fixture
def logged() -> Iterator[list[dict[str, Any]]]:
    """The lines that the webhooks log, as the fields of their JSON."""
    lines: list[dict[str, Any]] = []

    def keep(_logger: object, _method: str, fields: structlog.typing.EventDict) -> structlog.typing.EventDict:
        lines.append(dict(fields))
        raise structlog.DropEvent

    structlog.configure(processors=[structlog.stdlib.add_log_level, keep])
    yield lines
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with gunicorn(tmp_path_factory.mktemp("home")) as server:
        yield server
