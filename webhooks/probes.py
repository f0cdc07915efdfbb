"""The pages for whoever operates the webhooks; the front publishes none of them."""

from __future__ import annotations

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST

from webhooks.metrics import app_metrics

health = Blueprint("health", __name__)


@health.get("/healthz")
@health.get("/readyz")
def healthy() -> dict[str, str]:
    """Say that the process serves; it keeps no state and needs nobody, so it is ready whenever it is healthy."""
    return {"status": "ok"}


@health.get("/metrics")
def metrics() -> Response:
    """Return the metrics in the Prometheus text format."""
    return Response(app_metrics().exposition(), content_type=CONTENT_TYPE_LATEST)
