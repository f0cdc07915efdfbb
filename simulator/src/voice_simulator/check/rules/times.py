"""Rules of the group webhooks: the platform's time limits."""

from __future__ import annotations

from ...vonage.requester import ANSWER_LIMITS, EVENT_LIMITS
from ..finding import Finding, failed, passed, warned
from ..rule import rule
from ..trial import Trial

REQUESTS_TIMED = 3


@rule(
    "webhooks.answer-in-time",
    "The answer webhook answers within 5 s",
    section="6",
    fix="Answer first, work afterwards: the platform gives the call to the fallback after 5 s.",
    alone=True,
)
async def answer_in_time(trial: Trial) -> Finding:
    """Take the slowest of several answers, while no other rule sends any."""
    limit, slowest = ANSWER_LIMITS.answer, 0.0
    for _ in range(REQUESTS_TIMED):
        response = await trial.request_answer()
        slowest = max(slowest, response.elapsed.total_seconds())
        if slowest > limit:
            break
    return _judge_time(slowest, limit)


def _judge_time(seconds: float, limit: float) -> Finding:
    """Judge the time of an answer: over the limit it fails, with less than half of it left it warns."""
    seen = f"{seconds:.3f} s; {max(0.0, limit - seconds):.3f} s of {limit:g} s are left"
    expected = f"an answer within {limit:g} s"
    if seconds > limit:
        return failed(seen, expected)
    return warned(seen, expected) if seconds > limit / 2 else passed(seen, expected)


@rule(
    "webhooks.event-in-time",
    "The event webhook answers within 10 s",
    section="6",
    fix="Answer first, work afterwards; the platform sends an event again after 10 s.",
    alone=True,
)
async def event_in_time(trial: Trial) -> Finding:
    """Take the slowest of a call's events, while no other rule sends any."""
    leg, limit, slowest = trial.new_leg(), EVENT_LIMITS.answer, 0.0
    for event in (leg.event("started"), leg.event("ringing"), leg.answered(), leg.completed()):
        slowest = max(slowest, (await trial.send_event(event)).elapsed.total_seconds())
        if slowest > limit:
            break
    return _judge_time(slowest, limit)


TIMES = [answer_in_time, event_in_time]
