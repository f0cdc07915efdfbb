"""All attacks; `python -m tests.attacks` prints them as SECURITY.md's table."""

from __future__ import annotations

from tests.attacks import signed_handshake, socket_call, socket_handshake, unsigned_webhooks, webhooks

# The doors that are only there with other settings than the tests' own, and these.
OTHER_SETTINGS = {unsigned_webhooks.DOOR: unsigned_webhooks.SETTINGS, signed_handshake.DOOR: signed_handshake.SETTINGS}
ATTACKS = [
    *webhooks.ATTACKS,
    *unsigned_webhooks.ATTACKS,
    *socket_call.ATTACKS,
    *socket_handshake.ATTACKS,
    *signed_handshake.ATTACKS,
]


def table() -> str:
    """Return the table of all attacks, in Markdown."""
    lines = ["| Door | Attack | Answer | Through the front |", "|---|---|---|---|"]
    for attack in ATTACKS:
        lines.append(f"| {attack.door} | {attack.name} | {attack.answer} | {attack.expected(front=True)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())  # noqa: T201
