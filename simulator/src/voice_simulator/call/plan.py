"""The plan of a run: the application to call, the caller's script, and the platform's behaviour."""

from __future__ import annotations

from dataclasses import dataclass

from ..caller.script import Script
from ..record.events import Expectation
from ..vonage.application import Application
from ..vonage.leg_limit import RefusedAs
from .actions.context import CalleeConduct


@dataclass(frozen=True)
class CallPlan:
    """The same for all calls of a run."""

    application: Application
    script: Script
    calls: int = 1
    connects_per_second: float = 0.0  # the account's limit of new legs; 0 for none
    refused_as: RefusedAs = "rejected"  # how a connect over the limit is reported
    greeting_spoken: bool = False  # each talk takes as long as a voice would, each stream as long as it is
    callee: CalleeConduct = "answers"  # of a connect that is none to a socket
    events_duplicated: bool = False  # of the sockets' legs
    must: tuple[Expectation, ...] = ()  # what must come of each call
    retry_pause: float = 0.0  # seconds before a failed request is sent once more
