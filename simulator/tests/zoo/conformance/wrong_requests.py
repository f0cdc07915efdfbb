"""Members with a fault in their webhooks."""

from __future__ import annotations

import asyncio
from typing import Any

from simulator.tests.harness.exchange import Request, Response, as_json
from simulator.tests.zoo.conformance.application import Application
from simulator.tests.zoo.conformance.member import Member

KNOWN_FIELDS = {"from", "to", "uuid", "conversation_uuid", "region_url", "endpoint_type"}
SLOW_ANSWERS = 2  # of a process that has just been started


class WithoutGet(Application):
    methods = ("POST",)


class WithoutPost(Application):
    async def answer(self, request: Request) -> Response:
        return Response(405) if request.method == "POST" else await super().answer(request)


class FieldsRead(Application):
    """One that breaks on some fields of a question."""

    def breaks_on(self, fields: dict[str, Any]) -> bool:
        raise NotImplementedError

    async def answer(self, request: Request) -> Response:
        return Response(500) if self.breaks_on(request.fields or {}) else await super().answer(request)


class CallerRequired(FieldsRead):
    def breaks_on(self, fields: dict[str, Any]) -> bool:
        return "from" not in fields


class CallerNamed(FieldsRead):
    def breaks_on(self, fields: dict[str, Any]) -> bool:
        return fields.get("from") == "anonymous"


class CallerWithoutColon(FieldsRead):
    def breaks_on(self, fields: dict[str, Any]) -> bool:
        return ":" in fields.get("from", "")


class NumberRequired(FieldsRead):
    def breaks_on(self, fields: dict[str, Any]) -> bool:
        return "to" not in fields


class NothingUnknown(FieldsRead):
    def breaks_on(self, fields: dict[str, Any]) -> bool:
        return any(name not in KNOWN_FIELDS and not name.startswith("SipHeader_") for name in fields)


class UuidWithDashes(FieldsRead):
    def breaks_on(self, fields: dict[str, Any]) -> bool:
        return len(fields.get("uuid", "-" * 36)) != 36


class AnsweredOnce(FieldsRead):
    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._asked: set[str] = set()

    def breaks_on(self, fields: dict[str, Any]) -> bool:
        uuid = fields.get("uuid", "")
        again = uuid in self._asked
        self._asked |= {uuid} - {""}
        return again


class SlowAtFirst(Application):
    seconds = 5.2

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._answers = 0

    async def answer(self, request: Request) -> Response:
        self._answers += 1
        if self._answers <= SLOW_ANSWERS:
            await asyncio.sleep(self.seconds)
        return await super().answer(request)


class RatherSlowAtFirst(SlowAtFirst):
    seconds = 3.0


class FallbackBroken(Application):
    async def fallback(self, request: Request) -> Response:
        return Response(500)


class FallbackWithoutArray(Application):
    async def fallback(self, request: Request) -> Response:
        return as_json({"action": "talk", "text": "Sorry"})


WRONG_REQUESTS = [
    Member("GET is not taken", ("webhooks.get",), application=WithoutGet),
    Member("POST is not taken", ("webhooks.post",), application=WithoutPost, told=(("method", "POST"),)),
    Member("POST is not taken, nor needed", (), ("webhooks.post",), application=WithoutPost),
    Member("a caller is required", ("webhooks.no-caller",), application=CallerRequired),
    Member("a caller must have a number", ("webhooks.anonymous-caller",), application=CallerNamed),
    Member("a SIP caller is too much", ("webhooks.sip-caller",), application=CallerWithoutColon),
    Member("the dialled number is required", ("webhooks.missing-fields",), application=NumberRequired),
    Member("unknown fields are refused", ("webhooks.unknown-fields",), application=NothingUnknown),
    Member("a uuid must have dashes", ("webhooks.uuid-spelling",), application=UuidWithDashes),
    Member("a question is answered once", ("webhooks.repeated-request",), application=AnsweredOnce),
    Member("the first answers take 5.2 s", ("webhooks.answer-in-time",), application=SlowAtFirst),
    Member("the first answers take 3 s", (), ("webhooks.answer-in-time",), application=RatherSlowAtFirst),
    Member("the fallback is broken", ("webhooks.fallback",), application=FallbackBroken),
    Member("the fallback gives no array", ("webhooks.fallback",), application=FallbackWithoutArray),
]
