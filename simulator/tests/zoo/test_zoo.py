"""Each application of the zoo gets its verdict, in the time that the simulator promises; the time is simulated."""

from __future__ import annotations

import asyncio
import re

import pytest

from simulator.tests.harness import simulated_time
from simulator.tests.harness.placing import place_call, script
from simulator.tests.zoo.members import MEMBERS, Member
from voice_simulator.call.result import CallResult
from voice_simulator.call.verdict import Outcome, Verdict
from voice_simulator.caller.caller import LAST_MOMENT_SECONDS
from voice_simulator.vonage.open_socket import OpenSocket
from voice_simulator.vonage.requester import ANSWER_LIMITS, EVENT_LIMITS

BEFORE_AND_AFTER = 2 * ANSWER_LIMITS.seconds + LAST_MOMENT_SECONDS + OpenSocket.close_seconds + EVENT_LIMITS.seconds


async def placed(member: Member) -> tuple[CallResult, float]:
    """Return the result of a call, and how long it took."""
    async with member.running() as webhooks:
        start = asyncio.get_running_loop().time()
        result = await place_call(webhooks, script(**member.script))
        return result, asyncio.get_running_loop().time() - start


def is_right(member: Member, verdict: Verdict) -> bool:
    """Return whether a verdict is the one that a member should get, and says what it should say, or nothing."""
    if verdict.outcome is not member.outcome:
        return False
    if not member.says:
        return not verdict.errors and not verdict.warnings
    told = verdict.warnings if member.outcome is Outcome.GOOD else verdict.errors
    return any(re.search(member.says, line) for line in told)


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.name)
def test_the_verdict_comes_in_time(member: Member) -> None:
    result, seconds = simulated_time.run(placed(member))
    verdict = result.verdict
    assert is_right(member, verdict), (verdict.outcome, verdict.errors, verdict.warnings)
    assert seconds < member.script["seconds"] + BEFORE_AND_AFTER
