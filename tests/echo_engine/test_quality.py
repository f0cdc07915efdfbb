"""Senders whose clocks, delays and stalls are known, in simulated time."""

from __future__ import annotations

import statistics
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from echo_engine.quality import PAUSE_SECONDS, Quality
from shared.audio import FRAME_SECONDS


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
    assert quality.jitter == pytest.approx(statistics.fmean(abs(gap - FRAME_SECONDS) for gap in gaps), abs=1e-9)
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
    assert (quality.jitter, quality.delay_variation_p95) == (None, None)
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


def test_a_burst_of_frames_in_one_read_is_a_frame_each() -> None:
    one_by_one, at_once = Quality(), Quality()
    for now, frames in ((1.0, 1), (1.02, 3), (1.5, 1000), (1.52, 1)):
        for _ in range(frames):
            one_by_one.arrive(1, now)
        at_once.arrive(frames, now)
    for quality in (one_by_one, at_once):
        assert quality.last_at == 1.52
        quality.digest()
        assert quality.last_at == 1.52
    assert at_once.jitter == pytest.approx(one_by_one.jitter)
    assert at_once.longest_gap == one_by_one.longest_gap == pytest.approx(0.48)
