"""The options for how the platform and the people on it behave, which `call` and `phone` share."""

from __future__ import annotations

from typing import Annotated

import typer

from ..call.actions.context import CalleeConduct
from ..vonage import leg_limit
from .options import read_rate

Callee = Annotated[
    CalleeConduct,
    typer.Option(help="What somebody does whom the NCCO calls."),
]
RetryPause = Annotated[
    float,
    typer.Option(min=0, max=60, help="Seconds before a failed request is sent again."),
]
DuplicateEvents = Annotated[
    bool, typer.Option("--duplicate-events", help="Send a socket's events twice, and out of order.")
]
ConnectsPerSecond = Annotated[
    float,
    typer.Option(
        parser=read_rate,
        help="The account's limit of new legs; 0: none. Vonage's is 3.",
    ),
]
RefusedAs = Annotated[
    leg_limit.RefusedAs,
    typer.Option(help="How a connect over it is reported."),
]
