from __future__ import annotations

from shared.version import VERSION
from webhooks.metrics import Metrics


def test_every_label_stands_at_zero_from_the_start() -> None:
    page = Metrics().exposition().decode().splitlines()
    for name in (
        "calls_answered_total",
        'answers_refused_total{limit="all"}',
        'events_total{sender="unproven",status="connect_refused"}',
        'events_total{sender="proven",status="disconnected"}',
        'fallbacks_total{sender="proven"}',
        'nccos_rejected_total{sender="unproven"}',
        'requests_refused_total{status="401"}',
        'signatures_refused_total{reason="wrong_signature"}',
    ):
        assert f"webhooks_{name} 0.0" in page
    assert f'webhooks_build_info{{version="{VERSION}"}} 1.0' in page
