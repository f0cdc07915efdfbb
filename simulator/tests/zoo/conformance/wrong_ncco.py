"""Members whose NCCO breaks a rule."""

from __future__ import annotations

from typing import Any

from simulator.tests.harness.exchange import Request, Response, as_json
from simulator.tests.zoo.conformance.application import Application
from simulator.tests.zoo.conformance.member import Member

TO_PHONE = {"action": "connect", "endpoint": [{"type": "phone", "number": "447700900001"}]}


class UnknownAction(Application):
    def ncco(self, request: Request) -> list[dict[str, Any]]:
        return [{"action": "say", "text": "Hello"}, self.connect(request)]


class NotSaidToBeJson(Application):
    async def answer(self, request: Request) -> Response:
        return (await super().answer(request))._replace(headers=(("Content-Type", "text/plain"),))


class Created(Application):
    async def answer(self, request: Request) -> Response:
        return as_json(self.ncco(request), 201)


class UnknownField(Application):
    def ncco(self, request: Request) -> list[dict[str, Any]]:
        return [{"action": "talk", "text": "Hello", "mood": "good"}, self.connect(request)]


class LongTalk(Application):
    def ncco(self, request: Request) -> list[dict[str, Any]]:
        return [{"action": "talk", "text": "Hello " * 251}, self.connect(request)]


class ActionBehind(Application):
    def ncco(self, request: Request) -> list[dict[str, Any]]:
        return [self.connect(request), {"action": "talk", "text": "Good-bye"}]


class ActionBehindTransfer(Application):
    def ncco(self, request: Request) -> list[dict[str, Any]]:
        return [{"action": "transfer", "conversationId": "CON-1"}, self.connect(request)]


class PhoneFromCaller(Application):
    def ncco(self, request: Request) -> list[dict[str, Any]]:
        caller = (request.fields or {}).get("from")
        return [TO_PHONE | ({"from": caller} if caller else {}), self.connect(request)]


class PhoneFromWithPlus(Application):
    def ncco(self, request: Request) -> list[dict[str, Any]]:
        return [TO_PHONE | {"from": "+442079460000"}, self.connect(request)]


class SocketFromName(Application):
    def connect(self, request: Request) -> dict[str, Any]:
        return super().connect(request) | {"from": "NexmoTest"}


class TimeInWords(Application):
    def connect(self, request: Request) -> dict[str, Any]:
        return super().connect(request) | {"timeout": "ten"}


class NumbersAsText(Application):
    def ncco(self, request: Request) -> list[dict[str, Any]]:
        speaker = {"action": "talk", "text": "Hello", "bargeIn": "false", "level": "0", "loop": "1", "premium": "false"}
        return [speaker, self.connect(request) | {"timeout": "60", "limit": "7200"}]


class NoContentType(Application):
    def endpoint(self, request: Request) -> dict[str, Any]:
        return {name: value for name, value in super().endpoint(request).items() if name != "content-type"}


class TwoEndpoints(Application):
    def connect(self, request: Request) -> dict[str, Any]:
        return super().connect(request) | {"endpoint": [self.endpoint(request), self.endpoint(request)]}


class RelativeEventUrl(Application):
    def connect(self, request: Request) -> dict[str, Any]:
        return super().connect(request) | {"eventUrl": ["/webhooks/events"]}


class EventUrlAlone(Application):
    def connect(self, request: Request) -> dict[str, Any]:
        return super().connect(request) | {"eventUrl": f"{self.address}/webhooks/events"}


class BigHeaders(Application):
    def headers(self, request: Request) -> dict[str, str]:
        return super().headers(request) | {"story": "x" * 2000}


class RatherBigHeaders(Application):
    def headers(self, request: Request) -> dict[str, str]:
        return super().headers(request) | {"story": "x" * 600}


class HeaderNamedEvent(Application):
    def headers(self, request: Request) -> dict[str, str]:
        return super().headers(request) | {"event": "call"}


class BasicAuthorization(Application):
    def endpoint(self, request: Request) -> dict[str, Any]:
        authorization = {"type": "basic", "value": f"Bearer {self.token()}"}
        return super().endpoint(request) | {"authorization": authorization}


class PlainSocket(Application):
    def socket_uri(self, request: Request) -> str:
        return f"ws://{self.host}/socket"


WRONG_NCCO = [
    Member("an action is not known", ("ncco.shape",), application=UnknownAction),
    Member("the NCCO is text", ("ncco.shape",), application=NotSaidToBeJson),
    Member("the NCCO comes with 201", ("ncco.shape",), application=Created),
    Member("a field is not known", (), ("ncco.shape",), application=UnknownField),
    Member("a talk is too long", ("ncco.talk-text",), application=LongTalk),
    Member("a talk follows the connect", (), ("ncco.connect-last",), application=ActionBehind),
    Member("a connect follows a transfer", ("ncco.connect-last",), application=ActionBehindTransfer),
    Member("a phone is called from the caller", ("ncco.from-not-caller",), application=PhoneFromCaller),
    Member("a phone is called from a number with a plus", ("ncco.from-number",), application=PhoneFromWithPlus),
    Member("the socket is called from a name", (), ("ncco.from-number",), application=SocketFromName),
    Member("a time is in words", ("ncco.times",), application=TimeInWords),
    Member("numbers are texts", (), ("ncco.shape",), application=NumbersAsText),
    Member("the socket has no content type", (), ("ncco.audio-format",), application=NoContentType),
    Member("the connect has two endpoints", ("ncco.one-endpoint",), application=TwoEndpoints),
    Member("an event URL is relative", ("ncco.absolute-urls",), application=RelativeEventUrl),
    Member("an event URL is in no array", ("ncco.absolute-urls",), application=EventUrlAlone),
    Member("the audio is of 11 kHz", ("ncco.audio-format",), rate=11025),
    Member("the headers are big", ("ncco.headers-size",), application=BigHeaders),
    Member("the headers are rather big", (), ("ncco.headers-size",), application=RatherBigHeaders),
    Member("a header is named event", ("ncco.headers-names",), application=HeaderNamedEvent),
    Member("the authorization is of no type", ("ncco.authorization",), application=BasicAuthorization),
    Member("the socket is plain behind https", ("ncco.wss", "socket.opens"), application=PlainSocket, days=(-50, 50)),
]
