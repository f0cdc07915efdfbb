"""Attacks on webhooks that know no signature secret: anyone may ask them, but not as often as anyone likes."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Iterable, Iterator
from http.client import HTTPConnection
from urllib.parse import parse_qsl, urlsplit

from tests.attacks.target import DEADLINE, Attack, Target
from tests.attacks.webhooks import post

ENDPOINT = "webhooks, no signature secret"
# Limits that are soon reached: 60 and 120 at once.
SETTINGS = {
    "VONAGE_SIGNATURE_SECRET": "",
    "UNSIGNED_ANSWERS_PER_ADDRESS": "1",
    "UNSIGNED_ANSWERS_PER_SECOND": "2",
}
MOST = 500


def flooded(addresses: Iterator[str] | None = None) -> Callable[[Target], str]:
    """Return an attack that asks about calls until a question is refused, each from another address if they are given.

    The attacker is on this machine, so the front and the webhooks believe the addresses.
    """

    def act(target: Target) -> str:
        parts = urlsplit(target.url)
        connection = HTTPConnection(str(parts.hostname), parts.port, timeout=DEADLINE)
        for _ in range(MOST):
            headers = {} if addresses is None else {"X-Forwarded-For": next(addresses)}
            connection.request("GET", "/webhooks/answer", headers=headers)
            response = connection.getresponse()
            response.read()
            if response.status != 200:
                break
        connection.close()
        return f"{response.status}, Retry-After {response.headers['Retry-After']}"

    return act


def events(target: Target, urls: Iterable[str]) -> str:
    """Report to each URL that a socket is gone, of another call each time; return the last status."""
    answer = ""
    for number, url in enumerate(urls):
        event = {"status": "disconnected", "to": "wss://localhost/socket", "headers": {"call_uuid": f"u-{number}"}}
        answer = post(json.dumps(event).encode(), token="", path=url)(target)
    return answer


def event_url(target: Target) -> str:
    """Request an answer; return the path and query of its event URL."""
    parts = urlsplit(target.url)
    connection = HTTPConnection(str(parts.hostname), parts.port, timeout=DEADLINE)
    connection.request("GET", "/webhooks/answer")
    url = urlsplit(json.load(connection.getresponse())[-1]["eventUrl"][0])
    connection.close()
    return f"{url.path}?{url.query}"


def wait_seconds(target: Target) -> float:
    """Return how long a caller waits for a connect, with the greeting."""
    return float(dict(parse_qsl(event_url(target).partition("?")[2]))["due"]) - time.time()


def replayed_event_url(target: Target) -> str:
    """Report again and again that one call has lost its socket, each time at another time."""
    before, url = wait_seconds(target), event_url(target)
    events(target, (url.replace("due=", f"due={number + 1}") for number in range(500)))
    return "a caller waits as before" if wait_seconds(target) < before + 1 else "callers wait"


def made_up_events(target: Target) -> str:
    return events(target, ("/webhooks/events?due=1&failures=0&lost=0.0&call=u-1" for _ in range(500)))


ADDRESSES = (f"2001:db8:{number:x}::1" for number in itertools.count(1))
ATTACKS = [
    Attack(ENDPOINT, "an event URL replayed 500 times at other times", "a caller waits as before", replayed_event_url),
    Attack(ENDPOINT, "unlimited requests from one address", "429, Retry-After 1", flooded()),
    Attack(ENDPOINT, "unlimited requests, each from another address", "429, Retry-After 1", flooded(ADDRESSES)),
    Attack(ENDPOINT, "500 forged events, each about another call", "204", made_up_events),
    Attack(ENDPOINT, "an event during such a flood", "204", post(token="")),
]
