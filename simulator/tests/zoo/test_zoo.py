"""Each application of the zoo gets its verdict, in the time that the simulator promises."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from contextlib import ExitStack
from time import perf_counter
from typing import NamedTuple

import pytest

from simulator.tests.harness.placing import place_call, script
from simulator.tests.harness.webhook_server import WebhookServer
from simulator.tests.zoo.members import MEMBERS, Member
from voice_simulator.call.machine_pauses import longest_pause
from voice_simulator.call.result import CallResult
from voice_simulator.call.verdict import Outcome, Verdict
from voice_simulator.caller.caller import LAST_MOMENT_SECONDS
from voice_simulator.vonage.open_socket import OpenSocket
from voice_simulator.vonage.requester import ANSWER_LIMITS, EVENT_LIMITS

NAMES = [member.name for member in MEMBERS]
BEFORE_AND_AFTER = 2 * ANSWER_LIMITS.seconds + LAST_MOMENT_SECONDS + OpenSocket.close_seconds + EVENT_LIMITS.seconds
SLACK_SECONDS = 5.0  # of a busy machine
TRIES = 3


class Placed(NamedTuple):
    result: CallResult
    seconds: float


@pytest.fixture(scope="module")
def placed() -> dict[str, Placed]:
    """Call all applications; at most twice again those with a wrong verdict of a process that stood still."""
    found = call(MEMBERS)
    for _ in range(TRIES - 1):
        found |= call([member for member in MEMBERS if is_doubtful(member, found[member.name].result)])
    return found


def call(members: Sequence[Member]) -> dict[str, Placed]:
    """Call applications at the same time, as each call takes its time."""
    with ExitStack() as running:
        servers = {member.name: running.enter_context(member.running()) for member in members}
        return asyncio.run(call_all(members, servers))


async def call_all(members: Sequence[Member], servers: dict[str, WebhookServer]) -> dict[str, Placed]:
    calls = [place(member, servers[member.name]) for member in members]
    return dict(zip(servers, await asyncio.gather(*calls), strict=True))


async def place(member: Member, webhooks: WebhookServer) -> Placed:
    start = perf_counter()
    result = await place_call(webhooks, script(**member.script))
    return Placed(result, perf_counter() - start)


def is_right(member: Member, verdict: Verdict) -> bool:
    """Return whether a verdict is the one that a member should get, and says what it should say, or nothing."""
    if verdict.outcome is not member.outcome:
        return False
    if not member.says:
        return not verdict.errors and not verdict.warnings
    told = verdict.warnings if member.outcome is Outcome.GOOD else verdict.errors
    return any(re.search(member.says, line) for line in told)


def is_doubtful(member: Member, result: CallResult) -> bool:
    """Return whether a verdict is wrong, and this machine paused meanwhile."""
    return not is_right(member, result.verdict) and longest_pause(result.record) > 0


def test_each_member_has_a_name_of_its_own() -> None:
    assert len(set(NAMES)) == len(MEMBERS)


@pytest.mark.parametrize("member", MEMBERS, ids=NAMES)
def test_the_verdict(member: Member, placed: dict[str, Placed]) -> None:
    verdict = placed[member.name].result.verdict
    assert is_right(member, verdict), (verdict.outcome, verdict.errors, verdict.warnings)


@pytest.mark.parametrize("member", MEMBERS, ids=NAMES)
def test_every_call_has_a_last_moment(member: Member, placed: dict[str, Placed]) -> None:
    assert placed[member.name].seconds < member.script["seconds"] + BEFORE_AND_AFTER + SLACK_SECONDS
