"""The options for what is expected of the application, and the scenario that can hold all of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from ..call.actions.context import CalleeConduct
from ..caller import script
from ..scenario.fields import ScenarioError
from ..scenario.scenario import Scenario, read_scenario

Expect = Annotated[
    script.Expect,
    typer.Option(
        help="What the caller expects: the echo, byte for byte; other audio, at its pace; or nothing, for any NCCO."
    ),
]
Callee = Annotated[
    CalleeConduct,
    typer.Option(help="What somebody does whom the NCCO connects the caller to: by phone, SIP, app or VBC."),
]
ScenarioFile = Annotated[
    Path | None,
    typer.Option(
        help="YAML file that says what the caller says and presses, what the network does, and what must come of it"
        " (docs/scenarios.md)."
    ),
]
# The options that say what a scenario's file says.
SAID_IN_FILE = ("seconds", "wav", "dtmf", "stall", "expect", "callee")


def scenario_from(path: Path, given: Iterable[str], *, audio_kept: bool) -> Scenario:
    """Return the scenario of a file, which allows none of the options that it stands for."""
    for option in given:
        raise typer.BadParameter(f"--{option} stands in the scenario's file; give one of both", param_hint="--scenario")
    try:
        return read_scenario(path, audio_kept=audio_kept)
    except ScenarioError as error:
        raise typer.BadParameter(str(error), param_hint="--scenario") from error


def given_options(context: typer.Context) -> list[str]:
    """Return those of the options that a scenario stands for which the command line names."""
    sources = {name: context.get_parameter_source(name) for name in SAID_IN_FILE}
    return [name for name, source in sources.items() if source and source.name == "COMMANDLINE"]
