"""The example scenarios, played against three applications."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import voice_simulator
from simulator.tests.harness.flask_server import serving
from simulator.tests.zoo import good_answering_machine, good_bot, good_menu
from voice_simulator.call.calls import place_calls
from voice_simulator.call.plan import CallPlan
from voice_simulator.call.result import CallResult
from voice_simulator.call.verdict import Outcome
from voice_simulator.scenario.scenario import Scenario, read_scenario
from voice_simulator.vonage.application import Application

EXAMPLES = Path(voice_simulator.__file__).parent / "examples"
# The one application that each scenario is about.
OWN = {"answering_machine": "answering machine", "menu": "menu", "interruption": "bot"}


class Zoo:
    """The applications, by their answer URLs, and what the answering machine has got."""

    def __init__(self) -> None:
        self.answer_urls: dict[str, str] = {}
        self.messages: list[float] = []


@pytest.fixture(scope="module")
def zoo() -> Iterator[Zoo]:
    zoo = Zoo()
    with ExitStack() as servers:
        apps = {
            "answering machine": good_answering_machine.create_app(zoo.messages),
            "menu": good_menu.create_app(),
            "bot": good_bot.create_app(servers.enter_context(good_bot.socket_server())),
        }
        zoo.answer_urls = {name: servers.enter_context(serving(app)).answer_url for name, app in apps.items()}
        yield zoo


async def play(scenario: Scenario, answer_url: str) -> CallResult:
    application = Application(answer_url)
    plan = CallPlan(application, scenario.script, greeting_spoken=True, callee=scenario.callee, must=scenario.must)
    (result,) = await place_calls(plan, watch=lambda results: None)
    return result


@pytest.mark.parametrize("name", OWN)
async def test_a_scenario_is_met_by_its_own_application_and_by_no_other(name: str, zoo: Zoo) -> None:
    scenario = read_scenario(EXAMPLES / f"{name}.yaml")
    played = await asyncio.gather(*(play(scenario, url) for url in zoo.answer_urls.values()))
    results = dict(zip(zoo.answer_urls, played, strict=True))
    own = results.pop(OWN[name])
    assert (own.verdict.outcome, own.verdict.errors) == (Outcome.GOOD, [])
    for result in results.values():
        assert result.verdict.outcome is not Outcome.GOOD
        assert any(error.startswith("scenario, missed: ") for error in result.verdict.errors)


def test_the_answering_machine_got_the_message(zoo: Zoo) -> None:
    assert any(2.5 < seconds < 3.5 for seconds in zoo.messages), zoo.messages  # from the tone to the key
