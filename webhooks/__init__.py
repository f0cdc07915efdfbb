"""The web application that the platform asks what to do with a call."""

from __future__ import annotations

import time
from collections.abc import Callable

from flask import Flask
from werkzeug.exceptions import HTTPException

from shared.logs import get_logger
from shared.settings import read_settings
from shared.socket_secret import load_secrets
from shared.version import VERSION
from webhooks.client_address import Proxies
from webhooks.context import EXTENSION, Context
from webhooks.errors import refuse
from webhooks.metrics import Metrics
from webhooks.probes import probes
from webhooks.routes import calls
from webhooks.schedule import Schedule
from webhooks.settings import WebhooksSettings
from webhooks.speech import Speech
from webhooks.unsigned_rate import UnsignedRate


def create_app(settings: WebhooksSettings | None = None, clock: Callable[[], float] = time.time) -> Flask:
    """Build the application; without settings, it reads them from the environment.

    `clock` returns seconds since 1970.
    """
    settings = settings or read_settings(WebhooksSettings)
    context = Context(
        settings,
        Metrics(),
        load_secrets(settings),
        Schedule(settings.connects_per_second),
        Speech(settings.greeting),
        Proxies(settings.forwarded_allow_ips),
        UnsignedRate(settings.unsigned_answers_per_second, settings.unsigned_answers_per_address),
        clock,
    )
    context.metrics.last_slot_timestamp_seconds.set_function(lambda: context.schedule.last_slot)
    context.metrics.signatures_required.set(settings.signature_secret is not None)
    app = Flask(__name__, static_folder=None)
    app.extensions[EXTENSION] = context
    app.url_map.merge_slashes = False  # `//webhooks/answer` is a 404, not a redirect
    app.register_error_handler(HTTPException, refuse)
    app.register_blueprint(calls)
    app.register_blueprint(probes)
    _log_start(settings)
    return app


def _log_start(settings: WebhooksSettings) -> None:
    log = get_logger("webhooks")
    log.info("webhooks started", version=VERSION)
    if settings.socket_auth == "off":
        log.warning("SOCKET_AUTH is off: whoever reaches the socket gets in")
    if settings.signature_secret is None:
        log.warning("VONAGE_SIGNATURE_SECRET is not set: anyone can send these webhooks requests")
