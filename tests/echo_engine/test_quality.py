"""Senders whose clocks, delays and stalls are known, in simulated time."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from echo_engine.quality import PAUSE_SECONDS, Quality
from shared.audio import FRAME_SECONDS, FRAMES_PER_SECOND

TEN_MINUTES = range(600 * FRAMES_PER_SECOND)


def digested(arrivals: Iterable[float]) -> Quality:
    """Return the quality of frames that arrived at these times, digested twice a second."""
    quality, due = Quality(), 0.0
    for now in arrivals:
        while now >= due:
            quality.digest()
            due += 0.5
        quality.arrive(1, now)
    quality.digest()
    return quality


def drift_of(arrivals: Iterable[float]) -> tuple[float, float]:
    drift = digested(arrivals).drift
    assert drift is not None
    return drift


def sent_at(number: int, ppm: float) -> float:
    """Return when a sender whose clock is so much too fast sends a frame."""
    return 5000.0 + number * FRAME_SECONDS / (1 + ppm / 1e6)


@pytest.mark.parametrize("ppm", [-500, -100, 0, 100, 500])
def test_the_drift_of_a_steady_sender_in_ten_minutes(ppm: float) -> None:
    measured, error = drift_of(sent_at(number, ppm) for number in TEN_MINUTES)
    assert measured == pytest.approx(ppm, abs=1)
    assert error < 10


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("ppm", [-100, 100])
def test_the_drift_through_20_ms_of_uniform_jitter(ppm: float, seed: int) -> None:
    randomness = random.Random(seed)
    arrivals = sorted(sent_at(number, ppm) + randomness.uniform(0, 0.02) for number in TEN_MINUTES)
    measured, error = drift_of(arrivals)
    assert measured == pytest.approx(ppm, abs=20)
    assert abs(measured - ppm) <= error < 20


def test_the_drift_through_delays_of_another_shape() -> None:
    """Exponential delays, and a stall of 0.8 s with a burst behind it every minute."""
    randomness, arrivals, free_at = random.Random(1), [], 0.0
    for number in TEN_MINUTES:
        sent = sent_at(number, 100)
        if number % 3000 == 1500:
            free_at = sent + 0.8
        free_at = max(sent + randomness.expovariate(100), free_at)
        arrivals.append(free_at)
    measured, error = drift_of(arrivals)
    assert measured == pytest.approx(100, abs=10)
    assert abs(measured - 100) <= error < 10


def test_a_sender_that_pauses_has_no_drift_from_that() -> None:
    arrivals = [sent_at(number, 100) + (7.3 if number >= 10_000 else 0.0) for number in TEN_MINUTES]
    measured, _ = drift_of(arrivals)
    assert measured == pytest.approx(100, abs=1)


def test_two_minutes_are_needed() -> None:
    assert digested(sent_at(number, 100) for number in range(119 * FRAMES_PER_SECOND)).drift is None


@settings(deadline=None)
@given(
    st.lists(st.sampled_from([0.0, 0.005, 0.02, 0.021, 0.04, 0.07, 0.5]), min_size=1, max_size=300),
    st.lists(st.integers(1, 40), min_size=1, max_size=10),
)
def test_jitter_and_gaps_are_those_of_the_definitions_however_the_frames_are_digested(
    gaps: list[float], sizes: list[int]
) -> None:
    arrivals = [100.0]
    for gap in gaps:
        arrivals.append(arrivals[-1] + gap)
    quality, rest, turn = Quality(), arrivals, 0
    while rest:
        size = sizes[turn % len(sizes)]
        for now in rest[:size]:
            quality.arrive(1, now)
        quality.digest()
        rest, turn = rest[size:], turn + 1
    jitter, total = 0.0, 0.0
    for gap in gaps:
        jitter += (abs(gap - FRAME_SECONDS) - jitter) / 16  # RFC 3550, 6.4.1
        total += jitter
    assert quality.jitter == pytest.approx(total / len(gaps), abs=1e-9)
    assert quality.gaps == sum(gap > 0.06 for gap in gaps)
    assert quality.gap_seconds == pytest.approx(sum(gap for gap in gaps if gap > 0.06))
    assert quality.longest_gap == pytest.approx(max(gaps))
    assert quality.last_at == arrivals[-1]


def test_a_stall_with_a_burst_behind_it_is_a_gap_and_variation() -> None:
    arrivals = [max(number * FRAME_SECONDS, 9.0 if 350 <= number < 450 else 0.0) for number in range(500)]
    quality = digested(arrivals)
    assert quality.gaps == 1
    assert quality.gap_seconds == pytest.approx(2.02)
    assert quality.delay_variation_p95 is not None
    assert 1.0 < quality.delay_variation_p95 < 2.0  # 100 of 500 frames were late, by 2 s at most


def test_a_pause_is_a_gap_and_no_variation() -> None:
    arrivals = [number * FRAME_SECONDS + (2.0 if number >= 350 else 0.0) for number in range(500)]
    quality = digested(arrivals)
    assert quality.gaps == 1
    assert quality.gap_seconds == pytest.approx(2.02)
    assert quality.delay_variation_p95 is not None
    assert quality.delay_variation_p95 < 0.001
    assert quality.jitter == pytest.approx(0.0, abs=1e-9)


def test_before_the_first_frame_nothing_is_known() -> None:
    quality = Quality()
    assert (quality.jitter, quality.delay_variation_p95, quality.drift) == (None, None, None)
    assert (quality.longest_gap, quality.gaps) == (0.0, 0)
    quality.arrive(1, 1000.0)
    quality.digest()
    assert (quality.jitter, quality.longest_gap, quality.gaps) == (None, 0.0, 0)


def test_messages_that_need_not_be_audio_count_for_the_longest_gap_alone() -> None:
    quality = Quality()
    for now in (5.0, 5.0 + PAUSE_SECONDS, 5.1 + PAUSE_SECONDS):
        quality.hear(now)
    assert (quality.longest_gap, quality.last_at) == (PAUSE_SECONDS, 5.1 + PAUSE_SECONDS)
    assert (quality.jitter, quality.gaps) == (None, 0)


def test_a_burst_of_frames_in_one_read_is_a_frame_each_and_is_not_hoarded() -> None:
    one_by_one, at_once = Quality(), Quality()
    for now, frames in ((1.0, 1), (1.02, 3), (1.5, 1000), (1.52, 1)):
        for _ in range(frames):
            one_by_one.arrive(1, now)
        at_once.arrive(frames, now)
        assert len(at_once._arrivals) <= 256
    for quality in (one_by_one, at_once):
        assert quality.last_at == 1.52
        quality.digest()
        assert quality.last_at == 1.52
    assert at_once.jitter == one_by_one.jitter
    assert at_once.longest_gap == one_by_one.longest_gap == pytest.approx(0.48)
