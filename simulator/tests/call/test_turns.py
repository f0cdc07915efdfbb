"""Turns at the caller's ear, against what agents of known manners did by their own clock."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.tests.harness.agents import Agent, Manners
from simulator.tests.harness.echo_peer import StartPeer
from simulator.tests.harness.placing import connect, place_call
from simulator.tests.harness.webhook_server import WebhookServer
from voice_simulator.call.result import CallResult
from voice_simulator.call.verdict import Outcome
from voice_simulator.record.events import ReactionBegan, ReactionMissed
from voice_simulator.record.trace import as_trace, parse_trace
from voice_simulator.record.turns import Turns
from voice_simulator.report.json_object import as_json
from voice_simulator.scenario.scenario import read_scenario

TOLERANCE = 60.0  # ms
QUESTION: dict[str, Any] = {"when": "agent stops", "say": "yes"}
TALK: list[dict[str, Any]] = [QUESTION, QUESTION, QUESTION, {"when": "agent stops", "hang up": True}]
BARGE_IN: list[dict[str, Any]] = [
    QUESTION,
    {"when": "agent has spoken 1.0", "say": "stop"},
    {"when": "agent stops", "hang up": True},
]
NOISE: list[dict[str, Any]] = [
    QUESTION,
    {"when": "agent has spoken 0.8", "say": "mm-hmm", "noise": True},
    {"when": "agent stops", "hang up": True},
]


async def converse(
    webhooks: WebhookServer, start_peer: StartPeer, manners: Manners, caller: list[dict[str, Any]], **fields: Any
) -> tuple[CallResult, Agent]:
    """Have a caller talk with an agent of these manners."""
    agent = Agent(manners)
    webhooks.answer_with([connect(start_peer(agent.react).uri)])
    scenario = read_scenario({"expect": "audio", "seconds": 60, "caller": caller} | fields, audio_kept=True)
    return await place_call(webhooks, scenario.script, must=scenario.must, greeting_spoken=True), agent


def turns(result: CallResult) -> Turns:
    assert result.turns is not None
    return result.turns


def responses(result: CallResult) -> list[float]:
    return [turn.ms for turn in turns(result).list if turn.kind == "response" and turn.ms is not None]


@pytest.mark.parametrize("paced", [True, False])
@pytest.mark.parametrize("think", [0.3, 0.8, 2.5])
async def test_a_response_is_as_long_as_the_agent_took(
    webhooks: WebhookServer, start_peer: StartPeer, think: float, paced: bool
) -> None:
    result, agent = await converse(webhooks, start_peer, Manners(think=think, paced=paced), TALK)
    took = [(answer - end) * 1000 for answer, end in zip(agent.answered_at, agent.ended_at, strict=True)]
    assert responses(result) == pytest.approx(took[:3], abs=TOLERANCE)
    assert len(took) >= 3
    figures = turns(result)
    assert (figures.missed_turns, figures.interruptions, figures.false_yields) == (0, 0, 0)
    assert figures.talk_over_seconds == 0.0
    assert figures.first_audio_ms == pytest.approx(20, abs=TOLERANCE)
    assert result.verdict.outcome is Outcome.GOOD


@pytest.mark.parametrize(
    ("manners", "stopped"),
    [
        (Manners(answers=6), True),
        (Manners(answers=6, paced=False), True),
        (Manners(answers=6, stops_after=0.5), True),
        (Manners(answers=6, clears=False), True),  # paced: nothing is queued
        (Manners(answers=6, paced=False, clears=False), False),  # what was sent is heard to its end
        (Manners(answers=4, stops_after=None), False),
    ],
)
async def test_a_barge_in_lasts_until_the_caller_hears_silence(
    webhooks: WebhookServer, start_peer: StartPeer, manners: Manners, stopped: bool
) -> None:
    result, agent = await converse(webhooks, start_peer, manners, BARGE_IN)
    (barge_in,) = [turn for turn in turns(result).list if turn.kind == "barge_in"]
    assert barge_in.ms is not None
    if stopped:
        assert barge_in.ms == pytest.approx((agent.silent_at[0] - agent.interrupted_at[0]) * 1000, abs=TOLERANCE)
    else:  # it goes on, and then answers the caller's words without a pause
        assert barge_in.ms == pytest.approx((2 * manners.answers - 1.0) * 1000, abs=TOLERANCE)
        if not manners.paced:
            assert barge_in.queue_ms == pytest.approx(barge_in.ms - 2000, abs=500)  # the answer was sent later
    assert turns(result).interruptions == 0


async def test_an_agent_that_goes_on_at_a_noise_yields_to_none(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    result, _ = await converse(webhooks, start_peer, Manners(answers=4, stops_after=0.5), NOISE)
    assert turns(result).false_yields == 0
    assert len(responses(result)) == 1  # a noise is no turn


@pytest.mark.parametrize("paced", [True, False])
async def test_an_agent_that_stops_at_any_sound_yields_to_a_noise(
    webhooks: WebhookServer, start_peer: StartPeer, paced: bool
) -> None:
    result, _ = await converse(webhooks, start_peer, Manners(answers=4, paced=paced), NOISE, must=[{"false_yields": 0}])
    assert turns(result).false_yields == 1
    assert result.verdict.errors[-1] == "scenario, missed: false_yields at most 0; it was 1"
    assert result.verdict.outcome is Outcome.AUDIO_WRONG


async def test_an_agent_that_never_answers_misses_turns_and_the_step_after_them(
    webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    result, _ = await converse(webhooks, start_peer, Manners(answers=0), TALK[:2] + TALK[-1:])
    assert turns(result).missed_turns == 1
    assert responses(result) == []
    assert 'scenario, missed: "agent stops" did not come within 10 s, to say yes' in result.verdict.errors


async def test_an_answer_into_a_pause_interrupts(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    caller = [
        {"at": 3, "say": "yes"},
        {"at": 3.7, "say": "stop"},  # after a pause of 0.3 s
    ]
    result, _ = await converse(webhooks, start_peer, Manners(think=0.04, notice=0.14), caller, seconds=9)
    assert turns(result).interruptions == 1
    assert turns(result).talk_over_seconds > 0


async def test_a_barge_in_that_is_never_over_has_no_length(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    must = [{"barge_in_stop": "max", "within": 2}]
    manners = Manners(answers=60, stops_after=None)
    result, _ = await converse(webhooks, start_peer, manners, BARGE_IN[:2], must=must, seconds=12)
    (barge_in,) = [turn for turn in turns(result).list if turn.kind == "barge_in"]
    assert barge_in.ms is None
    assert "the call ended" in (barge_in.why or "")
    assert result.verdict.errors[-1] == "scenario, missed: barge_in_stop 'max' within 2 s; it never came"


async def test_steps_of_all_kinds(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    caller: list[dict[str, Any]] = [
        {"when": "agent stops", "wait": 1.0, "press": "1"},
        {"when": "agent stops", "within": 0.5, "say": "stop"},  # the key brings no answer
        {"at": 5, "say": "question", "level": -6},
        {"when": "agent stops", "say": {"silence": 0.5}},
        {"when": "agent stops", "within": 1, "hang up": True},
    ]
    result, _ = await converse(
        webhooks, start_peer, Manners(), caller, background={"say": "babble", "level": -30}, seconds=20
    )
    assert [event.deed for event in result.record.of(ReactionBegan)] == ["press 1", "say nothing"]
    assert [event.deed for event in result.record.of(ReactionMissed)] == ["say stop", "hang up"]
    assert len(responses(result)) == 1  # the background is no speech


async def test_json_and_trace_have_the_figures(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    result, _ = await converse(webhooks, start_peer, Manners(), BARGE_IN)
    figures = as_json([result, result])
    one, both = figures["calls"][0]["turns"], figures["turns"]
    assert one["response_ms"]["count"] * 2 == both["response_ms"]["count"]
    assert set(one) - set(both) == {"list"}
    assert {"kind", "at", "ms"} <= one["list"][0].keys()
    trace = as_trace(result.record)
    assert trace["turns"] == one
    read = parse_trace(json.dumps(trace).encode())
    assert as_json([CallResult(read)])["calls"][0]["turns"] == one
