"""The histograms of the engine: how calls were, what waits at the platform, how late the loop is.

The bounds are fixed. Each has a reason: a frame (20 ms), the bound of MAX_ECHO_LAG_MS (0.2 s), a limit of the platform.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from prometheus_client.metrics_core import HistogramMetricFamily, Metric

from echo_engine.call_figures import CallFigures

# A handshake over loopback takes a millisecond; at 4 s it is cut (HANDSHAKE_SECONDS).
HANDSHAKE_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0)
# From a wrong number to the platform's limit of a call, two hours (platform.md, 2.3).
CALL_BOUNDS = (1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0)
# A frame is 20 ms: below half of one nobody hears the jitter, above five the echo is cut.
JITTER_BOUNDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1, 0.2)
# Three frames are a gap (60 ms); 60 s without a frame is the end (IDLE_SECONDS).
GAP_BOUNDS = (0.025, 0.04, 0.06, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
# In frames, to the bound of 0.2 s, and on to the 60 s that the platform queues (platform.md, 3.7).
LAG_BOUNDS = (0.02, 0.04, 0.06, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 20.0, 60.0)
ROUND_TRIP_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0)
# A turn takes some milliseconds in a busy engine; over a frame late, callers hear it.
LOOP_LAG_BOUNDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.04, 0.06, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
# The borders of user satisfaction, R = 50, 60, 70, 80, 90 (ITU-T G.107, annex B), as MOS.
MOS_BOUNDS = (1.5, 2.0, 2.58, 3.1, 3.6, 4.03, 4.34)


class Histogram:
    """Counts of values by bucket; a value on a bound belongs to the bucket below it, as Prometheus has it (`le`)."""

    def __init__(self, name: str, text: str, bounds: tuple[float, ...]) -> None:
        """Take the name with its unit, the text for /metrics, and the buckets' upper bounds, ascending."""
        self._name = name
        self._text = text
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)  # the last bucket has no bound
        self._sum = 0.0

    def observe(self, value: float | None) -> None:
        """Count a value; None, which is unknown, is not counted."""
        if value is not None:
            self._counts[bisect_left(self._bounds, value)] += 1
            self._sum += value

    def collect(self) -> Metric:
        """Return the histogram as Prometheus wants it: each bucket holds those below it too."""
        buckets, total = [], 0
        for bound, count in zip((*map(str, self._bounds), "+Inf"), self._counts, strict=True):
            total += count
            buckets.append((bound, total))
        family = HistogramMetricFamily(self._name, self._text)
        family.add_metric([], buckets, self._sum)
        return family


class QualityMetrics:
    """Each histogram observes its values where they become known; nothing here decides anything."""

    def __init__(self) -> None:
        # Once for each call that began:
        self.handshake = Histogram(
            "echo_engine_handshake_seconds", "From a connection to its call's start", HANDSHAKE_BOUNDS
        )
        # Once for each call that ended; those of quality only if they are known:
        self.call = Histogram("echo_engine_call_seconds", "How long calls lasted", CALL_BOUNDS)
        self.jitter = Histogram("echo_engine_jitter_seconds", "Interarrival jitter of ended calls", JITTER_BOUNDS)
        self.delay_variation = Histogram(
            "echo_engine_delay_variation_p95_seconds", "Delay variation, p95, of ended calls", JITTER_BOUNDS
        )
        self.longest_gap = Histogram(
            "echo_engine_longest_gap_seconds", "Longest time between two frames of ended calls", GAP_BOUNDS
        )
        self.mos = Histogram("echo_engine_mos_estimate", "Estimated MOS of ended calls", MOS_BOUNDS)
        # Every few seconds for each call that the platform answers:
        self.play_out_lag = Histogram(
            "echo_engine_play_out_lag_seconds", "Audio found waiting at the platform", LAG_BOUNDS
        )
        self.round_trip = Histogram(
            "echo_engine_round_trip_seconds", "Round trip of a ping to the platform", ROUND_TRIP_BOUNDS
        )
        # After each batch of a sweep:
        self.loop_lag = Histogram("echo_engine_loop_lag_seconds", "How late the sweep's timer came", LOOP_LAG_BOUNDS)

    def count_ended_call(self, figures: CallFigures, seconds: float) -> None:
        """Observe the figures of a call that lasted so many seconds."""
        self.call.observe(seconds)
        self.jitter.observe(figures.jitter)
        self.delay_variation.observe(figures.delay_variation_p95)
        self.longest_gap.observe(figures.longest_gap)
        self.mos.observe(figures.mos_estimate)

    def collect(self) -> Iterator[Metric]:
        """Yield the histograms."""
        for histogram in vars(self).values():
            yield histogram.collect()
