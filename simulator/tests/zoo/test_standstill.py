"""When the simulator's own process stands still, a good server is not blamed, and a bad one still is."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable

import pytest

from simulator.tests.harness import simulated_time
from simulator.tests.harness.placing import plan, script
from simulator.tests.harness.process import DEADLINE, started
from simulator.tests.zoo.application import React, application, running
from simulator.tests.zoo.late_echo import constantly_300_ms_late, good
from simulator.tests.zoo.wrong_audio import bursts_dropped, corrupted
from voice_simulator.call.calls import place_calls
from voice_simulator.call.result import CallResult
from voice_simulator.call.verdict import Outcome

STANDS_STILL_SECONDS = 0.35


def standing_still_once(after_frames: int) -> Callable[[list[CallResult]], None]:
    """Return a watch of a call that lets the process stand still in its middle."""
    left = [True]

    def watch(results: list[CallResult]) -> None:
        if left and results[0].record.frames.spoken >= after_frames:
            left.clear()
            simulated_time.stand_still(STANDS_STILL_SECONDS)

    return watch


@pytest.mark.parametrize(
    ("react", "outcomes"),
    [
        (bursts_dropped, {Outcome.NOT_JUDGED}),
        (good, {Outcome.GOOD, Outcome.NOT_JUDGED}),
        (corrupted, {Outcome.AUDIO_WRONG}),
        (constantly_300_ms_late, {Outcome.AUDIO_WRONG}),
    ],
)
def test_only_a_bad_server_is_blamed(react: React, outcomes: set[Outcome]) -> None:
    async def place() -> CallResult:
        async with running(react) as webhooks:
            (result,) = await place_calls(plan(webhooks, script(seconds=3.0)), standing_still_once(50))
            return result

    result = simulated_time.run(place())
    assert result.verdict.outcome in outcomes, result.verdict
    if result.verdict.outcome is Outcome.NOT_JUDGED:
        assert result.verdict.errors[0].startswith("this machine could not judge, its own process stood still for 0.3")


@pytest.mark.alone
def test_the_command_that_is_stopped_and_continued_does_not_blame_a_good_server() -> None:
    command = [sys.executable, "-m", "voice_simulator", "--json", "--seconds", "3"]
    with application(good) as webhooks, started(command, ANSWER_URL=f"{webhooks.address}/webhooks/answer") as process:
        process.wait_for("the call is up")
        process.popen.send_signal(signal.SIGSTOP)
        threading.Event().wait(STANDS_STILL_SECONDS)
        process.popen.send_signal(signal.SIGCONT)
        assert process.popen.wait(DEADLINE) in (Outcome.GOOD, Outcome.NOT_JUDGED)
