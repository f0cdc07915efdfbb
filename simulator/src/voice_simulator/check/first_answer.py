"""The answer to a check's first request, which has nothing odd in it."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass

import httpx2

from ..record.foreign_text import read_json
from ..vonage.application import Application
from ..vonage.leg import Leg
from ..vonage.requester import WebhookError, shown
from .finding import NotJudgedError
from .requests import Requests


@dataclass(frozen=True)
class FirstAnswer:
    """The response, or the trouble in getting one; rules about odd requests are judged only if this one went well.

    `received_at` is in seconds since 1970.
    """

    response: httpx2.Response | None
    rule: str  # that it breaks if there is no NCCO in it
    trouble: str = ""
    unreachable: bool = False
    received_at: float = 0.0

    @property
    def problem(self) -> str:
        """Why the request got no NCCO; nothing if it did."""
        if self.response is None:
            return self.trouble
        return "" if gives_ncco(self.response) else f"the answer webhook answered {shown(self.response)}"

    def required(self) -> httpx2.Response:
        """Return the response with its NCCO; raises NotJudgedError without one, for then another rule is broken."""
        if self.response is None or self.problem:
            raise NotJudgedError(f"no NCCO: {self.problem}", self.rule)
        return self.response


async def request_first_answer(application: Application, requests: Requests) -> FirstAnswer:
    """Request the answer webhook for an everyday call, and report the call as completed."""
    rule = f"webhooks.{application.method.lower()}"
    leg = Leg(application.caller, application.called, f"CON-{Leg('', '', '').uuid}")
    try:
        response = await requests.send(application.method, application.answer_url, leg.answer_fields())
    except WebhookError as error:
        return FirstAnswer(None, rule, str(error), error.unreachable)
    answer = FirstAnswer(response, rule, received_at=time.time())
    with contextlib.suppress(WebhookError):  # the event webhook has rules of its own
        await requests.send("POST", application.event_webhook, leg.completed())
    return answer


def gives_ncco(response: httpx2.Response) -> bool:
    """Return whether a response brings something like an NCCO, be it right or wrong: an array of objects."""
    try:
        ncco = read_json(response.content)
    except ValueError:
        return False
    return response.is_success and isinstance(ncco, list) and all(isinstance(action, dict) for action in ncco)
