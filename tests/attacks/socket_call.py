"""Attacks on an open call: its frames, its messages, and how many of them."""

from __future__ import annotations

import socket
from collections.abc import Callable

from tests.attacks.target import TEXT, Attack, Call, Target, call, frame, handshake

CONNECTED = b'{"event": "websocket:connected", "content-type": "audio/l16;rate=8000"}'
PING, FRAGMENT, CONTINUATION = 0x89, 0x02, 0x00  # first bytes of frames (RFC 6455, 5.2)
CLOSE, LAST = 0x88, 0x80


def ended_by(*sent: bytes) -> Callable[[Target], str]:
    """Return an attack that says how the call ends."""

    def act(target: Target) -> str:
        with call(target) as opened:
            send_all(opened, sent)
            return opened.end()

    return act


def survived(*sent: bytes) -> Callable[[Target], str]:
    """Return an attack that says whether the call goes on."""

    def act(target: Target) -> str:
        with call(target) as opened:
            send_all(opened, sent)
            return opened.goes_on()

    return act


def send_all(opened: Call, sent: tuple[bytes, ...]) -> None:
    try:
        for part in sent:
            opened.send(part)
    except ConnectionError:
        pass  # the server has had enough


def half_closed(target: Target) -> str:
    with call(target) as opened:
        opened.send_no_more()
        return opened.end()


def left_at_once(target: Target) -> str:
    """Return whether a new call can be opened after one whose caller left while it was being opened."""
    with target.connect() as connection:
        connection.sendall(handshake())
    with target.connect() as connection:
        connection.sendall(handshake() + frame(b"half a frame")[:-5])
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, (1).to_bytes(4, "little") + bytes(4))
    return survived()(target)


def unread(first: bytes, repeated: bytes) -> Callable[[Target], str]:
    """Return an attack that sends without end and never reads."""

    def act(target: Target) -> str:
        with call(target) as opened:
            try:
                opened.send(first)
                while True:
                    opened.send(repeated * 100)
            except ConnectionError:
                return "cut off"
            except TimeoutError:
                return "not cut off"

    return act


def text(message: bytes) -> bytes:
    return frame(message, TEXT)


FRAMES: list[tuple[str, str, Callable[[Target], str]]] = [
    ("a frame that isn't masked", "close 1002", ended_by(b"\x82\x01x")),
    ("a reserved bit", "close 1002", ended_by(frame(first=0xC2))),
    ("a reserved opcode: 3", "close 1002", ended_by(frame(first=0x83))),
    ("a reserved opcode: 11", "close 1002", ended_by(frame(first=0x8B))),
    ("a ping of 126 bytes", "close 1002", ended_by(frame(bytes(126), PING))),
    ("a ping in fragments", "close 1002", ended_by(frame(first=0x09))),
    ("a continuation of nothing", "close 1002", ended_by(frame(first=LAST))),
    ("a message inside another one's fragments", "close 1002", ended_by(frame(b"a", FRAGMENT), frame(b"b"))),
    ("close code 1005", "close 1002", ended_by(frame((1005).to_bytes(2, "big"), CLOSE))),
    ("close code 999", "close 1002", ended_by(frame((999).to_bytes(2, "big"), CLOSE))),
    ("a close frame of one byte", "close 1002", ended_by(frame(b"x", CLOSE))),
    ("a close reason that isn't UTF-8", "close 1007", ended_by(frame(b"\x03\xe8\xff", CLOSE))),
    ("text that isn't UTF-8", "close 1007", ended_by(text(b"\xff"))),
    ("a message of 64 KiB and a byte", "close 1009", ended_by(frame(bytes(65_537)))),
    ("a length of 2^40, nothing behind it", "close 1009", ended_by(frame(length=b"\xff" + (2**40).to_bytes(8, "big")))),
    ("a length of 2^63", "close 1009", ended_by(frame(length=b"\xff" + (2**63).to_bytes(8, "big")))),
    (
        "fragments of 64 KiB and a byte in all",
        "close 1009",
        ended_by(frame(bytes(65_000), FRAGMENT), frame(bytes(537), CONTINUATION)),
    ),
    ("5000 fragments of a byte", "close 1009", ended_by(frame(b"x", FRAGMENT), frame(b"x", CONTINUATION) * 5000)),
    ("5000 empty fragments", "close 1009", ended_by(frame(b"", FRAGMENT), frame(b"", CONTINUATION) * 5000)),
    ("a length that isn't in the shortest form", "the call goes on", survived(frame(b"x", length=b"\xfe\x00\x01"))),
    ("a frame byte by byte", "the call goes on", survived(*(bytes([byte]) for byte in frame(b"audio")))),
    ("data behind the close frame", "close 1000", ended_by(frame(b"\x03\xe8", CLOSE) + frame(b"more"))),
]
MESSAGES: list[tuple[str, str, Callable[[Target], str]]] = [
    ("text that isn't JSON", "the call goes on", survived(text(CONNECTED), text(b"{"))),
    ("JSON of 10,000 brackets", "the call goes on", survived(text(CONNECTED), text(b"[" * 10_000))),
    ("a number of 5000 digits", "the call goes on", survived(text(CONNECTED), text(b"9" * 5000))),
    ("JSON of the wrong shape", "the call goes on", survived(text(b'{"event": {"a": 1}, "digit": [[]]}'))),
    ("a name twice in an object", "the call goes on", survived(text(b'{"event": 1, "event": "websocket:dtmf"}'))),
    ("audio of an odd size", "the call goes on", survived(text(CONNECTED), frame(bytes(319)), frame(bytes(321)))),
    ("audio of another rate", "the call goes on", survived(text(CONNECTED), frame(bytes(960)))),
    ("audio of no bytes", "the call goes on", survived(text(CONNECTED), frame())),
    ("a format that doesn't exist", "the call goes on", survived(text(b'{"content-type": "audio/l16;rate=-1"}'))),
    ("keys that don't exist", "the call goes on", survived(text(CONNECTED), text(b'{"digit": "9999999999"}'))),
]
FLOODS: list[tuple[str, str, Callable[[Target], str]]] = [
    ("2001 pings at once", "close 1008", ended_by(frame(first=PING) * 2001)),
    ("2001 text messages at once", "close 1008", ended_by(text(b"x") * 2001)),
    ("10,001 empty frames at once", "close 1008", ended_by(frame() * 10_001)),
    ("half a connection", "closed", half_closed),
    ("a caller who leaves while the call is opened", "the call goes on", left_at_once),
]
UNREAD: list[tuple[str, Callable[[Target], str]]] = [
    ("pings without end, pongs never read", unread(b"", frame(bytes(125), PING))),
    ("audio without end, its echo never read", unread(text(CONNECTED), frame(bytes(320)))),
    ("messages without end, their echo never read", unread(b"", frame(bytes(60_000)))),
]
ATTACKS = [
    *(Attack("socket, in a call", name, answer, act) for name, answer, act in (*FRAMES, *MESSAGES, *FLOODS)),
    *(Attack("socket, in a call", name, "cut off", act, slow=True) for name, act in UNREAD),
]
