from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_healthy(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.json) == (200, {"status": "ok"})


def test_health_checks_are_not_logged(client: FlaskClient, logged: list[object]) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        client.get(path)
    assert logged == []


def test_metrics(client: FlaskClient) -> None:
    response = client.get("/metrics")
    assert response.content_type.startswith("text/plain; version=")
    names = {family.name for family in text_string_to_metric_families(response.text)}
    assert names >= {"webhooks_calls_answered", "webhooks_events", "process_resident_memory_bytes"}
