"""What the webhooks count, as Prometheus metrics."""

from __future__ import annotations

from flask import current_app
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from webhooks.event import KINDS

disable_created_metrics()  # type: ignore[no-untyped-call]  # they would double the page


class Metrics:
    """The counters of one application, safe to use from its threads."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.calls_answered = self._counter("calls_answered", "Answers given to the question what to do with a call")
        self.events = self._counter("events", "Call events received, by status", "status")
        self.calls_moved = self._counter(
            "calls_moved", "Calls connected again after their socket was lost or not opened"
        )
        self.calls_given_up = self._counter("calls_given_up", "Calls ended after too many attempts in a row")
        self.nccos_rejected = self._counter("nccos_rejected", "NCCOs that the platform refused to run")
        self.fallbacks = self._counter("fallbacks", "Calls that ended with an apology")
        self.requests_refused = self._counter("requests_refused", "Requests answered with an error", "status")
        self.signatures_refused = self._counter("signatures_refused", "Requests refused for their signature", "reason")
        self.signatures_required = Gauge(
            "webhooks_signatures_required", "1 if every request must be signed", registry=self._registry
        )
        ProcessCollector(registry=self._registry)
        for kind in KINDS:
            self.events.labels(kind)  # so that each is there from the start, at 0

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"webhooks_{name}", text, labels, registry=self._registry)

    def exposition(self) -> bytes:
        """Return the Prometheus text format of the counters and of the process (memory, CPU, file descriptors)."""
        return generate_latest(self._registry)


def app_metrics() -> Metrics:
    """Return the metrics of the application that serves the current request."""
    metrics: Metrics = current_app.extensions["metrics"]
    return metrics
