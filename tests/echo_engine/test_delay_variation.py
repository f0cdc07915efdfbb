import itertools
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from echo_engine.delay_variation import BOUNDS, DelayVariation


@settings(deadline=None)
@given(st.lists(st.floats(0.0, 59.0), min_size=1, max_size=200), st.sampled_from([0.5, 0.95, 0.99]))
def test_the_percentile_lies_in_the_bucket_of_the_true_one(delays: list[float], share: float) -> None:
    variation = DelayVariation()
    variation.add([0.0, *delays], 0.0)
    ordered = sorted([0.0, *delays])
    true = ordered[math.ceil(share * len(ordered) - 1e-9) - 1]
    percentile = variation.percentile(share)
    assert percentile is not None
    lower, upper = next(pair for pair in itertools.pairwise((0.0, *BOUNDS)) if true <= pair[1])
    assert lower <= percentile <= upper + 1e-9


def test_without_frames_there_is_no_percentile() -> None:
    assert DelayVariation().percentile(0.95) is None


def test_uniform_jitter_of_20_ms_has_its_percentile_at_19() -> None:
    variation, randomness = DelayVariation(), random.Random(1)
    for number in range(120):
        variation.add([7.0 + randomness.uniform(0, 0.02) for _ in range(25)], number * 0.5)
    percentile = variation.percentile(0.95)
    assert percentile is not None
    assert percentile == pytest.approx(0.019, abs=0.001)


def test_a_path_that_becomes_longer_is_variation_for_ten_seconds_at_most() -> None:
    variation = DelayVariation()
    for number in range(240):
        variation.add([0.0 if number < 20 else 0.1] * 25, number * 0.5)
    percentile = variation.percentile(0.9)
    assert percentile is not None
    assert percentile < 0.001


def test_after_a_pause_the_fastest_frame_is_looked_for_anew() -> None:
    variation = DelayVariation()
    variation.add([0.0] * 100, 0.0)
    variation.restart()
    variation.add([3.0] * 100, 3.0)
    percentile = variation.percentile(1.0)
    assert percentile is not None
    assert percentile <= BOUNDS[0]
