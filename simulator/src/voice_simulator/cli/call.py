"""The command that places calls, and its options."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console

from ..call.calls import place_calls
from ..call.plan import CallPlan
from ..call.result import CallResult
from ..call.verdict import worst_outcome
from ..caller.frame_mark import MAX_CALLS
from ..caller.script import Expect, ScriptError, read_script
from ..caller.speech import SAMPLE_FILE
from ..event_loop import run
from ..report.calls_junit import as_junit
from ..report.course_table import tables
from ..report.files import keep
from ..report.json_object import as_json
from ..report.messages import error_lines, load_lines, warning_lines
from ..report.progress import UpLine, frames_bar
from ..scenario.fields import ScenarioError
from ..scenario.scenario import Scenario, read_scenario
from ..version import VERSION
from ..vonage.application import Application
from . import options, platform_options
from .application_options import takes_application
from .terminal import tell

# The options that say what a scenario's file says, and the names of these values in a script.
SAID_IN_FILE = {
    "seconds": "seconds",
    "wav": "wav",
    "dtmf": "press",
    "stall": "stall",
    "expect": "expect",
    "echo_delay": "echo_delay",
    "callee": "callee",
}


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(VERSION)
        raise typer.Exit


@takes_application()
def call(
    context: typer.Context,
    application: Application,
    seconds: Annotated[float, typer.Option(help="How long the caller speaks.")] = 10.0,
    wav: Annotated[
        Path,
        typer.Option(show_default="a spoken sample", help="The caller's speech: a sound file, repeated."),
    ] = SAMPLE_FILE,
    greeting: Annotated[
        Literal["skip", "real"] | None,
        typer.Option(
            show_default="skip for a plain echo",
            help="Skip what is spoken to the caller, or let it take its time.",
        ),
    ] = None,
    dtmf: Annotated[
        Any,
        typer.Option(
            parser=options.read_keys,
            metavar="KEY@SECOND,...",
            help='Keys with their times: "1@2.0,5@3.5".',
        ),
    ] = "",
    echo_delay: Annotated[float, typer.Option(help="Delay of the echo until a key is pressed.")] = 0.0,
    stall: Annotated[
        Any,
        typer.Option(
            parser=options.read_stalls,
            metavar="SECONDS@SECOND,...",
            help='Stalls of the network: "3@5" for 3 s at 5 s.',
        ),
    ] = "",
    expect: Annotated[
        Expect,
        typer.Option(help="The echo, byte for byte; other audio; or nothing, for any NCCO."),
    ] = "echo",
    callee: platform_options.Callee = "answers",
    scenario: Annotated[
        Path | None,
        typer.Option(help="YAML file of a call and what must come of it, or conversation, for any agent."),
    ] = None,
    retry_pause: platform_options.RetryPause = 1.0,
    duplicate_events: platform_options.DuplicateEvents = False,
    calls: Annotated[
        int,
        typer.Option(
            min=1,
            max=MAX_CALLS,
            help="Calls at the same time.",
        ),
    ] = 1,
    connects_per_second: platform_options.ConnectsPerSecond = 0.0,
    refused_as: platform_options.RefusedAs = "rejected",
    for_machines: Annotated[
        bool,
        typer.Option("--json", help="Print JSON; a line on stderr when all calls are up."),
    ] = False,
    save: Annotated[
        Path | None,
        typer.Option(parser=options.read_sound_file, help="A .wav file for the first call's sound."),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(parser=options.read_picture_file, help="A .png, .svg or .pdf file for its picture."),
    ] = None,
    trace: Annotated[
        Path | None,
        typer.Option(
            parser=options.read_output_file,
            help="A file for its trace, for show and the phone.",
        ),
    ] = None,
    junit: Annotated[
        Path | None,
        typer.Option(parser=options.read_output_file, help="A file for a report in JUnit's format."),
    ] = None,
    _version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version, and exit."),
    ] = False,
) -> int:
    """Call an application as Vonage does, and check what comes back.

    Exit codes: 0 good, 1 audio wrong, lost or late, or a scenario's expectation missed, 2 the NCCO or the answer to an
    event is wrong, 3 connection failed or call lost, 4 this machine could not judge (its own process stood still), 64
    wrong usage.
    """
    audio_kept = save is not None or plot is not None
    if scenario:
        played = _scenario_in(scenario, context, audio_kept=audio_kept)
    else:
        try:
            script = read_script(
                seconds=seconds,
                wav=wav,
                press=dtmf,
                stall=stall,
                expect=expect,
                echo_delay=echo_delay,
                audio_kept=audio_kept,
            )
        except ScriptError as error:
            (option,) = (name for name, field in SAID_IN_FILE.items() if field == error.field)
            raise typer.BadParameter(error.problem, param_hint=f"--{option.replace('_', '-')}") from error
        played = Scenario(script, callee)
    spoken_by_default = bool(connects_per_second or scenario or expect != "echo")
    plan = CallPlan(
        application,
        played.script,
        calls=calls,
        connects_per_second=connects_per_second,
        refused_as=refused_as,
        greeting_spoken=(greeting or ("real" if spoken_by_default else "skip")) == "real",
        callee=played.callee,
        must=played.must,
        events_duplicated=duplicate_events,
        retry_pause=retry_pause,
    )
    results = _place(plan, for_machines=for_machines)
    _tell(results, for_machines=for_machines)
    keep(results[0], save, plot, trace)
    if junit is not None:
        junit.write_bytes(as_junit(results))
    return worst_outcome(result.verdict for result in results)


def _scenario_in(path: Path, context: typer.Context, *, audio_kept: bool) -> Scenario:
    """Return the scenario of a file, beside which no option may say what it says."""
    for name in SAID_IN_FILE:
        if (source := context.get_parameter_source(name)) and source.name == "COMMANDLINE":
            problem = f"says what --{name.replace('_', '-')} says; give one of both"
            raise typer.BadParameter(problem, param_hint="--scenario")
    try:
        return read_scenario(path, audio_kept=audio_kept)
    except ScenarioError as error:
        raise typer.BadParameter(str(error), param_hint="--scenario") from error


def _place(plan: CallPlan, *, for_machines: bool) -> list[CallResult]:
    if for_machines:
        return run(place_calls(plan, UpLine()))
    with frames_bar(plan) as watch:
        return run(place_calls(plan, watch))


def _tell(results: Sequence[CallResult], *, for_machines: bool) -> None:
    if for_machines:
        typer.echo(json.dumps(as_json(results), indent=2))
    elif any(result.is_worth_a_table or not result.errors for result in results):
        for each in tables(results):
            Console().print(each)
    busy = load_lines(results, os.getloadavg()[0], os.cpu_count() or 1) if hasattr(os, "getloadavg") else []
    for line in warning_lines(results) + error_lines(results) + busy:
        tell(line, err=True)
