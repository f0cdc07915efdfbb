"""What one application holds for all of its requests: its settings, metrics and secrets, a schedule, a clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app, g

from webhooks.metrics import Metrics
from webhooks.schedule import Schedule
from webhooks.settings import WebhooksSettings
from webhooks.speech import Speech

EXTENSION = "webhooks"  # the context's key in `app.extensions`


@dataclass(frozen=True, slots=True)
class Context:
    """What the code behind every route may read; made once by `create_app`."""

    settings: WebhooksSettings
    metrics: Metrics
    socket_secrets: tuple[str, ...]  # the first one signs the socket tokens; empty if SOCKET_AUTH is off
    schedule: Schedule
    speech: Speech
    clock: Callable[[], float]  # returns seconds since 1970


def current_context() -> Context:
    """Return the context of the application that serves the current request."""
    context: Context = current_app.extensions[EXTENSION]
    return context


def request_time() -> float:
    """Return the time of the current request, in seconds since 1970: one request reads the clock once."""
    if "request_time" not in g:
        g.request_time = current_context().clock()
    now: float = g.request_time
    return now
