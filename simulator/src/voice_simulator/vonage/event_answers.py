"""The rule for the responses to events: no body, unless it is an NCCO where one is asked for (platform.md, 5)."""

from __future__ import annotations

import json

import httpx2

from .ncco.rules import Diagnostic

RULE, SECTION = "webhooks.no-json-on-events", "5"
HARMFUL = "any JSON in the response to a synchronous event may be taken for an NCCO"
HARMLESS = "the platform asks for 204 without a body"


def judge_event_answer(name: str, response: httpx2.Response, *, synchronous: bool) -> Diagnostic | None:
    """Return what is wrong or odd about the response to an event that asks for no NCCO, by the event's name.

    Any JSON in the response to a synchronous event may be taken for an NCCO, so it is an error: the call may go on
    without the socket that it has. JSON in the response to another event does no harm, but the platform doesn't ask for
    it: that is a warning. So is JSON in the response to `completed`, as no call is left that an NCCO could change.
    """
    if not has_json(response):
        return None
    harmful = synchronous and name != "completed"
    return Diagnostic(RULE, HARMFUL if harmful else HARMLESS, SECTION, harmful)


def has_json(response: httpx2.Response) -> bool:
    """Return whether a response brings JSON: by its Content-Type, or because its body is an array or an object."""
    if not response.content.strip():
        return False
    content_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type == "application/json" or content_type.endswith("+json"):
        return True
    try:
        return isinstance(json.loads(response.content), list | dict)
    except ValueError:
        return False
