"""The command that serves the phone in the browser."""

from __future__ import annotations

import datetime
import json
import logging
import sys
from typing import Annotated

import typer

from ..call.plan import CallPlan
from ..caller.script import Script
from ..caller.speech import LONGEST_SECONDS, SAMPLE_FILE, read_speech
from ..event_loop import ending_signals, run
from ..phone.server import PhoneServer
from ..record.foreign_text import visible
from ..vonage.application import Application
from . import platform_options
from .application_options import takes_application

LOCAL = "127.0.0.1"
EXIT_NOT_STARTED = 3


@takes_application()
def phone(
    application: Application,
    port: Annotated[int, typer.Option(envvar="PHONE_PORT", min=0, max=65535, help="The page's port; 0: any.")] = 3001,
    host: Annotated[
        str,
        typer.Option(
            envvar="PHONE_HOST",
            help="The address to listen at; another one is for containers.",
        ),
    ] = LOCAL,
    allow: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ORIGIN",
            help="Another application that the page may call; or any.",
        ),
    ] = None,
    callee: platform_options.Callee = "answers",
    retry_pause: platform_options.RetryPause = 1.0,
    duplicate_events: platform_options.DuplicateEvents = False,
    connects_per_second: platform_options.ConnectsPerSecond = 0.0,
    refused_as: platform_options.RefusedAs = "rejected",
) -> int:
    """Serve a phone for this machine's browser.

    Ctrl-C hangs all calls up, and ends.
    """
    plan = CallPlan(
        application,
        Script(speech=read_speech(SAMPLE_FILE, LONGEST_SECONDS), seconds=LONGEST_SECONDS, expect="nothing"),
        connects_per_second=connects_per_second,
        refused_as=refused_as,
        greeting_spoken=True,
        callee=callee,
        events_duplicated=duplicate_events,
        retry_pause=retry_pause,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(VisibleText())
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    try:
        server = PhoneServer(plan, allow or ())
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--allow") from error
    try:
        return run(_serve(plan, server, host, port))
    except KeyboardInterrupt:  # where there are no Unix signals
        return 0


class VisibleText(logging.Formatter):
    """Writes a line of the log, or several, with what can't be seen in them escaped."""

    def format(self, record: logging.LogRecord) -> str:
        return "\n".join(map(visible, super().format(record).split("\n")))


async def _serve(plan: CallPlan, server: PhoneServer, host: str, port: int) -> int:
    """Serve until a signal comes."""
    ended = ending_signals()
    try:
        async with server.listening(host, port) as bound:
            _tell_address(f"http://{LOCAL}:{bound}", plan)
            await ended.wait()
    except OSError as error:
        typer.echo(f"error: the phone can't listen at {host}:{port}: {error.strerror}; choose another --port", err=True)
        return EXIT_NOT_STARTED
    return 0


def _tell_address(address: str, plan: CallPlan) -> None:
    """Print where the page is: for a person on a terminal, as a JSON line into a pipe or a file."""
    answer_url = plan.application.answer_url
    if sys.stdout.isatty():
        typer.echo(f"Phone: {address}   It calls {answer_url}   Ctrl-C ends.")
        return
    now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    line = {"timestamp": now, "level": "info", "logger": "phone", "event": "listening", "address": address}
    typer.echo(json.dumps(line | {"answer_url": answer_url}))
