"""Plays the telephony platform and its callers, so that an application can be tried and measured without a phone.

Each folder is one part. A part imports its own files and the parts that stand below it, never one above:

    pytest_plugin  the fixture for the tests of a voice application
    cli            the command line
    api            the functions for other programs: place a call, check an application
    placed_call    what a call was like, for a test
    load           how many calls an application carries
    phone          a caller in a browser: the page, and the server behind it
    report         the table, JSON, files and progress of a run
    check          the conformance kit: rules for an application, and their reports
    scenario       the file that says what the caller does, and what must come of it
    call           one call from answer to hang-up, its verdict, and all calls of a run
    caller         the person at the phone: what is said and pressed, what is heard, and the ledger of frames
    vonage         the platform's side: webhooks, NCCO, socket, play-out
    record         what happened in one call: its events in order, and how they are written down
    audio          formats, sound files, frames laid out in time
    event_loop     the loop that runs calls, and the signals that end it
    examples           an agent to try the simulator with, and scenarios
    facts          what is known about the platform, by section
    version        the project's version

Nothing here imports the server: the simulator judges it by what it says over HTTP and WebSocket.

The public names are those below; simulator/README.md describes them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .api import (
        ApplicationOptions,
        CallOptions,
        check_application,
        check_application_async,
        place_call,
        place_call_async,
    )
    from .check.report import CheckReport
    from .placed_call import PlacedCall, WebhookEvent

__all__ = [
    "ApplicationOptions",
    "CallOptions",
    "CheckReport",
    "PlacedCall",
    "WebhookEvent",
    "check_application",
    "check_application_async",
    "place_call",
    "place_call_async",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: pytest loads the plugin in every run, which must cost nothing."""
    if name in __all__:
        return getattr(importlib.import_module(".api", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
