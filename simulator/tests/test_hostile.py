"""Applications that are broken or hostile: none takes the simulator's memory, its time, or the tester's terminal."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import random
import signal
import sys
from collections.abc import Callable, Iterator

import numpy as np
import pytest
import soundfile  # type: ignore[import-untyped]

from simulator.tests.harness.hostile_server import HostileServer, Script, Wire, frame, http, repeat
from simulator.tests.harness.own_loop import in_thread
from simulator.tests.harness.process import Process, started
from voice_simulator import place_call
from voice_simulator.record.foreign_text import read_json, visible

MOST_KB = 300 << 10
MIB = 1 << 20
COMMAND = (sys.executable, "-m", "voice_simulator")

Arrange = Callable[[HostileServer], None]


@pytest.fixture
def application() -> Iterator[HostileServer]:
    with in_thread(HostileServer().running()) as server:
        yield server


def run(application: HostileServer, command: str, *options: str) -> Process:
    """Run a command with little memory to its end. RLIMIT_AS doesn't fit: numpy and threads map what they never use."""
    limited = ["sh", "-c", f'ulimit -d {MOST_KB}; exec "$@"', "sh", *COMMAND, command, *options]
    with started(limited, ANSWER_URL=f"{application.address}/answer") as process:
        process.wait()
    return process


def without_end(head: bytes, piece: bytes) -> Script:
    async def script(_server: HostileServer, writer: Wire) -> None:
        await repeat(writer, head, piece)

    return script


async def hang(_server: HostileServer, _writer: Wire) -> None:
    await asyncio.Event().wait()


def stream(content: bytes | Script) -> Arrange:
    def arrange(server: HostileServer) -> None:
        server.replies["/sound"] = content
        server.ncco({"action": "stream", "streamUrl": [f"{server.address}/sound"]})

    return arrange


def answer(reply: bytes | Script) -> Arrange:
    return lambda server: server.replies.update({"/answer": reply})


def socket(content: bytes | Script) -> Arrange:
    return lambda server: server.socket(content)


def notify_loop(server: HostileServer) -> None:
    payload: dict[str, object] = {"numbers": [[]] * 1000}
    server.ncco({"action": "notify", "payload": payload, "eventUrl": [f"{server.address}/answer"]})


def hours_of_silence() -> bytes:
    file = io.BytesIO()
    soundfile.write(file, np.zeros(8000 * 3600, np.int16), 8000, format="FLAC")
    return http(file.getvalue(), kind=b"audio/flac")


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
MANY_LISTS = b'{"action": "notify", "payload": {"a": [' + b"[]," * 250_000 + b"[]]}}"
EATERS: dict[str, tuple[Arrange, str]] = {
    "a gzip bomb": (
        answer(http(gzip.compress(bytes(200 * MIB)), b"Content-Encoding: gzip")),
        "sent a body of more than 1 MiB once decoded; this simulator takes no more: shorten it",
    ),
    "a body without end": (answer(without_end(HEAD, b" " * 65536)), "sent a body of more than 1 MiB"),
    "a hundred thousand errors": (answer(http(b"[" + b"1," * 100_000 + b"1]")), "NCCO[0] must be an object; it is 1"),
    "a web radio": (stream(without_end(HEAD, bytes(65536))), "sent a body of more than 32 MiB"),
    "a small file of an hour": (stream(hours_of_silence()), "is longer than 10 minutes; the rest is left out here"),
    "8000 recordings": (
        lambda server: server.ncco(*[{"action": "record"}] * 8000),
        "4 recordings run already, and this simulator makes no more at a time (996 times)",
    ),
    "a loop of NCCOs": (notify_loop, "looks like a loop; this simulator ends the call"),
    "a flood of texts": (
        socket(without_end(b"", frame(1, b'{"action": "notify", "payload": {}}') * 500)),
        "the server sent 1000 texts more than 50 a second",
    ),
    "large texts": (
        socket(without_end(b"", frame(1, MANY_LISTS))),
        "too many texts: the application has sent more in this call than this simulator keeps (16 MiB",
    ),
    "a flood of frames": (socket(without_end(b"", frame(2, bytes(640)) * 100)), "sent 30000 binary messages more than"),
    "a flood of pings": (socket(without_end(b"", frame(9, bytes(125)) * 500)), "left 8 MiB of audio unread"),
    "a frame of 15 MiB": (socket(without_end(b"", frame(2, bytes(15 * MIB)))), "can't be read as a message"),
}


