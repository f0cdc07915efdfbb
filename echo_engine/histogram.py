"""A histogram of plain integers, with buckets that stay the same over all versions, so that engines can be added up."""

from __future__ import annotations

from bisect import bisect_left

from prometheus_client.metrics_core import HistogramMetricFamily, Metric


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
