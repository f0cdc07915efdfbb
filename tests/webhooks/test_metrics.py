from __future__ import annotations

from shared.version import VERSION
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
