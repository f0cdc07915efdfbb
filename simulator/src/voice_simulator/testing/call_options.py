"""The options of a call that a test places, and the plan that comes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, NamedTuple, TypedDict

import typer

from ..call.actions.context import CalleeConduct
from ..call.plan import CallPlan
from ..caller.script import Expect, Script
from ..caller.speech import SAMPLE_FILE
from ..cli.options import read_digits, read_seconds, read_stalls, read_wav
from ..cli.scenario_options import SAID_IN_FILE, scenario_from
from ..scenario.scenario import Scenario
from ..vonage.application import Application


class CallOptions(TypedDict, total=False):
    """What a test may say about its call; each has the command line's default."""

    seconds: float  # how long the caller speaks
    wav: str | Path  # the caller's speech, a PCM WAV file, repeated if it is shorter
    press: str  # keys, each with its time: "1@2.0,5@3.5"
    stall: str  # stalls of the network: "3@5" for 3 s at 5 s
    expect: Expect  # "echo", byte for byte; "audio", other audio from the socket; "nothing", for any NCCO
    echo_delay: float  # seconds that the echo is meant to be late before any key
    callee: CalleeConduct  # of whom the NCCO calls: "answers", "busy", "unanswered"
    scenario: str | Path  # a YAML file that stands for all of the above (docs/scenarios.md)
    spoken: bool  # whether talks take as long as a voice would; by default unless an echo is expected
    method: Literal["GET", "POST"]  # of the answer webhook
    event_url: str  # by default /webhooks/events at the answer webhook's host
    fallback_url: str  # by default /webhooks/fallback there
    caller: str  # the number that calls
    called: str  # the number that is called
    signature_secret: str  # to sign the requests with, and the handshakes that want it
    ca: str | Path  # a PEM file of a certificate authority to trust as well


class PlannedCall(NamedTuple):
    """A call to place, and what must come of it."""

    plan: CallPlan
    scenario: Scenario


def plan_call(answer_url: str, options: CallOptions) -> PlannedCall:
    """Return the plan of a call. Raises TypeError for an unknown option, ValueError for a wrong value."""
    if unknown := options.keys() - CallOptions.__annotations__.keys():
        known = ", ".join(CallOptions.__annotations__)
        raise TypeError(f"voice_call has no option {', '.join(sorted(unknown))}; it has {known}")
    try:
        scenario = _scenario(options)
        return PlannedCall(_plan(answer_url, options, scenario.script, scenario.callee), scenario)
    except typer.BadParameter as error:
        raise ValueError(error.message) from error


def _scenario(options: CallOptions) -> Scenario:
    if "scenario" in options:
        names = {"press": "dtmf"}
        given = [names.get(name, name) for name in options if names.get(name, name) in SAID_IN_FILE]
        return scenario_from(Path(options["scenario"]), given, audio_kept=True)
    seconds = read_seconds(str(options.get("seconds", 10.0)))
    digits = read_digits(options.get("press", ""), seconds)
    script = Script(
        speech=read_wav(Path(options.get("wav", SAMPLE_FILE)), seconds),
        seconds=seconds,
        digits=digits,
        stalls=read_stalls(options.get("stall", ""), seconds, digits),
        delay=options.get("echo_delay", 0.0),
        audio_kept=True,
        expect=options.get("expect", "echo"),
    )
    return Scenario(script, options.get("callee", "answers"), [])


def _plan(answer_url: str, options: CallOptions, script: Script, callee: CalleeConduct) -> CallPlan:
    fields: dict[str, Any] = {name: value for name, value in options.items() if name in Application.__annotations__}
    if "ca" in fields:
        fields["ca"] = Path(fields["ca"])
    spoken_by_default = "scenario" in options or script.expect != "echo"
    return CallPlan(
        Application(answer_url, **fields),
        script,
        greeting_spoken=options.get("spoken", spoken_by_default),
        callee=callee,
        retry_pause=1.0,
    )
