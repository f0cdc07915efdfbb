"""What all processes write at INFO and above, searched for marked values that must not be there."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from local_run.environment import unused_ports
from tests.attacks.__main__ import ATTACKS, OTHER_SETTINGS
from tests.attacks.target import BINARY, TEXT, Target, call, frame, status
from tests.harness.forge import SIGNATURE_SECRET, SOCKET_SECRET, signature
from tests.harness.local_run import local_run, simulate

CALLER, CALLED = "447700900777", "442079460888"
DIGITS, DURATION = "9876543210", 4242424242
SETTINGS = {"SOCKET_SECRET": SOCKET_SECRET, "VONAGE_SIGNATURE_SECRET": SIGNATURE_SECRET, "LOG_LEVEL": "INFO"}
# The start of every JSON Web Token, and what is told from them or beside them.
MARKED = ["eyJ", "Bearer", SOCKET_SECRET, SIGNATURE_SECRET, CALLER, CALLED, DIGITS, str(DURATION), "digit", "dtmf"]
# A number as a person writes it, and with percent signs as a client may.
SPELLINGS = ["447-700-900-777", "447_700_900_777", "".join(f"%{ord(digit):x}" for digit in CALLER)]
MARKED += [*SPELLINGS, "%34%34%37"]
FIELDS = {"from": CALLER, "to": CALLED, "uuid": "u-1", "conversation_uuid": "CON-1"}
EVENTS: list[dict[str, Any]] = [
    {**FIELDS, "status": "answered", "headers": {"secret": f"Bearer {signature(b'')}"}},
    {**FIELDS, "dtmf": {"digits": DIGITS}},
    {**FIELDS, "status": "failed", "to": f"wss://host/socket?token={signature(b'')}", "reason": f"+{CALLER} hung up"},
    *({**FIELDS, name: value} for name in ("status", "uuid", "conversation_uuid") for value in (CALLER, *SPELLINGS)),
    {**FIELDS, "status": signature(b""), "uuid": signature(b"")[:36], "conversation_uuid": {CALLER: CALLER}},
    {
        **FIELDS,
        "status": "ringing",
        "from": {CALLER: 1},
        "to": [CALLER],
        "headers": {"call_uuid": f"{CALLER} {CALLED}"},
    },
    {**FIELDS, "status": "failed", "reason": f"{' '.join(SPELLINGS)} /socket/{signature(b'')}"},
    {"reason": f"Syntax error in NCCO: from {CALLER}, Bearer {signature(b'')}", "conversation_uuid": "CON-1"},
]
# Of each endpoint, one attack for each of its answers.
TRIED = [attack for attack in ATTACKS if attack.endpoint not in OTHER_SETTINGS and not attack.slow]
REFUSED = {(attack.endpoint, attack.answer): attack for attack in TRIED}.values()


def get(target: Target, path: str, fields: dict[str, Any]) -> str:
    token = signature(json.dumps(fields, separators=(",", ":")).encode())
    head = f"GET {path}?{urlencode(fields)} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"
    return status(target, head.encode())


def post(target: Target, path: str, fields: dict[str, Any]) -> str:
    body = json.dumps(fields).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {signature(body)}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return status(target, head.encode(), body)


def talk(target: Target) -> None:
    """Place a call with keys pressed in all the ways there are, and with odd texts."""
    connected = {"event": "websocket:connected", "content-type": "audio/l16;rate=8000", "from": CALLER}
    pressed = {"event": "websocket:dtmf", "digit": "0", "duration": DURATION}
    with call(target) as opened:
        for message in (connected, pressed, {"digit": "0", "duration": DURATION}, {"digit": DIGITS}):
            opened.send(frame(json.dumps(message).encode(), TEXT))
        opened.send(frame(f"{CALLER} presses {DIGITS}".encode(), TEXT))
        opened.send(frame(bytes(320), BINARY))
        assert opened.goes_on() == "the call goes on"


def test_nothing_that_is_logged_is_secret() -> None:
    ports = dict(zip(("WEBHOOKS_PORT", "ECHO_ENGINE_PORT"), unused_ports(2), strict=True))
    webhooks, echo_engine = (Target(f"http://127.0.0.1:{port}") for port in ports.values())
    with local_run(**SETTINGS, **ports) as run:
        run.process.wait_for("Ready: ")
        front = Target(f"http://127.0.0.1:{run.port}")
        options = ("--from", CALLER, "--to", CALLED, "--seconds", "0.5", "--dtmf", "0@0.1")
        done = simulate(run.port, "--method", "GET", *options, VONAGE_SIGNATURE_SECRET=SIGNATURE_SECRET)
        assert done.returncode == 0, done.stderr
        for target in (front, webhooks):
            for path in ("/webhooks/answer", "/ncco", "/webhooks/fallback"):
                assert get(target, path, FIELDS) == "200"
            assert {post(target, "/webhooks/events", event) for event in EVENTS} == {"204"}
            reason = {"reason": f"no answer for {CALLER}", "original_request": {"url": f"https://host/?from={CALLER}"}}
            assert post(target, "/webhooks/fallback", FIELDS | reason) == "200"
            for spelling in (CALLER, *SPELLINGS):
                assert (
                    get(target, "/webhooks/answer", FIELDS | {"uuid": spelling, "conversation_uuid": spelling}) == "200"
                )
        for target in (webhooks, echo_engine):
            for part in (CALLER, *SPELLINGS, signature(b"")):
                for path in (f"/webhooks/{part}", f"/socket/{part}", f"/{part}"):
                    assert get(target, path, {}) == "404"
                assert status(target, f"GET /{part} HTTP/{part}\r\n{part}: {part}\r\n\r\n".encode()) in (
                    "400",
                    "closed",
                )
        for target in (front, echo_engine):
            talk(target)
        for attack in REFUSED:
            attack.act(webhooks if attack.endpoint == "webhooks" else echo_engine)
        run.process.wait_for("NCCO rejected")
    for kind in ("call answered", "call started", "call ended", "request refused", "handshake refused", "/webhooks/"):
        assert kind in run.process.printed
    lines = [line for line in run.process.lines if any(mark in line for mark in MARKED)]
    assert lines == [], "these tell a secret"
