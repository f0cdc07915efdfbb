"""The example scenarios, played against three applications."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

import voice_simulator
from simulator.tests.harness import simulated_time
from simulator.tests.harness.flask_server import in_loop
from simulator.tests.zoo import good_answering_machine, good_bot, good_menu
from simulator.tests.zoo.application import sockets
from voice_simulator.call.calls import place_calls
from voice_simulator.call.plan import CallPlan
from voice_simulator.call.result import CallResult
from voice_simulator.call.verdict import Outcome
from voice_simulator.scenario.scenario import Scenario, read_scenario
from voice_simulator.vonage.application import Application

EXAMPLES = Path(voice_simulator.__file__).parent / "examples"
# The one application that each scenario is about.
OWN = {"answering_machine": "answering machine", "menu": "menu", "interruption": "bot"}


async def play(scenario: Scenario, answer_url: str) -> CallResult:
    application = Application(answer_url)
    plan = CallPlan(application, scenario.script, greeting_spoken=True, callee=scenario.callee, must=scenario.must)
    (result,) = await place_calls(plan, watch=lambda results: None)
    return result


async def play_with_all(scenario: Scenario, messages: list[float]) -> dict[str, CallResult]:
    """Play a scenario with each of the applications; the answering machine keeps its messages' lengths."""
    async with AsyncExitStack() as servers:
        bot = await servers.enter_async_context(sockets(good_bot.talk))
        apps = {
            "answering machine": good_answering_machine.create_app(messages),
            "menu": good_menu.create_app(),
            "bot": good_bot.create_app(bot),
        }
        addresses = [await servers.enter_async_context(in_loop(app)) for app in apps.values()]
        results = await asyncio.gather(*(play(scenario, address.answer_url) for address in addresses))
        return dict(zip(apps, results, strict=True))


@pytest.mark.parametrize("name", OWN)
def test_a_scenario_is_met_by_its_own_application_and_by_no_other(name: str) -> None:
    messages: list[float] = []
    results = simulated_time.run(play_with_all(read_scenario(EXAMPLES / f"{name}.yaml"), messages))
    own = results.pop(OWN[name])
    assert (own.verdict.outcome, own.verdict.errors) == (Outcome.GOOD, [])
    for result in results.values():
        assert result.verdict.outcome is not Outcome.GOOD
        assert any(error.startswith("scenario, missed: ") for error in result.verdict.errors)
    if name == "answering_machine":
        assert any(2.5 < seconds < 3.5 for seconds in messages), messages  # from the tone to the key
