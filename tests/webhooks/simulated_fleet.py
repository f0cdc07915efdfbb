"""The platform, its callers and three engines in simulated time, before the webhooks' real application."""

from __future__ import annotations

import itertools
from collections import deque
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlsplit

from werkzeug.test import TestResponse

from shared.socket_token import verify_token
from tests.harness.forge import SOCKET_SECRET
from tests.webhooks.timeline import Timeline
from webhooks import create_app
from webhooks.settings import WebhooksSettings

SPEECH_CHARS_PER_SECOND = 13.5  # slower than the webhooks think
TRAVEL_SECONDS, DELAY_SECONDS, RETRY_SECONDS = 0.05, 3.0, 11.0
DUPLICATED, OVERTAKEN, UNANSWERED = 0.2, 0.05, 0.01  # which share of the requests
REFUSALS: list[dict[str, str | None]] = [
    {"status": "failed", "reason": "429"},
    {"status": "rejected"},
    {"status": "timeout"},
    {"status": None, "reason": "Too many requests", "uuid": None, "to": None, "headers": None},
]


@dataclass(eq=False)
class Engine:
    """An echo engine, as far as calls can tell."""

    calls: list[Call] = field(default_factory=list)
    draining: bool = False


@dataclass(eq=False)
class Call:
    """A call, from its answer on."""

    uuid: str
    engine: Engine | None = None  # the one that has its socket
    event_url: str = ""
    ncco: int = 0  # counts them; only the newest plays
    silent_since: float = 0.0
    hung_up: bool = False
    given_up: bool = False


class Platform(Timeline):
    """Places calls, plays NCCOs, refuses connects over the limit, and reports to the webhooks what happened.

    Every fifth request comes twice: at once, and either answer may count, or later, when the first has counted. Some
    requests are overtaken by later ones, and of some the answer gets lost; the platform repeats these.
    """

    def __init__(self, settings: WebhooksSettings, connects_per_second: int) -> None:
        super().__init__()
        self.calls: list[Call] = []
        self.engines = [Engine() for _ in range(3)]
        self.connects_refused = 0
        self.silences: list[float] = []
        self.duplicates_that_differ = 0
        self._settings, self._limit = settings, connects_per_second
        self._random = Random(11)  # the same run each time
        self._refusals = itertools.cycle(REFUSALS)
        self._opened = deque[float]()  # when, within the last second
        self.restart_webhooks()

    def restart_webhooks(self) -> None:
        """Start the webhooks anew: what they hold in memory is gone."""
        app = create_app(self._settings, lambda: self.now)
        app.testing = True
        self._webhooks = app.test_client()

    def forget(self) -> None:
        self.connects_refused, self.duplicates_that_differ = 0, 0
        self.silences.clear()

    # Callers

    def place_call(self) -> None:
        """Let someone call, who hears silence once the greeting is over."""
        call = Call(f"u-{len(self.calls)}", silent_since=self.now)
        self.calls.append(call)
        fields = {"uuid": call.uuid, "conversation_uuid": f"CON-{call.uuid}", "to": "44207"}
        self._request(call, "/webhooks/answer", fields)

    def hang_up(self) -> None:
        """Let one caller hang up, whether there is a socket or not."""
        call = self._random.choice([call for call in self.calls if not call.hung_up])
        call.hung_up = True
        if call.engine is not None:
            call.engine.calls.remove(call)
            call.engine = None
            self._report(call, {"status": "completed"})
        fields = {"status": "completed", "uuid": call.uuid, "conversation_uuid": f"CON-{call.uuid}", "to": "44207"}
        self._request(call, "/webhooks/events", fields)

    @property
    def without_socket(self) -> list[Call]:
        return [call for call in self.calls if call.engine is None and not call.hung_up]

    # Sockets

    def close(self, call: Call) -> None:
        """Let the engine close a call's socket."""
        assert call.engine is not None
        call.engine.calls.remove(call)
        call.engine, call.silent_since = None, self.now
        self._report(call, {"status": "disconnected"})

    def _connect(self, call: Call, action: dict[str, Any], ncco: int) -> None:
        if call.hung_up or ncco != call.ncco:
            return
        assert call.engine is None, "a call got a second socket"
        (endpoint,) = action["endpoint"]
        verify_token(endpoint["authorization"]["value"].removeprefix("Bearer "), [SOCKET_SECRET], self.now)
        call.event_url = action["eventUrl"][0]
        while self._opened and self._opened[0] <= self.now - 1:
            self._opened.popleft()
        if len(self._opened) >= self._limit:
            self.connects_refused += 1
            self._report(call, next(self._refusals))
            return
        self._opened.append(self.now)
        call.engine = min((one for one in self.engines if not one.draining), key=lambda one: len(one.calls))
        call.engine.calls.append(call)
        self.silences.append(self.now - call.silent_since)
        self._report(call, {"status": "answered"})

    # Webhooks

    def _report(self, call: Call, event: dict[str, str | None]) -> None:
        headers = {"call_uuid": call.uuid, "conversation_uuid": f"CON-{call.uuid}"}
        leg = {"uuid": f"s-{call.uuid}", "conversation_uuid": f"CON-{call.uuid}", "to": "wss://host/socket"}
        self._request(call, call.event_url, leg | {"headers": headers} | event)

    def _request(self, call: Call, url: str, fields: dict[str, Any]) -> None:
        delays, counting = self._delays()
        answers = list[tuple[object, list[str]]]()

        def request(counts: bool) -> None:
            response = self._webhooks.post(url, json=fields, headers={"Host": "host"})
            if fields.get("status") in ("completed", "answered"):
                assert response.status_code == 204, "no connect without need, and none for a caller who hung up"
                return
            answers.append((self._webhooks, _due(response)))
            if counts and not call.hung_up:
                self._play(call, response.get_json())
            if len(answers) == 2 and delays[1] - delays[0] < RETRY_SECONDS and answers[0][0] is self._webhooks:
                self.duplicates_that_differ += answers[0] != answers[1] and not call.hung_up

        for number, delay in enumerate(delays):
            self.at(delay, partial(request, number == counting))

    def _delays(self) -> tuple[list[float], int]:
        """Return when a request arrives, once or twice, and which of the arrivals has the answer that counts."""
        draw = self._random.random
        first = draw() * TRAVEL_SECONDS + (draw() * DELAY_SECONDS if draw() < OVERTAKEN else 0)
        if draw() < UNANSWERED:
            return [first, first + RETRY_SECONDS], 1
        if draw() >= DUPLICATED:
            return [first], 0
        if draw() < 0.5:
            return [first, first + draw() * TRAVEL_SECONDS], self._random.randrange(2)
        return [first, first + draw() * DELAY_SECONDS], 0

    def _play(self, call: Call, ncco: list[dict[str, Any]]) -> None:
        call.ncco += 1
        seconds, number = 0.0, call.ncco
        for action in ncco[:-1]:
            seconds += action["timeout"] if action["action"] == "wait" else self._spoken(action["text"])
        last = ncco[-1]
        if last["action"] == "connect":
            self.at(seconds, lambda: self._connect(call, last, number))
        else:
            call.given_up = call.hung_up = True

    def _spoken(self, text: str) -> float:
        return len(text) / SPEECH_CHARS_PER_SECOND * self._random.uniform(0.99, 1.01)


def _due(response: TestResponse) -> list[str]:
    return parse_qs(urlsplit(response.get_json()[-1].get("eventUrl", [""])[0]).query).get("due", [])
