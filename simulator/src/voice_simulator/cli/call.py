"""The command that places calls, and its options."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ..call.calls import place_calls
from ..call.plan import CallPlan
from ..call.result import CallResult
from ..call.verdict import worst_outcome
from ..caller.script import Script
from ..caller.speech import SAMPLE_FILE
from ..event_loop import run
from ..report.course_table import course_table
from ..report.files import keep
from ..report.json_object import as_json
from ..report.messages import error_lines, load_lines, warning_lines
from ..report.progress import UpLine, frames_bar
from ..report.table import table
from ..scenario.scenario import Scenario
from ..version import version
from ..vonage.application import Application
from . import application_options, options, platform_options, scenario_options


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(version())
        raise typer.Exit


def call(
    context: typer.Context,
    answer_url: application_options.AnswerUrl,
    method: application_options.Method = "GET",
    event_url: application_options.EventUrl = None,
    fallback_url: application_options.FallbackUrl = None,
    caller: application_options.CallerNumber = Application.caller,
    called: application_options.CalledNumber = Application.called,
    seconds: Annotated[float, typer.Option(parser=options.read_seconds, help="How long the caller speaks.")] = 10.0,
    wav: Annotated[
        Path,
        typer.Option(
            show_default="a spoken sample", help="The caller's speech: a PCM WAV file, repeated if it is shorter."
        ),
    ] = SAMPLE_FILE,
    greeting: platform_options.Greeting = None,
    dtmf: Annotated[str, typer.Option(help='Keys that the caller presses, each with its time: "1@2.0,5@3.5".')] = "",
    echo_delay_ms: platform_options.EchoDelay = 0,
    stall: Annotated[
        str,
        typer.Option(
            help='Stalls of the network, both ways: "3@5" for 3 s at 5 s, several by comma. From 1 s after each stall,'
            " the echo must be heard less than 250 ms late."
        ),
    ] = "",
    expect: scenario_options.Expect = "echo",
    callee: scenario_options.Callee = "answers",
    scenario: scenario_options.ScenarioFile = None,
    retry_pause: platform_options.RetryPause = 1.0,
    duplicate_events: platform_options.DuplicateEvents = False,
    calls: platform_options.Calls = 1,
    connects_per_second: platform_options.ConnectsPerSecond = 0.0,
    refused_as: platform_options.RefusedAs = "rejected",
    signature_secret: application_options.SignatureSecret = None,
    api_key: application_options.ApiKey = None,
    application_id: application_options.ApplicationId = None,
    ca: platform_options.Authorities = None,
    for_machines: Annotated[
        bool,
        typer.Option(
            "--json", help="Print JSON on stdout instead of the table, and a line on stderr when each call has been up."
        ),
    ] = False,
    save: Annotated[
        Path | None,
        typer.Option(parser=options.read_sound_file, help="A .wav file for what the first call's caller heard."),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(
            parser=options.read_picture_file, help="A .png, .svg or .pdf file for a picture of the first call."
        ),
    ] = None,
    _version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version, and exit."),
    ] = False,
) -> int:
    """Call an application as the telephony platform does, and check the echo byte for byte, or what else is expected.

    Exit codes: 0 good, 1 audio wrong, lost or late, or a scenario's expectation missed, 2 the NCCO or the answer to an
    event is wrong, 3 connection failed or call lost, 4 this machine could not judge (its own process stood still), 64
    wrong usage. Frames that the server drops after a stall or on a key, or that are lost when it closes the socket and
    the call moves to another socket, are counted apart: they are no fault.

    The echo is late if it is heard 250 ms or more after the time that was asked for, for a second on end or in half of
    the call. What is asked for is an echo at once, or with the delay of the key that was pressed.

    A call ends at the latest 10 s after the last word and the delay asked for, whatever the server does; answers to the
    last events are awaited for 11 s more.

    A call is lost if it ends before the caller hangs up, or if the application gives it up: after a socket that failed
    or ended, its NCCO has no connect. The gap of a move is the time in which the caller hears no echo, from the last
    frame to the next one; words that the platform speaks in between don't count as heard.
    """
    audio_kept = save is not None or plot is not None
    if scenario:
        played = scenario_options.scenario_from(
            scenario, scenario_options.given_options(context), audio_kept=audio_kept
        )
    else:
        digits = options.read_digits(dtmf, seconds)
        script = Script(
            speech=options.read_wav(wav, seconds),
            seconds=seconds,
            digits=digits,
            delay=echo_delay_ms / 1000,
            stalls=options.read_stalls(stall, seconds, digits),
            audio_kept=audio_kept,
            expect=expect,
        )
        played = Scenario(script, callee, [])
    spoken_by_default = bool(connects_per_second or scenario or expect != "echo")
    plan = CallPlan(
        application_options.application(
            answer_url,
            event_url=event_url,
            fallback_url=fallback_url,
            method=method,
            caller=caller,
            called=called,
            signature_secret=signature_secret,
            api_key=api_key,
            application_id=application_id,
            ca=ca,
        ),
        played.script,
        calls=calls,
        connects_per_second=connects_per_second,
        refused_as=refused_as,
        greeting_spoken=(greeting or ("real" if spoken_by_default else "skip")) == "real",
        callee=played.callee,
        events_duplicated=duplicate_events,
        retry_pause=retry_pause,
    )
    results = _place(plan, for_machines=for_machines)
    for result in results:
        played.judge(result)
    _tell(results, played, for_machines=for_machines)
    keep(results[0], save, plot)
    return worst_outcome(result.verdict for result in results)


def _place(plan: CallPlan, *, for_machines: bool) -> list[CallResult]:
    if for_machines:
        return run(place_calls(plan, UpLine()))
    with frames_bar(plan) as watch:
        return run(place_calls(plan, watch))


def _tell(results: Sequence[CallResult], played: Scenario, *, for_machines: bool) -> None:
    if for_machines:
        typer.echo(json.dumps(as_json(results), indent=2))
    elif any(result.answer_seconds is not None for result in results):  # of a server that is down, no table of "none"
        if played.script.expect == "echo":
            Console().print(table(results))
        if played.script.expect != "echo" or played.expectations:
            Console().print(course_table(results, played.expectations))
    busy = load_lines(results, os.getloadavg()[0], os.cpu_count() or 1) if hasattr(os, "getloadavg") else []
    for line in warning_lines(results) + error_lines(results) + busy:
        typer.echo(line, err=True)
