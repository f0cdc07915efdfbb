from echo_engine.quality_metrics import Histogram


def samples(histogram: Histogram) -> dict[str, float]:
    """Return the values by the bucket's bound, and the sum and the count by their names."""
    return {
        sample.labels.get("le", sample.name.rpartition("_")[2]): sample.value for sample in histogram.collect().samples
    }


def test_each_bucket_holds_the_values_up_to_its_bound_and_those_of_the_buckets_below() -> None:
    histogram = Histogram("wait_seconds", "Waits", (0.1, 1.0))
    for value in (0.0, 0.1, 0.5, 7.0, None):
        histogram.observe(value)
    assert samples(histogram) == {"0.1": 2, "1.0": 3, "+Inf": 4, "count": 4, "sum": 7.6}


def test_an_empty_histogram_shows_its_buckets() -> None:
    assert samples(Histogram("wait_seconds", "Waits", (0.1,))) == {"0.1": 0, "+Inf": 0, "count": 0, "sum": 0}
