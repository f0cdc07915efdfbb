"""An estimate of how callers would rate a call: the E-model (ITU-T G.107) as Cole and Rosenbluth simplified it.

R. G. Cole and J. H. Rosenbluth, "Voice over IP Performance Monitoring", ACM SIGCOMM Computer Communication Review 31
(2001), for G.711 with random loss. It knows the delay and the loss, and no echo, noise or loudness.
"""

from __future__ import annotations

import math

BEST_RATING = 94.2  # R of a call without delay and loss
DISTURBING_DELAY_MS = 177.3  # beyond it, people interrupt each other


def estimate_mos(delay_seconds: float, loss: float) -> float:
    """Return the mean opinion score, 1 to 4.5, for a delay in one direction and a share (0 to 1) of lost audio."""
    delay_ms = delay_seconds * 1000
    rating = BEST_RATING - 0.024 * delay_ms - 0.11 * max(delay_ms - DISTURBING_DELAY_MS, 0) - 30 * math.log1p(15 * loss)
    if rating <= 0:
        return 1.0
    return max(1 + 0.035 * rating + 7e-6 * rating * (rating - 60) * (100 - rating), 1.0)
