"""The stateless web application that the platform asks what to do with a call."""

from __future__ import annotations

from flask import Flask
from werkzeug.exceptions import HTTPException

from shared.settings import read_settings
from webhooks.calls import calls
from webhooks.config import WebhooksSettings
from webhooks.errors import refuse
from webhooks.health import health
from webhooks.metrics import Metrics


def create_app(config: WebhooksSettings | None = None) -> Flask:
    """Build the application, with the settings of the environment unless others are given."""
    app = Flask(__name__, static_folder=None)
    app.config["SETTINGS"] = config or read_settings(WebhooksSettings)
    app.extensions["metrics"] = Metrics()
    app.url_map.merge_slashes = False  # `//webhooks/answer` is a 404, not a redirect
    app.register_error_handler(HTTPException, refuse)
    app.register_blueprint(calls)
    app.register_blueprint(health)
    return app