@pytest.mark.parametrize("eater", EATERS)
def test_no_application_takes_more_than_300_mb(eater: str, application: HostileServer) -> None:
    arrange, sentence = EATERS[eater]
    arrange(application)
    seconds = "20" if "loop" in eater else "8" if "hour" in eater else "1"  # a busy machine decodes it in seconds
    process = run(application, "call", "--expect", "nothing", "--seconds", seconds)
    assert sentence in process.printed
    assert "Traceback" not in process.printed


def test_a_check_takes_no_more_either(application: HostileServer) -> None:
    application.socket(without_end(b"", frame(2, b"") * 5000))
    process = run(application, "check", f"{application.address}/answer", "--only", "socket.stays-open,socket.opens")
    assert process.popen.returncode == 1
    assert "itself is at fault" not in process.printed


def test_what_cannot_be_seen_is_shown_escaped(application: HostileServer) -> None:
    evil = "\x1b[2J\x1b[32mgood\x07 \u202edoog\r\n"
    application.replies["/answer"] = http(
        json.dumps([{"action": "talk", "text": evil}, {"action": evil}]).encode(),
        "X-Owner: Jürgen".encode(),
        b"X-Town: K\xf6ln",
        status=b"200 \x1b[1mOK",
    )
    process = run(application, "call", "--expect", "nothing", "--seconds", "0.1")
    process_of_check = run(application, "check", f"{application.address}/answer", "--only", "ncco")
    for printed in (process.printed, process_of_check.printed):
        assert not set("\x1b\x07\u202e\r") & set(printed)
        assert "\\u001b[2J" in printed


@pytest.mark.parametrize("name", ["call", "check", "phone"])
def test_sigterm_ends_it_while_the_application_hangs(name: str, application: HostileServer) -> None:
    application.replies["/answer"] = hang
    arguments = [f"{application.address}/answer"] if name == "check" else []
    with started([*COMMAND, name, *arguments], ANSWER_URL=f"{application.address}/answer", PHONE_PORT="0") as process:
        if name == "phone":
            process.wait_for("listening")
        while name != "phone" and not application.requests:
            assert process.popen.poll() is None, process.printed
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == (0 if name == "phone" else 143)


def test_a_dead_tunnel_is_named(application: HostileServer) -> None:
    page = b"<!DOCTYPE html><p>The endpoint echo.ngrok-free.app is offline.</p><code>ERR_NGROK_3200</code>"
    application.replies["/answer"] = http(page, status=b"404 Not Found", kind=b"text/html")
    call = place_call(f"{application.address}/answer", seconds=0.1)
    assert "answered 404 Not Found; the ngrok tunnel is offline (ERR_NGROK_3200): start `ngrok http" in call.errors[0]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_every_terminal_gets_the_whole_report(encoding: str, application: HostileServer) -> None:
    application.ncco({"action": "talk", "text": "Good day, 世界 …"})
    options = ["--answer-url", f"{application.address}/answer", "--expect", "nothing", "--seconds", "0.1"]
    for arguments, word in (
        (options, "Good day, \\u4e16\\u754c ..."),
        (["call", "--help"], "--retry-pause"),
        (["check", "--list"], "ncco"),
    ):
        with started([*COMMAND, *arguments], PYTHONIOENCODING=encoding) as process:
            assert process.wait() == 0
        assert word in process.printed


def test_a_closed_stdout_keeps_nothing_from_being_done(application: HostileServer) -> None:
    application.ncco({"action": "talk", "text": "Hello"})
    options = ["call", "--answer-url", f"{application.address}/answer", "--expect", "nothing", "--seconds", "0.1"]
    with started(["sh", "-c", 'exec "$@" >&-', "sh", *COMMAND, *options]) as process:
        assert process.wait() == 0
    assert process.printed == ""


