"""A call's figures at its end, for its log line and for the histograms; None is unknown."""

from __future__ import annotations

import math
from dataclasses import dataclass

from echo_engine.call import Call
from shared.audio import FRAME_SECONDS, FRAMES_PER_SECOND

MIN_FRAMES = 5 * FRAMES_PER_SECOND  # in less, one lost frame would decide the MOS
BEST_RATING = 94.2  # R of a call without delay and loss
DISTURBING_DELAY_MS = 177.3  # beyond it, people interrupt each other
LOST = ("stale", "backlog")  # why a frame is dropped against the caller's wish


@dataclass(frozen=True, slots=True)
class CallFigures:
    """How good a call was, as far as the engine can know; times in seconds. A plain client's has its gap alone."""

    longest_gap: float
    gaps: int | None = None
    gap_seconds: float | None = None
    jitter: float | None = None
    delay_variation_p95: float | None = None
    round_trip: float | None = None  # of pings, on average
    platform_queue_max: float | None = None
    mos_estimate: float | None = None


def figures_of(call: Call) -> CallFigures:
    """Return the figures of a call up to now."""
    call.quality.digest()
    quality = call.quality
    if call.frame_bytes is None:
        return CallFigures(quality.longest_gap)
    return CallFigures(
        quality.longest_gap,
        quality.gaps,
        quality.gap_seconds,
        quality.jitter,
        quality.delay_variation_p95,
        call.queue_check.round_trip,
        call.queue_check.longest_wait,
        _mos_estimate(call),
    )


def _mos_estimate(call: Call) -> float | None:
    """Estimate the MOS, None under five seconds of audio.

    The delay is what the engine sees of the echo's way: a frame's own time, the round trip to the platform, and the
    audio that waits there. If the platform doesn't tell, it is as much as evens out the delay variation. A delay that
    the caller asked for does not count. Lost are the frames that were dropped late and those cut at the platform.
    """
    received = call.frames_received
    if received < MIN_FRAMES:
        return None
    check = call.queue_check
    waits = check.wait
    if waits is None:
        waits = call.quality.delay_variation_p95 or 0.0
    lost = sum(call.frames_dropped[reason] for reason in LOST) + call.play_out.frames_cut
    return estimate_mos(FRAME_SECONDS + (check.round_trip or 0.0) + waits, min(lost / received, 1.0))


def estimate_mos(delay_seconds: float, loss: float) -> float:
    """Return the mean opinion score, 1 to 4.5, for a delay in one direction and a share (0 to 1) of lost audio.

    The E-model (ITU-T G.107) as Cole and Rosenbluth simplified it for G.711 with random loss ("Voice over IP
    Performance Monitoring", ACM SIGCOMM Computer Communication Review 31, 2001). It knows the delay and the loss, and
    no echo, noise or loudness.
    """
    delay_ms = delay_seconds * 1000
    rating = BEST_RATING - 0.024 * delay_ms - 0.11 * max(delay_ms - DISTURBING_DELAY_MS, 0) - 30 * math.log1p(15 * loss)
    if rating <= 0:
        return 1.0
    return max(1 + 0.035 * rating + 7e-6 * rating * (rating - 60) * (100 - rating), 1.0)
