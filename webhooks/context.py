"""What one application holds for all of its requests: its settings, metrics, secrets, limits, and a clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app, g

from webhooks.client_address import Proxies
from webhooks.metrics import Metrics
from webhooks.schedule import Schedule
from webhooks.settings import WebhooksSettings
from webhooks.speech import Speech
from webhooks.unsigned_rate import UnsignedRate

EXTENSION = "webhooks"  # the context's key in `app.extensions`


@dataclass(frozen=True, slots=True)
class Context:
    """What the code behind every route may read; made once by `create_app`."""

    settings: WebhooksSettings
    metrics: Metrics
    socket_secrets: tuple[str, ...]  # the first one signs the socket tokens; empty unless SOCKET_AUTH is on
    schedule: Schedule
    speech: Speech
    proxies: Proxies
    unsigned_rate: UnsignedRate  # of the answers; it counts only while no signature secret is set
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
