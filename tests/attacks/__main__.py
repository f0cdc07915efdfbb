"""All attacks; `python -m tests.attacks` prints them as SECURITY.md's table."""

from __future__ import annotations

from tests.attacks import socket_call, socket_handshake, webhooks

ATTACKS = [*webhooks.ATTACKS, *socket_call.ATTACKS, *socket_handshake.ATTACKS]


def table() -> str:
    """Return the table of all attacks, in Markdown."""
    lines = ["| Door | Attack | Answer | Through the front |", "|---|---|---|---|"]
    for attack in ATTACKS:
        lines.append(f"| {attack.door} | {attack.name} | {attack.answer} | {attack.expected(front=True)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())  # noqa: T201
