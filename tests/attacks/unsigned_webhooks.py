"""Attacks on webhooks that know no signature secret: anyone may ask them, but not as often as anyone likes."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from urllib.parse import urlsplit

from tests.attacks.target import DEADLINE, Attack, Target
from tests.attacks.webhooks import post

DOOR = "webhooks, no signature secret"
SETTINGS = {"VONAGE_SIGNATURE_SECRET": ""}
MOST = 2000  # questions; the limits are 300 and 600 at once


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


def made_up_moves(target: Target) -> str:
    """Ask for a connect for one call after the other by events that have no key, until one is refused."""
    for number in range(MOST):
        event = {"status": "disconnected", "to": "wss://localhost/socket", "headers": {"call_uuid": f"u-{number}"}}
        answer = post(json.dumps(event).encode(), token="", path="/webhooks/events?due=1")(target)
        if answer != "200":
            break
    return answer


ADDRESSES = (f"2001:db8:{number:x}::1" for number in itertools.count(1))
ATTACKS = [
    Attack(DOOR, "questions without end from one address", "429, Retry-After 1", flooded()),
    Attack(DOOR, "questions without end, each from another address", "429, Retry-After 1", flooded(ADDRESSES)),
    Attack(DOOR, "made-up events without end, each about another call", "429", made_up_moves),
    Attack(DOOR, "an event beside such a flood", "204", post(token="")),
]
