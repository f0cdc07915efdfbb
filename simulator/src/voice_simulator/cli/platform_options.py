"""The options for the platform's behaviour, what is not known of it, what goes wrong; and for the application's."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from ..caller.frame_mark import MAX_CALLS
from ..vonage import leg_limit
from .options import read_rate

Greeting = Annotated[
    Literal["skip", "real"] | None,
    typer.Option(
        show_default="real with --connects-per-second, --scenario or another --expect than echo, else skip",
        help="Skip all that is spoken to the caller, or let it take as long as a voice would.",
    ),
]
RetryPause = Annotated[
    float,
    typer.Option(
        min=0, max=60, help="Seconds before a failed request is sent once more; the platform's pause is not known."
    ),
]
DuplicateEvents = Annotated[
    bool, typer.Option("--duplicate-events", help="Send the events of the socket twice, and out of order.")
]
Calls = Annotated[
    int,
    typer.Option(
        min=1,
        max=MAX_CALLS,
        help="Calls at the same time. The platform's limit of 3 new legs a second is kept with"
        " --connects-per-second 3 alone.",
    ),
]
ConnectsPerSecond = Annotated[
    float,
    typer.Option(
        parser=read_rate,
        help="The account's limit of new legs, which all calls share: a connect over it is refused. 0: no limit."
        " A fraction below 1 is one leg in 1/N seconds, above 1 it is cut off.",
    ),
]
RefusedAs = Annotated[
    leg_limit.RefusedAs,
    typer.Option(
        help="How a refused connect is reported: by an event with this status, or with a reason and no status;"
        " the platform's way is not known."
    ),
]
Authorities = Annotated[
    Path | None,
    typer.Option(
        show_default="SSL_CERT_FILE, or this machine's",
        help="PEM file of a certificate authority to trust as well, for webhooks and sockets.",
    ),
]
EchoDelay = Annotated[
    int,
    typer.Option(envvar="ECHO_DELAY_MS", min=0, max=60_000, help="How late the echo is meant to be before any key."),
]
