"""The command that finds out how many calls an application carries."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import select
import socket
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.console import Console

from ..caller.frame_mark import MAX_CALLS
from ..load.answers import Answers
from ..load.crew import WorkerGoneError, crew
from ..load.figures import cores
from ..load.report import as_json, sentences, steps_table
from ..load.search import Found, Ramp, Search, Searcher
from ..vonage.application import Application
from . import options
from .application_options import takes_application
from .terminal import tell

EXIT_CODES = {Found.BREAKING_POINT: 0, Found.MOST: 0, Found.NOTHING: 3, Found.OWN_LIMIT: 4}


@takes_application(argument=True, without=("event_url", "fallback_url"))
def load(
    application: Application,
    max_calls: Annotated[int, typer.Option(min=1, max=MAX_CALLS, help="Calls of the last step.")] = 2000,
    first: Annotated[int, typer.Option(min=1, max=MAX_CALLS, help="Calls of the first step.")] = 20,
    step: Annotated[
        int | None, typer.Option(min=1, show_default="a quarter more each time", help="Calls that each step adds.")
    ] = None,
    seconds: Annotated[float, typer.Option(min=1, max=600, help="How long each step is measured.")] = 10.0,
    connects_per_second: Annotated[
        float,
        typer.Option(
            parser=options.read_rate, help="How fast new calls come; 0: at once. Waits in the NCCO are kept, too."
        ),
    ] = 50.0,
    processes: Annotated[
        int | None, typer.Option(min=1, max=256, show_default="one a core", help="Processes that carry the calls.")
    ] = None,
    for_machines: Annotated[bool, typer.Option("--json", help="Print JSON on stdout instead of the table.")] = False,
    plot: Annotated[
        Path | None, typer.Option(parser=options.read_picture_file, help="A .png, .svg or .pdf file for a picture.")
    ] = None,
) -> int:
    """Find how many calls at the same time an application carries.

    Exit codes: 0 the breaking point was found, or all calls were carried; 3 no call came up, or no frame came back;
    4 the load itself, or the rate of answers, was the limit before that; 64 wrong usage.
    """
    ramp = Ramp(first, step, max_calls, seconds, connects_per_second)
    if not hasattr(select, "poll"):
        raise typer.BadParameter("a load needs poll(), which this system doesn't have: run it on Linux or macOS")
    try:
        search = asyncio.run(_search(application, ramp, processes or cores()))
    except WorkerGoneError:
        typer.echo("error: a process of the load has ended; why stands above", err=True)
        return EXIT_CODES[Found.OWN_LIMIT]
    same_machine = _is_here(application.answer_url)
    lines = sentences(search, same_machine=same_machine)
    if for_machines:
        code = {"exit_code": EXIT_CODES[search.found]}
        typer.echo(json.dumps(as_json(search, application.answer_url, same_machine=same_machine) | code, indent=2))
    elif search.steps:
        Console().print(steps_table(search))
    for line in lines:
        tell(line, err=for_machines)
    if plot and search.steps:
        _draw(plot, search, application.answer_url, lines[0])
    return EXIT_CODES[search.found]


async def _search(application: Application, ramp: Ramp, processes: int) -> Search:
    answers = Answers(application, _tell)
    try:
        with crew(processes, application.ca) as working:
            return await Searcher(ramp, answers, working, _tell).run()
    finally:
        await answers.close()


def _tell(line: str) -> None:
    tell(line, err=True)


def _draw(path: Path, search: Search, answer_url: str, finding: str) -> None:
    from ..load.plot import plot_search  # slow to import, and rarely used

    try:
        plot_search(path, search, f"Calls on {urlsplit(answer_url).netloc}", finding)
    except OSError as error:
        typer.echo(f"error: {path} can't be written: {error.strerror}", err=True)
    else:
        typer.echo(f"wrote {path}", err=True)


def _is_here(url: str) -> bool:
    """Return whether a URL's host is this machine: a socket can be bound to its address."""
    try:
        host = urlsplit(url).hostname or ""
        address = socket.getaddrinfo(host, 0, type=socket.SOCK_DGRAM)[0][4][0]
        family = socket.AF_INET6 if ipaddress.ip_address(address).version == 6 else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((address, 0))
    except OSError:
        return False
    return True
