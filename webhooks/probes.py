"""The pages for the operator of the webhooks; the front publishes none of them."""

from __future__ import annotations

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST

from webhooks.context import current_context

probes = Blueprint("probes", __name__)


@probes.get("/healthz")
@probes.get("/readyz")
def healthy() -> dict[str, str]:
    """Say that the process serves; a process without state that needs no other is ready whenever it is healthy."""
    return {"status": "ok"}


@probes.get("/metrics")
def metrics() -> Response:
    """Return the metrics in the Prometheus text format."""
    return Response(current_context().metrics.exposition(), content_type=CONTENT_TYPE_LATEST)