ODD = [
    "é\x1b[1m",
    "\ud800",
    "\u202e",
    "NaN",
    1e999,
    -1,
    None,
    True,
    [],
    {},
    "x" * 3000,
    10**400,
    "wss://[::1",
    "http://h:99999",
]
KINDS = ["talk", "stream", "input", "record", "conversation", "notify", "wait", "transfer", "connect"]
NAMES = ["text", "streamUrl", "eventUrl", "endpoint", "payload", "timeout", "type", "dtmf", "loop", "name"]
HEADERS = [
    b"X-A: \xff\xfe",
    "Location: /é".encode(),
    b"Content-Encoding: gzip",
    b"Retry-After: nan",
    b"A:\x01b",
    b"X: y",
]
STATUSES = [b"200 OK", b"200 OK", b"299 \xff", b"302 Found", b"999 ?", b"503 \x1b", b"200"]
TYPES = [*[b"application/json"] * 4, b"text/html; charset=hex", b"\xff\xff", b"application/json; charset=utf-7"]
NOTIFY = frame(1, b'{"action": "notify", "payload": {"a": "\\ud800"}}')


def fuzz(server: HostileServer, seed: int) -> None:
    """Let each reply and the socket's messages be broken in ways of their own."""
    dice = random.Random(seed)
    actions = []
    for _ in range(dice.randrange(4)):
        action = {name: dice.choice([*ODD, [dice.choice(ODD)]]) for name in dice.sample(NAMES, 3)}
        actions.append(action | {"action": dice.choice([*KINDS, *ODD[:3]])})
    socket_at = f"ws{server.address[4:]}/socket"
    uri, headers = dice.choice([socket_at, socket_at, "ws://\ud800/"]), {"a": dice.choice(ODD)}
    actions.append({"action": "connect", "endpoint": [{"type": "websocket", "uri": uri, "headers": headers}]})
    body = bytearray(json.dumps(actions).encode())
    for _ in range(dice.choice([0, 0, 0, 3])):
        body[dice.randrange(len(body))] = dice.randrange(256)
    reply = http(bytes(body), dice.choice(HEADERS), status=dice.choice(STATUSES), kind=dice.choice(TYPES))
    server.replies["/answer"] = reply if dice.random() < 0.9 else dice.randbytes(200)
    server.replies["/webhooks/events"] = dice.choice([reply, http(b""), http(b"\xff"), dice.randbytes(50)])
    closing, text, ping = frame(8, b"\x03\xe8" + dice.randbytes(5)), frame(1, dice.randbytes(9)), frame(9, b"x")
    messages = [closing, text, ping, NOTIFY, frame(2, bytes(640)), dice.randbytes(30)]
    server.replies["/socket"] = b"".join(dice.choices(messages, k=4))


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 53])
def test_nothing_that_an_application_sends_is_a_traceback(seed: int, application: HostileServer) -> None:
    fuzz(application, seed)
    call = place_call(f"{application.address}/answer", expect="nothing", seconds=0.1, spoken=False)
    assert call.outcome in ("good", "audio_wrong", "ncco_wrong", "connection_failed", "not_judged")
    visible(call.story).encode()


@pytest.mark.parametrize(
    "text", ["[" * 200 + "]" * 200, "[" * 100_000, '{"a": NaN}', "[1e999]", '"\\ud800"', b"\xff", "9" * 5000, ""]
)
def test_json_that_could_not_be_sent_on_is_none(text: str | bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # of several kinds
        read_json(text)


def test_letters_of_all_scripts_stay() -> None:
    assert visible("Grüße, שלום, العربية, 你好, 👩\u200d🚀") == "Grüße, שלום, العربية, 你好, 👩\u200d🚀"
    assert visible("\n\t\x9b\u200f\u2066\U000e0041\ud800") == r"\n\t\x9b\u200f\u2066\U000e0041\ud800"
