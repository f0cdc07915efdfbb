"""What the engine counts: plain integers, turned into Prometheus metrics when they are scraped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from echo_engine.call import Call
from echo_engine.calls import Calls
from echo_engine.quality_metrics import QualityMetrics
from shared.version import VERSION


class Metrics(Collector):
    """Totals since the start of the process; they watch and decide nothing.

    The frames of open calls are counted on the calls, and added up at a scrape.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._handshakes_refused: Counter[str] = Counter()  # by HTTP status
        self._tokens_refused: Counter[str] = Counter()  # by the check that failed
        self._calls_ended: Counter[str] = Counter()  # by reason
        self._frames_received = 0  # of ended calls, like the four below
        self._frames_echoed = 0
        self._frames_dropped: Counter[str] = Counter()
        self._lag_resets = 0
        self._delays_refused = 0
        self.quality = QualityMetrics()

    def count_refused_handshake(self, status: int) -> None:
        """Count a handshake that was answered with an HTTP error."""
        self._handshakes_refused[str(status)] += 1

    def count_refused_token(self, reason: str) -> None:
        """Count a handshake whose token failed a check."""
        self._tokens_refused[reason] += 1

    def count_ended_call(self, call: Call, reason: str) -> None:
        """Add the counts of a call that has ended to the totals."""
        self._calls_ended[reason] += 1
        self._frames_received += call.frames_received
        self._frames_echoed += call.frames_echoed
        self._frames_dropped.update(call.frames_dropped)
        self._lag_resets += call.lag_resets
        self._delays_refused += call.delays_refused

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics, all named `echo_engine_…` with their unit or `_total` at the end."""
        received = self._frames_received + sum(call.frames_received for call in self._calls)
        echoed = self._frames_echoed + sum(call.frames_echoed for call in self._calls)
        dropped = sum((call.frames_dropped for call in self._calls), self._frames_dropped)
        lag_resets = self._lag_resets + sum(call.lag_resets for call in self._calls)
        delays_refused = self._delays_refused + sum(call.delays_refused for call in self._calls)
        build = GaugeMetricFamily("echo_engine_build_info", "1, labelled with the version", labels=["version"])
        build.add_metric([VERSION], 1)
        yield build
        yield GaugeMetricFamily("echo_engine_draining", "1 while no new calls are taken", int(self._calls.draining))
        yield GaugeMetricFamily("echo_engine_calls_open", "Calls open now", len(self._calls))
        yield GaugeMetricFamily("echo_engine_calls_max", "Calls that may be open (MAX_CALLS)", self._calls.max_calls)
        yield GaugeMetricFamily("echo_engine_calls_left", "Calls that can still begin; 0 in a drain", self._calls.left)
        calls = len(self._calls) + self._calls_ended.total()
        yield CounterMetricFamily("echo_engine_calls", "Calls accepted", calls)
        yield _by_label("calls_ended", "Calls ended", "reason", self._calls_ended)
        yield _by_label("handshakes_refused", "Handshakes refused", "status", self._handshakes_refused)
        yield _by_label("tokens_refused", "Handshakes refused for their token", "reason", self._tokens_refused)
        yield CounterMetricFamily("echo_engine_frames_received", "Binary messages received", received)
        yield CounterMetricFamily("echo_engine_frames_echoed", "Binary messages sent back", echoed)
        yield _by_label("frames_dropped", "Binary messages not sent back", "reason", dropped)
        yield CounterMetricFamily("echo_engine_lag_resets", "Times the platform's queue was cleared", lag_resets)
        yield CounterMetricFamily("echo_engine_delays_refused", "Delays refused for want of memory", delays_refused)
        yield from self.quality.collect()

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
