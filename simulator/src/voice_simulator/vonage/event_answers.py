"""The rule for the responses to events: no body, unless it is an NCCO where one is expected (platform.md, 5)."""

from __future__ import annotations

from typing import Any

import httpx2

from ..record.foreign_text import read_json
from .ncco.rules import Diagnostic

RULE, SECTION = "webhooks.no-json-on-events", "5"
HARMFUL = "an array of actions in the response to a synchronous event is an NCCO, which replaces the rest of the call"
IGNORED = "it is no NCCO, so the call goes on; the platform documents 204 without a body"
HARMLESS = "the platform documents 204 without a body"


def judge_event_answer(name: str, response: httpx2.Response, *, synchronous: bool) -> Diagnostic | None:
    """Return what is wrong or odd about the response to an event, by the event's name, if it brings no wanted NCCO.

    An NCCO for a synchronous event that expects none is an error: the call goes on without the socket that it has.
    Anything else in the response to a synchronous event is a warning, and so is JSON for another event, `completed`
    included, as no call is left then that an NCCO could change. An empty array is as good as no body.
    """
    read = synchronous and name != "completed"
    if not (has_json(response) or (read and has_body(response))):
        return None
    harmful = read and is_ncco(response)
    return Diagnostic(RULE, HARMFUL if harmful else IGNORED if read else HARMLESS, SECTION, harmful)


def is_ncco(response: httpx2.Response) -> bool:
    """Return whether the response to an event is meant as an NCCO: an array, or an action in none (platform.md, 5)."""
    body = _json(response)
    actions = body != [] if isinstance(body, list) else isinstance(body, dict) and "action" in body
    return actions and response.status_code == 200 and _content_type(response) == "application/json"


def has_body(response: httpx2.Response) -> bool:
    """Return whether a response brings anything; an empty array is nothing."""
    return bool(response.content.strip()) and _json(response) != []


def has_json(response: httpx2.Response) -> bool:
    """Return whether a response brings JSON: by its Content-Type, or because its body is an array or an object."""
    content_type = _content_type(response)
    said_to_be = content_type == "application/json" or content_type.endswith("+json")
    return has_body(response) and (said_to_be or isinstance(_json(response), list | dict))


def _content_type(response: httpx2.Response) -> str:
    content_type: str = response.headers.get("content-type", "")
    return content_type.partition(";")[0].strip().lower()


def _json(response: httpx2.Response) -> Any:
    try:
        return read_json(response.content)
    except ValueError:
        return None
