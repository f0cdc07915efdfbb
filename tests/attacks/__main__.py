"""All attacks; `python -m tests.attacks` prints them as a table."""

from __future__ import annotations

from tests.attacks import signed_handshake, socket_call, socket_handshake, unsigned_webhooks, webhooks

# Endpoints that need other settings than the other tests, and those settings.
OTHER_SETTINGS = {
    unsigned_webhooks.ENDPOINT: unsigned_webhooks.SETTINGS,
    signed_handshake.ENDPOINT: signed_handshake.SETTINGS,
}
ATTACKS = [
    *webhooks.ATTACKS,
    *unsigned_webhooks.ATTACKS,
    *socket_call.ATTACKS,
    *socket_handshake.ATTACKS,
    *signed_handshake.ATTACKS,
]


if __name__ == "__main__":
    print("| Endpoint | Attack | Result | Through Caddy |\n|---|---|---|---|")  # noqa: T201
    for attack in ATTACKS:
        row = (attack.endpoint, attack.name, attack.answer, attack.expected(front=True))
        print(f"| {' | '.join(row)} |")  # noqa: T201
