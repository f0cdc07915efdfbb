"""Attacks on the socket where the platform's own signature opens it: `SOCKET_AUTH=vonage`."""

from __future__ import annotations

from typing import Any

from tests.attacks.socket_handshake import knock, signed
from tests.attacks.target import Attack, Target, call, handshake, status
from tests.attacks.webhooks import LONG_AGO
from tests.harness.forge import OTHER_SECRET, signature

ENDPOINT = "socket, `SOCKET_AUTH=vonage`"
SETTINGS = {"SOCKET_AUTH": "vonage"}
UNSAID: dict[str, Any] = dict.fromkeys(("iss", "jti", "payload_hash", "api_key", "application_id"))


def third_socket(target: Target) -> str:
    """Return the answer to a signature that has opened two sockets."""
    request = handshake(token=signature(b""))
    with call(target, request), call(target, request):
        return status(target, request)


SIGNATURES: list[tuple[str, dict[str, Any]]] = [
    ("a signature by another secret", {"secret": OTHER_SECRET}),
    ("`alg: none`", {"secret": None, "header": {"alg": "none"}}),
    ("an old signature", {"iat": LONG_AGO}),
    ("a signature of another application", {"application_id": "another"}),
]
ATTACKS = [
    Attack(ENDPOINT, "no signature", "401", knock(token="")),
    Attack(ENDPOINT, "a socket token", "401", knock()),
    *(Attack(ENDPOINT, name, "401", signed(**changes)) for name, changes in SIGNATURES),
    Attack(ENDPOINT, "a signature that has only its time", "101", signed(**UNSAID)),
    Attack(ENDPOINT, "the signature of a webhook, again", "101", signed(b"{}")),
    Attack(ENDPOINT, "a third socket by one signature", "101", third_socket),
]
