"""Members that take some event wrongly."""

from __future__ import annotations

import asyncio
from typing import Any

from simulator.tests.harness.exchange import Request, Response, as_json
from simulator.tests.zoo.conformance.application import Application
from simulator.tests.zoo.conformance.member import Member

SLOW_SECONDS = 10.2
OK = as_json({"ok": True})
NCCO = as_json([{"action": "talk", "text": "Hello"}])


class EventsRead(Application):
    """One that answers some events in its own way."""

    def reply(self, event: dict[str, Any]) -> Response | None:
        raise NotImplementedError

    async def event(self, request: Request) -> Response:
        return self.reply(request.fields or {}) or await super().event(request)


class UnknownStatus(EventsRead):
    def reply(self, event: dict[str, Any]) -> Response | None:
        return Response(500) if event.get("status") == "human" else None


class Status202(EventsRead):
    def reply(self, event: dict[str, Any]) -> Response | None:
        return Response(202)


class EachEventOnce(EventsRead):
    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._seen: set[tuple[Any, Any]] = set()

    def reply(self, event: dict[str, Any]) -> Response | None:
        key = event.get("uuid"), event.get("status")
        again = None not in key and key in self._seen
        self._seen.add(key)
        return Response(409) if again else None


class OrderRequired(EventsRead):
    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._ended: set[str] = set()

    def reply(self, event: dict[str, Any]) -> Response | None:
        uuid, status = event.get("uuid", ""), event.get("status")
        if status == "completed":
            self._ended.add(uuid)
            return None
        return Response(409) if uuid in self._ended else None


class StatusRequired(EventsRead):
    def reply(self, event: dict[str, Any]) -> Response | None:
        return Response(500) if "status" not in event and "uuid" in event else None


class UuidRequired(EventsRead):
    def reply(self, event: dict[str, Any]) -> Response | None:
        return Response(500) if "uuid" not in event else None


class NumbersRequired(EventsRead):
    def reply(self, event: dict[str, Any]) -> Response | None:
        return Response(500) if event.get("price", "0") is None else None


class NccoToSocketEvents(EventsRead):
    response = NCCO

    def reply(self, event: dict[str, Any]) -> Response | None:
        of_socket = str(event.get("to")).startswith("ws")
        return self.response if of_socket and event.get("status") in ("ringing", "answered") else None


class JsonToSocketEvents(NccoToSocketEvents):
    response = OK


class JsonToPlainEvents(EventsRead):
    def reply(self, event: dict[str, Any]) -> Response | None:
        return None if str(event.get("to")).startswith("ws") else OK


class WrongNccoToTheEndOfTheSocket(EventsRead):
    response = as_json([{"action": "talk"}])

    def reply(self, event: dict[str, Any]) -> Response | None:
        return self.response if event.get("status") == "disconnected" else None


class JsonToTheEndOfTheSocket(WrongNccoToTheEndOfTheSocket):
    response = OK


class NoNccoToTheEndOfTheSocket(WrongNccoToTheEndOfTheSocket):
    response = as_json([])


class EndOfTheSocketBroken(EventsRead):
    def reply(self, event: dict[str, Any]) -> Response | None:
        of_socket = str(event.get("to")).startswith("ws")
        return Response(500) if of_socket and event.get("status") == "failed" else None


class SlowEvents(Application):
    async def event(self, request: Request) -> Response:
        if (request.fields or {}).get("status") == "ringing":
            await asyncio.sleep(SLOW_SECONDS)
        return await super().event(request)


WRONG_EVENTS = [
    Member("a status is not known", ("webhooks.events",), application=UnknownStatus),
    Member("events get 202", (), ("webhooks.events",), application=Status202),
    Member("an event is taken once", ("webhooks.events-twice",), application=EachEventOnce),
    Member("events must be in order", ("webhooks.events-any-order",), application=OrderRequired),
    Member("a status is required", ("webhooks.event-without-status",), application=StatusRequired),
    Member("a uuid is required", ("webhooks.ncco-rejected",), application=UuidRequired),
    Member("a price is required", ("webhooks.event-values",), application=NumbersRequired),
    Member("an NCCO answers the socket's events", ("webhooks.no-json-on-events",), application=NccoToSocketEvents),
    Member("JSON answers the socket's events", (), ("webhooks.no-json-on-events",), application=JsonToSocketEvents),
    Member(
        "JSON answers plain events",
        (),
        ("webhooks.no-json-on-events",),
        application=JsonToPlainEvents,
    ),
    Member(
        "a wrong NCCO answers the socket's end",
        ("ncco.after-socket",),
        application=WrongNccoToTheEndOfTheSocket,
    ),
    Member(
        "JSON answers the socket's end",
        (),
        ("ncco.after-socket",),
        application=JsonToTheEndOfTheSocket,
    ),
    Member("no action answers the socket's end", application=NoNccoToTheEndOfTheSocket),
    Member("the socket's failure breaks it", ("ncco.after-socket",), application=EndOfTheSocketBroken),
    Member("an event takes 10.2 s", ("webhooks.event-in-time",), application=SlowEvents),
]
