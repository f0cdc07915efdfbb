"""The command that shows a call again, from its trace."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ..audio.reading import SoundError
from ..call.result import CallResult
from ..record.trace import TraceError, read_trace
from ..report.course_table import tables
from ..report.files import keep
from ..report.json_object import as_json
from ..report.messages import error_lines, warning_lines
from ..report.sound_file import read_file
from . import options
from .terminal import tell


def show(
    trace: Annotated[
        Path, typer.Argument(metavar="FILE", help="A trace, as `call --trace` and the phone's page write it.")
    ],
    recording: Annotated[
        Path | None,
        typer.Option(help="The call's WAV file, as `call --save` writes it: for the waveforms of a picture."),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(parser=options.read_picture_file, help="A .png, .svg or .pdf file for a picture of the call."),
    ] = None,
    for_machines: Annotated[bool, typer.Option("--json", help="Print JSON instead of the table.")] = False,
) -> int:
    """Show a call again, from its trace."""
    try:
        record = read_trace(trace)
        sound = read_file(recording, record.frames) if recording else None
    except (TraceError, SoundError) as error:
        raise typer.BadParameter(str(error)) from error
    results = [CallResult(record, sound)]
    if for_machines:
        typer.echo(json.dumps(as_json(results), indent=2))
    elif results[0].is_worth_a_table or not results[0].errors:
        for each in tables(results):
            Console().print(each)
    for line in warning_lines(results) + error_lines(results):
        tell(line, err=True)
    keep(results[0], plot=plot)
    return 0
