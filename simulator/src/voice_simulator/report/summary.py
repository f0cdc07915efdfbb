"""The figures of one call, or of many together."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..call.audio_judgement import delay_asked
from ..call.result import CallResult
from ..call.round_trip_rules import RoundTrips
from ..call.verdict import Outcome
from ..record.frames import Frames

SERIES_POINTS_PER_SECOND = 10

Milliseconds = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Spread:
    """The spread of some times, in milliseconds."""

    min: float
    p50: float
    p95: float
    p99: float
    max: float


@dataclass(frozen=True)
class Lag:
    """How late callers hear themselves, in milliseconds from the sending of a frame to its play-out."""

    p50: float
    max: float
    end: float  # of a call's last frame; of several calls the worst


@dataclass(frozen=True)
class Gap(Spread):
    """How long callers hear nothing while their calls move from one socket to the next, in milliseconds a move.

    From the last frame heard to the next one: words that the platform speaks in between don't count as heard.
    """

    total: float


@dataclass(frozen=True)
class Summary:
    """The counts of frames and the measured times; a time that no call got to is None.

    `jitter_ms` is the mean difference between the round trips of frames that came back one after the other: RFC 3550's
    |D|, averaged over the call instead of smoothed. `variation_ms` is how far the round trips of a second differ, the
    median of a call's seconds, of several calls the worst: by this a call is judged (see round_trip_rules).
    """

    calls_placed: int
    calls_good: int
    calls_lost: int  # ended before the caller hung up, or were given up
    calls_given_up: int  # by the application; of the lost ones
    moved: int  # how often a call moved to another socket
    connects_refused: int  # for the account's limit of new legs
    answer_ms: Spread | None
    connect_ms: Spread | None
    frames: dict[str, int]  # see Frames.counts
    round_trip_ms: Spread | None
    jitter_ms: float | None
    variation_ms: float | None
    play_out_lag_ms: Lag | None
    gap_ms: Gap | None
    longest_silence_ms: float | None  # that a caller heard between two frames
    sender_late_ms: Spread | None


def summarise(results: Sequence[CallResult]) -> Summary:
    """Add up the results of one call or more."""
    frames = [result.record.frames for result in results]
    round_trips = [np.asarray(each.round_trips) * 1000 for each in frames]
    return Summary(
        calls_placed=len(results),
        calls_good=sum(result.verdict.outcome is Outcome.GOOD for result in results),
        answer_ms=_spread_of(result.answer_seconds for result in results),
        connect_ms=_spread_of(result.connect_seconds for result in results),
        calls_lost=sum(result.lost for result in results),
        calls_given_up=sum(result.given_up for result in results),
        moved=sum(result.moves for result in results),
        connects_refused=sum(result.connects_refused for result in results),
        frames={name: sum(each.counts[name] for each in frames) for name in frames[0].counts},
        round_trip_ms=_spread(np.concatenate(round_trips)),
        jitter_ms=_mean(np.concatenate([np.abs(np.diff(times)) for times in round_trips])),
        variation_ms=max(
            (round(variation * 1000, 3) for result in results if (variation := _variation(result)) is not None),
            default=None,
        ),
        play_out_lag_ms=_lag(frames),
        gap_ms=_gap(np.concatenate([np.asarray(each.gaps) * 1000 for each in frames])),
        longest_silence_ms=max(
            (round(each.longest_silence * 1000, 3) for each in frames if each.heard_at),
            default=None,
        ),
        sender_late_ms=_spread(np.concatenate([each.late * 1000 for each in frames])),
    )


def delays_asked(result: CallResult) -> list[tuple[float, float]]:
    """Return the delays that the echo of a call was asked to have, in seconds, each with its time from the start."""
    first_at = result.record.frames.first_at or 0.0
    return [(max(0.0, time - first_at), seconds) for time, seconds in delay_asked(result.record).changes]


def lag_series(result: CallResult) -> list[float | None]:
    """Return the largest play-out lag in each tenth of a second of a call, in ms; None where nothing was heard."""
    frames = result.record.frames
    if frames.first_at is None or not frames.lags:
        return []
    tenths = ((np.asarray(frames.played_at) - frames.first_at) * SERIES_POINTS_PER_SECOND).astype(int)
    largest = np.full(tenths[-1] + 1, -np.inf)
    np.maximum.at(largest, tenths, np.asarray(frames.lags) * 1000)
    return [round(float(lag), 1) if lag >= 0 else None for lag in largest]


def _variation(result: CallResult) -> float | None:
    return RoundTrips(result.record.frames.returned_numbers, result.record.frames.round_trips).variation


def _lag(frames: Sequence[Frames]) -> Lag | None:
    lags = np.concatenate([np.asarray(each.lags) * 1000 for each in frames])
    if not len(lags):
        return None
    end = max(each.lags[-1] * 1000 for each in frames if each.lags)
    return Lag(*(round(float(time), 3) for time in (np.median(lags), lags.max(), end)))


def _gap(times: Milliseconds) -> Gap | None:
    spread = _spread(times)
    return Gap(**dataclasses.asdict(spread), total=round(float(times.sum()), 3)) if spread else None


def _spread_of(seconds: Iterable[float | None]) -> Spread | None:
    return _spread(np.array([time * 1000 for time in seconds if time is not None]))


def _spread(times: Milliseconds) -> Spread | None:
    if not len(times):
        return None
    return Spread(*(round(float(time), 3) for time in np.percentile(times, [0, 50, 95, 99, 100])))


def _mean(times: Milliseconds) -> float | None:
    return round(float(times.mean()), 3) if len(times) else None
