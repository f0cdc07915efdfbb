"""What the engine counts: plain integers, turned into Prometheus metrics when they are scraped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from echo_engine.call import Call


class Metrics(Collector):
    """Totals since the start of the process; a call's frames are counted on the call and added up here at a scrape."""

    def __init__(self) -> None:
        self.draining = False  # set once, by the first signal
        self.calls_open: set[Call] = set()
        self.calls_ended: Counter[str] = Counter()  # by reason
        self.handshakes_refused: Counter[str] = Counter()  # by HTTP status
        self.tokens_refused: Counter[str] = Counter()  # by the check that failed
        self._frames_received = 0  # of ended calls, like the three below
        self._frames_echoed = 0
        self._frames_dropped: Counter[str] = Counter()
        self._lag_resets = 0

    def call_started(self, call: Call) -> None:
        """Count a call as open."""
        self.calls_open.add(call)

    def call_ended(self, call: Call, reason: str) -> None:
        """Move an open call's counts to the totals."""
        self.calls_open.remove(call)
        self.calls_ended[reason] += 1
        self._frames_received += call.frames_received
        self._frames_echoed += call.frames_echoed
        self._frames_dropped.update(call.frames_dropped)
        self._lag_resets += call.lag_resets

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics, all named `echo_engine_…` with their unit or `_total` at the end."""
        received = self._frames_received + sum(call.frames_received for call in self.calls_open)
        echoed = self._frames_echoed + sum(call.frames_echoed for call in self.calls_open)
        dropped = sum((call.frames_dropped for call in self.calls_open), self._frames_dropped)
        lag_resets = self._lag_resets + sum(call.lag_resets for call in self.calls_open)
        yield GaugeMetricFamily("echo_engine_draining", "1 while no new calls are taken", int(self.draining))
        yield GaugeMetricFamily("echo_engine_calls_open", "Calls open now", len(self.calls_open))
        calls = len(self.calls_open) + self.calls_ended.total()
        yield CounterMetricFamily("echo_engine_calls", "Calls accepted", calls)
        yield _by_label("calls_ended", "Calls ended", "reason", self.calls_ended)
        yield _by_label("handshakes_refused", "Handshakes refused", "status", self.handshakes_refused)
        yield _by_label("tokens_refused", "Handshakes refused for their token", "reason", self.tokens_refused)
        yield CounterMetricFamily("echo_engine_frames_received", "Binary messages received", received)
        yield CounterMetricFamily("echo_engine_frames_echoed", "Binary messages sent back", echoed)
        yield _by_label("frames_dropped", "Binary messages not sent back", "reason", dropped)
        yield CounterMetricFamily("echo_engine_lag_resets", "Times the platform's queue was cleared", lag_resets)

    def exposition(self) -> bytes:
        """Return the Prometheus text format of the metrics and of the process (memory, CPU, file descriptors)."""
        registry = CollectorRegistry()
        registry.register(self)
        ProcessCollector(registry=registry)
        return generate_latest(registry)


def _by_label(name: str, text: str, label: str, values: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(f"echo_engine_{name}", f"{text}, by {label}", labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([key], value)
    return family
