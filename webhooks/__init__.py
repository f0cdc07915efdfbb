"""The web application that answers the platform's webhook requests."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from flask import Flask
from werkzeug.exceptions import HTTPException

from shared.logs import get_logger
from shared.settings import read_settings
from shared.socket_secret import read_secrets
from shared.version import VERSION
from webhooks.answers import Answers
from webhooks.authentication import Authentication
from webhooks.errors import refuse
from webhooks.metrics import Metrics
from webhooks.routes import Routes
from webhooks.schedule import Schedule
from webhooks.settings import WebhooksSettings
from webhooks.speech import Speech


def create_app(settings: WebhooksSettings | None = None, clock: Callable[[], float] = time.time) -> Flask:
    """Build the application; without settings, it reads them from the environment.

    `clock` returns seconds since 1970.
    """
    settings = settings or read_settings(WebhooksSettings)
    metrics = Metrics()
    schedule = Schedule(settings.connects_per_second)
    metrics.last_slot_timestamp_seconds.set_function(lambda: schedule.last_slot)
    metrics.engines_expected.set(settings.engines)
    metrics.signatures_required.set(settings.signature_secret is not None)
    secrets = read_secrets(settings) if settings.needs_secrets else ()
    answers = Answers(settings, secrets, schedule, Speech(settings.greeting), metrics)
    app = Flask(__name__, static_folder=None)
    app.url_map.merge_slashes = False  # `//webhooks/answer` is a 404, not a redirect
    app.register_error_handler(HTTPException, partial(refuse, metrics))
    Routes(settings.public_url, Authentication(settings, metrics), answers, metrics, clock).add_to(app)
    _log_start(settings)
    return app


def _log_start(settings: WebhooksSettings) -> None:
    log = get_logger("webhooks")
    log.info("webhooks started", version=VERSION)
    if settings.socket_auth == "off":
        log.warning("SOCKET_AUTH is off: anyone can open the socket")
    if settings.signature_secret is None:
        log.warning("VONAGE_SIGNATURE_SECRET is not set: anyone can send these webhooks requests")
