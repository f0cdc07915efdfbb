"""The rule for the responses to events: no body, unless it is an NCCO where one is asked for (platform.md, 5)."""

from __future__ import annotations

import json

import httpx2

from .ncco.rules import Diagnostic

RULE, SECTION = "webhooks.no-json-on-events", "5"
SHOWN_CHARACTERS = 60
HARMFUL = "any JSON in the response to a synchronous event may be taken for an NCCO"
HARMLESS = "the platform asks for 204 without a body"


class EventAnswers:
    """Collects the responses with JSON to events of one call that ask for no NCCO.

    Any JSON in the response to a synchronous event may be taken for an NCCO, so it is an error: the call may go on
    without the socket that it has. JSON in the response to another event does no harm, but the platform doesn't ask for
    it: that is a warning. So is JSON in the response to `completed`, as no call is left that an NCCO could change.
    """

    def __init__(self) -> None:
        self._harmful: dict[str, list[str]] = {}  # names of events, by the body of the response
        self._harmless: dict[str, list[str]] = {}

    def note(self, name: str, response: httpx2.Response, *, synchronous: bool) -> Diagnostic | None:
        """Look at the response to an event, by the event's status; return what is wrong or odd about it."""
        if not has_json(response):
            return None
        harmful = synchronous and name != "completed"
        answers = self._harmful if harmful else self._harmless
        answers.setdefault(_shown(response.text), []).append(name)
        return Diagnostic(RULE, HARMFUL if harmful else HARMLESS, SECTION, harmful)

    @property
    def errors(self) -> list[str]:
        """A sentence for each body that may be taken for an NCCO."""
        return [_sentence(body, names, HARMFUL) for body, names in self._harmful.items()]

    @property
    def warnings(self) -> list[str]:
        """A sentence for each body that does no harm here."""
        return [_sentence(body, names, HARMLESS) for body, names in self._harmless.items()]


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


def _sentence(body: str, names: list[str], why: str) -> str:
    events = f"event{'s' if len(names) > 1 else ''} {', '.join(dict.fromkeys(names))}"
    return f"{events} answered with {body}: {why} ({RULE}; platform.md, {SECTION})"


def _shown(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"
