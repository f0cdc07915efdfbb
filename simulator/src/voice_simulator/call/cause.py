"""The cause of a call's failure: the first thing that went wrong, in words for a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..record.events import (
    Cause,
    Event,
    ProblemFound,
    RequestSent,
    ResponseReceived,
    SocketClosed,
    SocketRefused,
    SocketReported,
    WebhookFailed,
)
from ..record.record import Record
from ..record.redaction import MOST_CHARACTERS

SHOWN_CHARACTERS = 60  # of a response's body
FORMATS = {"text/html": "HTML", "text/plain": "text", "application/xml": "XML", "text/xml": "XML"}


def cause_of(record: Record, errors: Sequence[str]) -> Cause | None:
    """Return the first thing that went wrong in a call; `errors` are those of its verdict, None if nothing did."""
    if found := next(_causes(record), None):
        return found
    return Cause(_sentence(errors[0].removeprefix("audio, "))) if errors else None


def _causes(record: Record) -> Iterator[Cause]:
    for index, event in enumerate(record.events):
        match event:
            case ProblemFound(breaks_rule=True, about="ncco"):
                yield _wrong_ncco(record, index, event)
            case ProblemFound(breaks_rule=True, about="socket" | "event" | "simulator"):
                yield Cause(_sentence(event.sentence), index)
            case WebhookFailed():
                yield Cause(f"The {event.webhook} webhook {event.trouble}", _last_request(record, index, event))
            case SocketRefused(over_limit=False) if not _goes_on(record.events[index:]):
                yield Cause(f"The socket was not opened: {event.sentence}", index)
            case SocketClosed(failed=True) if not _goes_on(record.events[index:]):
                yield Cause(_closed(event), index)


def _wrong_ncco(record: Record, index: int, problem: ProblemFound) -> Cause:
    """Return what is wrong with an NCCO; of a response that is no JSON at all, what it is instead."""
    received = [each for each in record.of(ResponseReceived) if each.id == problem.request]
    if not received or not isinstance(received[0].body, str) or received[0].body_bytes > MOST_CHARACTERS:
        return Cause(f"The NCCO breaks a rule: {problem.sentence}", index)
    (response, *_), sent = received, next(each for each in record.of(RequestSent) if each.id == problem.request)
    kind = (response.content_type or "").partition(";")[0].strip().lower()
    what = FORMATS.get(kind, "something else") if response.body.strip() else "an empty body"
    body = " ".join(response.body.split())
    shown = f", {body[:SHOWN_CHARACTERS]!r}{'…' * (len(body) > SHOWN_CHARACTERS)}" if body else ""
    status = f"{response.status} {response.reason}, {kind or 'no Content-Type'}"
    evidence = f"{sent.method} {sent.url} answered {status}{shown} ({problem.rule}; platform.md, {problem.section})"
    return Cause(f"The {sent.webhook} webhook sent {what}, not JSON", index, evidence)


def _last_request(record: Record, index: int, failed: WebhookFailed) -> int | None:
    requests = (
        number
        for number in reversed(range(index))
        if isinstance(sent := record.events[number], RequestSent) and sent.webhook == failed.webhook
    )
    return next(requests, None)


def _goes_on(events: Sequence[Event]) -> bool:
    """Return whether the application answered the first of some events, about its socket, with a new NCCO."""
    return next((each.new_ncco for each in events if isinstance(each, SocketReported)), False)


def _closed(closed: SocketClosed) -> str:
    if closed.code == 1006:
        return "The application's connection broke off, without a close frame (code 1006)"
    reason = f", {closed.reason!r}" if closed.reason else ""
    return f"The application closed the socket with code {closed.code}{reason}"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
