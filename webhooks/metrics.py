"""The Prometheus metrics of the webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.metrics_core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from shared.logs import STDOUT
from shared.memory import memory_limit_bytes
from shared.signed_token import Fault
from shared.version import VERSION
from webhooks.messages import KINDS
from webhooks.unsigned_rate import Limit

# Who sent a request: the platform, proven by its signature or by the proof in our event URL; or anyone.
SENDERS = ("proven", "unproven")
# Up to 25 ms is normal; Caddy gives up after 4 s, the platform after 5 s (platform.md, 6).
ANSWER_BUCKETS_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0)
# A drained engine's calls move in 50 ms, and 1000 calls at the platform's pace in 6 minutes.
SILENCE_BUCKETS_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 180.0, 720.0)
STATUSES = (400, 401, 404, 405, 413, 415, 429, 500)  # of refusals

# Creation times of the counters would double the page.
disable_created_metrics()  # type: ignore[no-untyped-call]


class Metrics:
    """The metrics of one application; its threads may share them."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.calls_answered = self._counter("calls_answered", "Incoming calls answered")
        self.events = self._counter("events", "Call events received, by status", "status", "sender")
        self.calls_turned_away = self._counter("calls_turned_away", "Incoming calls ended because too many waited")
        self.calls_moved = self._counter("calls_moved", "Moves of a call to another socket")
        self.calls_given_up = self._counter("calls_given_up", "Calls ended after too long without a socket")
        self.connects_failed = self._counter("connects_failed", "Connects whose socket failed within 2 s")
        self.connects_paced = self._counter("connects_paced", "Connects that had to wait for a slot")
        self.pacing_wait_seconds = self._counter("pacing_wait_seconds", "Seconds that these connects had to wait")
        self.nccos_rejected = self._counter("nccos_rejected", "NCCOs that the platform rejected", "sender")
        self.fallbacks = self._counter("fallbacks", "Requests to the fallback webhook", "sender")
        self.requests_refused = self._counter("requests_refused", "Requests answered with an error", "status")
        self.signatures_refused = self._counter("signatures_refused", "Requests refused for their signature", "reason")
        self.answers_refused = self._counter("answers_refused", "Unsigned requests refused, by limit", "limit")
        self.answer_seconds = self._histogram(
            "answer_seconds", "Seconds that the answer webhook took", ANSWER_BUCKETS_SECONDS
        )
        self.move_silence_seconds = self._histogram(
            "move_silence_seconds",
            "Seconds from the event that a call lost its socket to the event that it has another",
            SILENCE_BUCKETS_SECONDS,
        )
        self.last_slot_timestamp_seconds = Gauge(
            "webhooks_last_slot_timestamp_seconds", "When the last connect in the queue is due", registry=self._registry
        )
        self.signatures_required = Gauge(
            "webhooks_signatures_required", "1 if every request must be signed", registry=self._registry
        )
        self.engines_expected = Gauge(
            "webhooks_engines_expected", "Engines that should run (ENGINES); 0 if unknown", registry=self._registry
        )
        limit = Gauge("webhooks_memory_limit_bytes", "Memory limit of this container", registry=self._registry)
        limit.set(memory_limit_bytes())
        Info("webhooks_build", "The running version", registry=self._registry).info({"version": VERSION})
        ProcessCollector(registry=self._registry)
        self._registry.register(LogLines())
        for sender in SENDERS:  # each label starts at 0
            self.nccos_rejected.labels(sender)
            self.fallbacks.labels(sender)
            for kind in KINDS:
                self.events.labels(kind, sender)
        for limit in get_args(Limit):
            self.answers_refused.labels(limit)
        for fault in Fault:
            self.signatures_refused.labels(fault.value)
        for status in STATUSES:
            self.requests_refused.labels(status)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"webhooks_{name}", text, labels, registry=self._registry)

    def _histogram(self, name: str, text: str, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(f"webhooks_{name}", text, buckets=buckets, registry=self._registry)

    def exposition(self) -> bytes:
        """Return the metrics and those of the process (memory, CPU, file descriptors) in the Prometheus text format."""
        return generate_latest(self._registry)


class LogLines(Collector):
    """The log lines that this process lost."""

    def collect(self) -> Iterator[Metric]:
        lost = STDOUT.lines_lost
        yield CounterMetricFamily("webhooks_log_lines_lost", "Log lines that could not be written", lost)
