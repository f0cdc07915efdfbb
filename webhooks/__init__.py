"""The stateless web application that the platform asks what to do with a call."""

from __future__ import annotations

from flask import Flask
from werkzeug.exceptions import HTTPException

from shared.logs import get_logger
from shared.settings import read_settings
from shared.socket_secret import load_secrets
from webhooks.errors import refuse
from webhooks.metrics import Metrics
from webhooks.probes import health
from webhooks.routes import calls
from webhooks.settings import WebhooksSettings


def create_app(config: WebhooksSettings | None = None) -> Flask:
    """Build the application, with the settings of the environment unless others are given."""
    app = Flask(__name__, static_folder=None)
    settings = config or read_settings(WebhooksSettings)
    app.config["SETTINGS"] = settings
    app.extensions["metrics"] = Metrics()
    app.extensions["metrics"].signatures_required.set(settings.signature_secret is not None)
    app.extensions["socket_secrets"] = load_secrets(settings)
    app.url_map.merge_slashes = False  # `//webhooks/answer` is a 404, not a redirect
    app.register_error_handler(HTTPException, refuse)
    app.register_blueprint(calls)
    app.register_blueprint(health)
    _warn_of_open_doors(settings)
    return app


def _warn_of_open_doors(settings: WebhooksSettings) -> None:
    log = get_logger("webhooks")
    if settings.socket_auth == "off":
        log.warning("SOCKET_AUTH is off: whoever reaches the socket gets in")
    if settings.signature_secret is None:
        log.warning("VONAGE_SIGNATURE_SECRET is not set: anyone can send these webhooks requests")
