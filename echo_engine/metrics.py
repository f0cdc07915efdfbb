"""What the engine counts: plain integers, turned into Prometheus metrics when they are scraped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from echo_engine.call import Call
from echo_engine.call_figures import CallFigures
from echo_engine.calls import Calls, Refusal
from echo_engine.quality_metrics import QualityMetrics
from shared.logs import STDOUT
from shared.memory import memory_limit_bytes
from shared.signed_token import Fault
from shared.version import VERSION

# What a call counts, by the name of the metric; a scrape adds up the calls.
COUNTED: dict[str, tuple[str, Callable[[Call], float]]] = {
    "frames_received": ("Binary messages received", lambda call: call.frames_received),
    "frames_echoed": ("Binary messages sent back", lambda call: call.frames_echoed),
    "frames_cut": ("Frames lost in the platform's queue, as estimated", lambda call: call.play_out.frames_cut),
    "lag_resets": ("Times the platform's queue was cleared", lambda call: call.play_out.lag_resets),
    "lag_corrections": ("Times the platform's queue was not as reckoned", lambda call: call.queue_check.corrections),
    "notifies_sent": ("Questions how much audio waits at the platform", lambda call: call.queue_check.marks),
    "notifies_answered": ("Answers to them", lambda call: call.queue_check.answers),
    "gaps": ("Times without a frame for over 60 ms", lambda call: call.quality.gaps),
    "gap_seconds": ("Time in these gaps", lambda call: call.quality.gap_seconds),
}


class Metrics(Collector):
    """Totals since the start of the process; they watch and decide nothing.

    The counts of open calls stand on the calls, and are added up at a scrape.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._handshakes_refused: Counter[str] = Counter()  # by HTTP status
        # By the check that failed, and by the 503's reason. Both start at 0: Prometheus sees no rise in a first value.
        self._tokens_refused = Counter({fault.value: 0 for fault in Fault})
        self._calls_refused = Counter({refusal.value: 0 for refusal in Refusal})
        self._calls_ended: Counter[str] = Counter()  # by reason
        self._counted = dict.fromkeys(COUNTED, 0.0)  # of ended calls, like the next one
        self._frames_dropped: Counter[str] = Counter()  # by reason
        self.quality = QualityMetrics()

    def count_refused_handshake(self, status: int) -> None:
        """Count a handshake that was answered with an HTTP error."""
        self._handshakes_refused[str(status)] += 1

    def count_refused_token(self, reason: str) -> None:
        """Count a handshake whose token failed a check."""
        self._tokens_refused[reason] += 1

    def count_refused_call(self, refusal: Refusal) -> None:
        """Count a call that was refused though its handshake was good."""
        self._calls_refused[refusal.value] += 1

    def count_ended_call(self, call: Call, figures: CallFigures, reason: str, now: float) -> None:
        """Add the counts and figures of a call that has ended to the totals."""
        self._calls_ended[reason] += 1
        self._frames_dropped.update(call.frames_dropped)
        for name, (_, count) in COUNTED.items():
            self._counted[name] += count(call)
        self.quality.count_ended_call(figures, now - call.started_at)

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics, all named `echo_engine_…` with their unit or `_total` at the end."""
        build = GaugeMetricFamily("echo_engine_build_info", "1, labelled with the version", labels=["version"])
        build.add_metric([VERSION], 1)
        yield build
        yield GaugeMetricFamily("echo_engine_draining", "1 while no new calls are taken", int(self._calls.draining))
        late = int(self._calls.lateness.refusing)
        yield GaugeMetricFamily("echo_engine_late", "1 while no new calls are taken as the loop is late", late)
        yield GaugeMetricFamily("echo_engine_calls_open", "Calls open now", len(self._calls))
        yield GaugeMetricFamily("echo_engine_calls_max", "Calls that may be open (MAX_CALLS)", self._calls.max_calls)
        yield GaugeMetricFamily("echo_engine_calls_left", "Calls that can begin; 0 in a drain", self._calls.left)
        calls = len(self._calls) + self._calls_ended.total()
        yield CounterMetricFamily("echo_engine_calls", "Calls accepted", calls)
        yield _by_label("calls_ended", "Calls ended", "reason", self._calls_ended)
        yield _by_label("calls_refused", "Calls refused", "reason", self._calls_refused)
        yield _by_label("handshakes_refused", "Handshakes refused", "status", self._handshakes_refused)
        yield _by_label("tokens_refused", "Handshakes refused for their token", "reason", self._tokens_refused)
        dropped = sum((call.frames_dropped for call in self._calls), self._frames_dropped)
        yield _by_label("frames_dropped", "Binary messages not sent back", "reason", dropped)
        for name, (text, count) in COUNTED.items():
            total = self._counted[name] + sum(count(call) for call in self._calls)
            yield CounterMetricFamily(f"echo_engine_{name}", text, total)
        limit = memory_limit_bytes()
        yield GaugeMetricFamily("echo_engine_memory_limit_bytes", "Memory that this container may take", limit)
        lost = STDOUT.lines_lost
        yield CounterMetricFamily("echo_engine_log_lines_lost", "Log lines that could not be written", lost)
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
