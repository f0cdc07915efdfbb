"""The options for how the platform and the people on it behave, which `call` and `phone` share."""

from __future__ import annotations

from typing import Annotated

import typer

from ..call.actions.context import CalleeConduct
from ..vonage import leg_limit
from .options import read_rate

Callee = Annotated[
    CalleeConduct,
    typer.Option(help="What a person does whom the NCCO connects the caller to: by phone, SIP, app or VBC."),
]
RetryPause = Annotated[
    float,
    typer.Option(
        min=0, max=60, help="Seconds before a failed request is sent once more; the platform's pause is unknown."
    ),
]
DuplicateEvents = Annotated[
    bool, typer.Option("--duplicate-events", help="Send the events of the socket twice, and out of order.")
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
        " which of them the platform sends is unknown."
    ),
]
