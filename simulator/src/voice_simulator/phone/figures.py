"""The figures of a call that goes on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..audio.format import FRAME_SECONDS, FRAMES_PER_SECOND
from ..caller.caller import Caller
from ..record.turns import speakers, turns_of
from .microphone import Microphone

RECENT_FRAMES = FRAMES_PER_SECOND  # a second's
LAG_SECONDS = 0.5  # a lag of a frame that was played longer ago says nothing about now
GAP_SECONDS = 0.005  # a shorter silence between two frames is nothing that anybody hears
PAUSE_SECONDS = 0.5  # from here on a silence is a pause, as of a voice that has ended a sentence
JITTER_GAIN = 16  # RFC 3550, 6.4.1
FORGOTTEN_SECONDS = 75.0  # after so long nothing comes back: the play-out queue holds 61 s, the longest delay is 9 s


class LiveFigures:
    """Looks at a caller now and then; where nothing is known, a figure is None.

    `frames`: `sent` to the application; `heard` from it; `returned` of those sent, byte for byte; `lost` of them, as a
    later one has come back, or 75 s have passed; `dropped` of them for a reason: after a stall, on a key, in a move;
    `cleared` and `overflowed` from the play-out queue; `missing` and `excess` of the microphone's. Without an echo,
    nobody knows what of the sent frames came back.
    `round_trip_ms`: from sending to return: `p50` and `p95` of the call, `recent_p50` and `recent_p95` of its last 50.
    `jitter_ms`: the interarrival jitter of RFC 3550, from the round trips.
    `lag_ms`: how late the caller hears the echo now, from the sending of a frame to its play-out.
    `queue_frames`, `queue_ms`: what waits for its play-out.
    `turns`: the figures of the turns, as in `--json`; of an echo they say nothing.
    `speakers`: pairs of seconds from the first frame in which the `caller` and the application (`agent`) are heard.
    `gaps`: silences of 5 ms to 0.5 s between two frames heard: their `count`, `total_ms`, `longest_ms`.
    """

    def __init__(self, caller: Caller, microphone: Microphone) -> None:
        self._caller = caller
        self._frames = caller.record.frames
        self._microphone = microphone
        self._jitter = 0.0  # seconds
        self._trips_seen = 0
        self._heard_seen = 0
        self._gaps: list[float] = []

    def look(self, now: float) -> dict[str, Any]:
        """Return the figures at a time on the call's clock, as JSON."""
        self._caller.ledger.forget(now - FORGOTTEN_SECONDS)
        self._follow_jitter()
        self._follow_gaps()
        record = self._caller.record
        heard = speakers(record)
        turns = turns_of(record, heard)
        queue, echoes = self._caller.play_out.waiting, bool(self._frames.returned)
        return {
            "frames": self._frame_counts(),
            "round_trip_ms": self._round_trip(),
            "jitter_ms": _ms(self._jitter) if echoes else None,
            "lag_ms": self._lag(now),
            "queue_frames": queue,
            "queue_ms": round(queue * FRAME_SECONDS * 1000),
            "gaps": self._gap_figures(),
            "turns": turns.as_json() if turns else None,
            "speakers": heard.as_json(record.speech_at) if heard else None,
        }

    def _frame_counts(self) -> dict[str, int | None]:
        counts = self._frames.counts
        echoes = bool(counts["returned"])
        return {
            "sent": counts["sent"],
            "heard": len(self._frames.heard_at),
            "returned": counts["returned"] if echoes else None,
            "lost": self._caller.ledger.frames_overtaken if echoes else None,
            "dropped": counts["stale"] + counts["discarded"] + counts["lost_at_move"] if echoes else None,
            "cleared": counts["cleared"],
            "overflowed": counts["overflowed"],
            "missing": self._microphone.frames_missing,
            "excess": self._microphone.frames_dropped,
        }

    def _round_trip(self) -> dict[str, float | None]:
        trips = self._frames.round_trips
        p50, p95 = _percentiles(trips)
        recent_p50, recent_p95 = _percentiles(trips[-RECENT_FRAMES:])
        return {"p50": p50, "p95": p95, "recent_p50": recent_p50, "recent_p95": recent_p95}

    def _lag(self, now: float) -> float | None:
        frames = self._frames
        if not frames.lags or now - frames.played_at[-1] > LAG_SECONDS:
            return None
        return _ms(frames.lags[-1])

    def _gap_figures(self) -> dict[str, float | None]:
        if not self._heard_seen:
            return {"count": None, "total_ms": None, "longest_ms": None}
        gaps = self._gaps
        return {"count": len(gaps), "total_ms": _ms(sum(gaps)), "longest_ms": _ms(max(gaps, default=0.0))}

    def _follow_jitter(self) -> None:
        trips = self._frames.round_trips
        for number in range(max(1, self._trips_seen), len(trips)):
            self._jitter += (abs(trips[number] - trips[number - 1]) - self._jitter) / JITTER_GAIN
        self._trips_seen = len(trips)

    def _follow_gaps(self) -> None:
        heard = self._frames.heard_at
        for number in range(max(1, self._heard_seen), len(heard)):
            silence = heard[number] - heard[number - 1] - FRAME_SECONDS
            if GAP_SECONDS < silence < PAUSE_SECONDS:
                self._gaps.append(silence)
        self._heard_seen = len(heard)


def _percentiles(seconds: Sequence[float]) -> tuple[float | None, float | None]:
    if not seconds:
        return None, None
    p50, p95 = np.percentile(np.asarray(seconds), [50, 95])
    return _ms(float(p50)), _ms(float(p95))


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)
