"""The Prometheus metrics of the webhooks."""

from __future__ import annotations

from typing import get_args

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Info,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from shared.version import VERSION
from webhooks.event import KINDS
from webhooks.unsigned_rate import Limit

# The time of creation of each counter would double the page.
disable_created_metrics()  # type: ignore[no-untyped-call]


class Metrics:
    """The metrics of one application; its threads may share them."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.calls_answered = self._counter("calls_answered", "Incoming calls answered")
        self.events = self._counter("events", "Call events received, by status", "status")
        self.calls_moved = self._counter("calls_moved", "Moves of a call to another socket")
        self.calls_given_up = self._counter("calls_given_up", "Calls ended after too long without a socket")
        self.connects_paced = self._counter("connects_paced", "Connects that had to wait for a slot")
        self.pacing_wait_seconds = self._counter("pacing_wait_seconds", "Seconds that these connects had to wait")
        self.nccos_rejected = self._counter("nccos_rejected", "NCCOs that the platform rejected")
        self.fallbacks = self._counter("fallbacks", "Requests to the fallback webhook")
        self.requests_refused = self._counter("requests_refused", "Requests answered with an error", "status")
        self.signatures_refused = self._counter("signatures_refused", "Requests refused for their signature", "reason")
        self.answers_refused = self._counter("answers_refused", "Unsigned questions refused, by the limit", "limit")
        self.signatures_required = Gauge(
            "webhooks_signatures_required", "1 if every request must be signed", registry=self._registry
        )
        Info("webhooks_build", "The version that runs", registry=self._registry).info({"version": VERSION})
        ProcessCollector(registry=self._registry)
        for kind in KINDS:
            self.events.labels(kind)  # each status stands at 0 from the start
        for limit in get_args(Limit):
            self.answers_refused.labels(limit)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"webhooks_{name}", text, labels, registry=self._registry)

    def exposition(self) -> bytes:
        """Return the metrics and those of the process (memory, CPU, file descriptors) in the Prometheus text format."""
        return generate_latest(self._registry)
