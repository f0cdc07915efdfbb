from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from shared.signed_token import Fault
from shared.version import VERSION
from webhooks import create_app
from webhooks.event import KINDS
from webhooks.metrics import Metrics


def test_every_counter_is_there_from_the_start() -> None:
    page = Metrics().exposition().decode()
    for name in ("calls_answered", "nccos_rejected", "fallbacks", "connects_paced", "pacing_wait_seconds"):
        assert f"webhooks_{name}_total 0.0" in page
    for limit in ("address", "all"):
        assert f'webhooks_answers_refused_total{{limit="{limit}"}} 0.0' in page
    for kind in KINDS:
        assert f'webhooks_events_total{{status="{kind}"}} 0.0' in page


def test_the_version_is_a_metric() -> None:
    assert f'webhooks_build_info{{version="{VERSION}"}} 1.0' in Metrics().exposition().decode().splitlines()


def test_two_applications_count_apart() -> None:
    one, other = Metrics(), Metrics()
    one.fallbacks.inc()
    assert b"webhooks_fallbacks_total 1.0" in one.exposition()
    assert b"webhooks_fallbacks_total 0.0" in other.exposition()


def test_what_may_be_refused_stands_at_zero_from_the_start() -> None:
    page = Metrics().exposition().decode()
    for fault in Fault:
        assert f'webhooks_signatures_refused_total{{reason="{fault.value}"}} 0.0' in page
    for status in (400, 401, 404, 405, 413, 415, 429, 500):
        assert f'webhooks_requests_refused_total{{status="{status}"}} 0.0' in page


def test_every_answer_is_timed_and_nothing_else(client: FlaskClient) -> None:
    client.get("/webhooks/answer?uuid=u-1")
    client.get("/ncco?uuid=u-2")
    client.post("/webhooks/answer", data="no JSON", content_type="application/json")
    client.post("/webhooks/events", json={"status": "completed", "uuid": "u-1"})
    assert "webhooks_answer_seconds_count 3.0" in client.get("/metrics").text


def test_the_end_of_the_queue_is_told() -> None:
    client = create_app(clock=lambda: 1_800_000_000.0).test_client()
    assert last_slot(client) == 0
    for number in range(3):
        client.get(f"/webhooks/answer?uuid=u-{number}")
    assert last_slot(client) == pytest.approx(1_800_000_000 + 3.4 + 0.7)  # the greeting, and two before it


def last_slot(client: FlaskClient) -> float:
    lines = client.get("/metrics").text.splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("webhooks_last_slot_timestamp_seconds"))
