"""Attacks on an open call: its frames, its messages, and how many of them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack

from tests.attacks.target import BINARY, TEXT, Attack, Call, Target, call, frame, handshake

CONNECTED = b'{"event": "websocket:connected", "content-type": "audio/l16;rate=8000"}'
FORMAT_OF_NUMBERS = b'{"event": "websocket:connected", "content-type": [' + b",".join([b"9" * 4000] * 15) + b"]}"
DELAY_MEMORY_MB = 1
CALLS_THAT_FIT = DELAY_MEMORY_MB * 2**20 // (450 * (320 + 64))  # with nine seconds of delay at 8 kHz
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
    except OSError:
        pass  # the server has had enough, or this side has closed the connection


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


def flooded(sent: list[bytes]) -> Callable[[Target], str]:
    """Return an attack that sends while it reads, and says how the call ends.

    With data on its way to a closed socket, the kernel may discard the close frame.
    """

    def act(target: Target) -> str:
        with call(target) as opened:
            sender = threading.Thread(target=send_all, args=(opened, tuple(sent)))
            sender.start()
            end = opened.end()
        sender.join()
        return "cut off" if end in ("close 1008", "closed") else end

    return act


def over_two_sockets(target: Target) -> str:
    """Return how the second socket of a call ends, when the first one has used up the allowance of both."""
    request = handshake()
    with call(target, request) as opened:
        opened.send(frame(first=PING) * 400)
        if opened.goes_on() != "the call goes on":
            return "the first socket ends"
    with call(target, request) as opened:
        opened.send(frame(first=PING) * 400)
        return opened.end()


def beyond_the_memory(target: Target) -> str:
    """Return whether calls that ask for a long delay get one, however many they are."""
    with ExitStack() as stack:
        for _ in range(2 * CALLS_THAT_FIT):  # those of the try before may still be there
            opened = stack.enter_context(call(target))
            opened.send(text(CONNECTED) + text(b'{"digit": "9"}') + frame(bytes(320)))
            if any(first == BINARY for first, _ in opened.ping()):
                return "no delay"
    return "a delay"


def text(message: bytes) -> bytes:
    return frame(message, TEXT)


FRAMES: list[tuple[str, str, Callable[[Target], str]]] = [
    ("a frame that isn't masked", "close 1002", ended_by(b"\x82\x01x")),
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
    ("a frame byte by byte", "the call goes on", survived(*(bytes([byte]) for byte in frame(b"audio")))),
    ("data behind the close frame", "close 1000", ended_by(frame(b"\x03\xe8", CLOSE) + frame(b"more"))),
]
MESSAGES: list[tuple[str, str, Callable[[Target], str]]] = [
    ("text that isn't JSON", "the call goes on", survived(text(CONNECTED), text(b"{"))),
    ("JSON of 10,000 brackets", "the call goes on", survived(text(CONNECTED), text(b"[" * 10_000))),
    ("audio of an odd size", "the call goes on", survived(text(CONNECTED), frame(bytes(319)), frame(bytes(321)))),
    ("audio of another rate", "the call goes on", survived(text(CONNECTED), frame(bytes(960)))),
    ("a format that doesn't exist", "the call goes on", survived(text(b'{"content-type": "audio/l16;rate=-1"}'))),
    ("keys that don't exist", "the call goes on", survived(text(CONNECTED), text(b'{"digit": "9999999999"}'))),
]
FLOODS: list[tuple[str, str, Callable[[Target], str]]] = [
    ("2001 pings at once", "close 1008", ended_by(frame(first=PING) * 2001)),
    ("2001 text messages at once", "close 1008", ended_by(text(b"x") * 2001)),
    ("half a connection", "closed", half_closed),
    ("a caller who leaves while the call is opened", "the call goes on", left_at_once),
]
# Another call goes on undisturbed beside one of each kind: tests/system/test_neighbours.py.
HEAVY: list[tuple[str, str, Callable[[Target], str]]] = [
    ("11,000 empty frames at once", "cut off", flooded([frame() * 11_000])),
    ("11,000 frames of another size", "cut off", flooded([text(CONNECTED), frame(bytes(318)) * 11_000])),
    ("64 MB in messages of 64 KB", "cut off", flooded([frame(bytes(65_000))] * 1000)),
    ("2000 nested lists of 64 KB", "cut off", flooded([text(b"[" * 65_000)] * 2000)),
    ("2000 formats that are arrays of long numbers", "cut off", flooded([text(FORMAT_OF_NUMBERS)] * 2000)),
    ("2000 keys at once", "cut off", flooded([text(CONNECTED), text(b'{"digit": "1"}') * 2000])),
    ("pings, more than one socket may send, over two of them", "close 1008", over_two_sockets),
    ("keys for longer delays than there is memory", "no delay", beyond_the_memory),
]
UNREAD: list[tuple[str, Callable[[Target], str]]] = [
    ("pings without end, pongs never read", unread(b"", frame(bytes(125), PING))),
    ("audio without end, its echo never read", unread(text(CONNECTED), frame(bytes(320)))),
    ("messages without end, their echo never read", unread(b"", frame(bytes(60_000)))),
]
HEAVY_ATTACKS = [Attack("socket, in a call", name, answer, act) for name, answer, act in HEAVY]
ATTACKS = [
    *(Attack("socket, in a call", name, answer, act) for name, answer, act in (*FRAMES, *MESSAGES, *FLOODS)),
    *HEAVY_ATTACKS,
    *(Attack("socket, in a call", name, "cut off", act, slow=True) for name, act in UNREAD),
]
