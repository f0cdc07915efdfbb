"""`load` against real applications: echo servers that carry few calls or none, and webhooks that refuse."""

from __future__ import annotations

import asyncio
import itertools
import json
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from simulator.tests.harness.placing import connect, ncco
from simulator.tests.harness.process import limited_to, started
from simulator.tests.harness.webhook_server import WebhookServer
from simulator.tests.zoo.application import application, socket_server
from simulator.tests.zoo.certificates import Authority
from simulator.tests.zoo.late_echo import frames, good
from voice_simulator.__main__ import main
from voice_simulator.audio.format import AudioFormat
from voice_simulator.load.crew import WorkerGoneError, crew
from voice_simulator.load.figures import join, step_of
from voice_simulator.load.judgement import Judgement, judge
from voice_simulator.load.opening import SocketToOpen

Load = Callable[..., tuple[int, dict[str, Any], str]]
React = Callable[[ServerConnection], Any]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], webhooks: WebhookServer) -> Load:
    """Return a function that runs the command with short steps and returns its code, its JSON and its stderr."""

    def run(*options: object, url: str = "") -> tuple[int, dict[str, Any], str]:
        arguments = [
            "load",
            url or f"{webhooks.address}/webhooks/answer",
            "--json",
            "--seconds",
            "1",
            "--processes",
            "1",
            *options,
        ]
        monkeypatch.setattr(sys, "argv", ["simulator", *map(str, arguments)])
        code = main()
        out, err = capsys.readouterr()
        told = json.loads(out)
        assert told["exit_code"] == code
        return code, told, err

    return run


def last_step(told: dict[str, Any]) -> dict[str, Any]:
    step: dict[str, Any] = told["steps"][-1]
    return step


def assert_too_many(code: int, told: dict[str, Any], calls: int, breach: str) -> None:
    """The last step has a breach; it is the breaking point, unless this machine was too busy to judge."""
    step = last_step(told)
    assert step["calls"] == calls
    assert any(breach in words for words in step["breaches"]), told
    if step["own_faults"]:
        assert (code, step["judgement"], told["found"]) == (4, "not_judged", "own_limit")
    else:
        assert (code, step["judgement"], told["found"]) == (0, "too_many", "breaking_point")
        assert breach in told["why"]
    assert told["calls_carried"] < calls


def test_every_frame_of_an_echo_is_counted(load: Load, webhooks: WebhookServer, tmp_path: Path) -> None:
    picture = tmp_path / "load.png"
    with socket_server(good) as uri:
        webhooks.answer_with(ncco(uri))
        code, told, err = load("--first", 2, "--step", 3, "--max-calls", 5, "--processes", 2, "--plot", picture)
    assert code in (0, 4)  # 4 on a machine that is too busy
    assert told["found"] in ("most", "own_limit"), told
    for step in told["steps"]:
        assert step["frames_sent"] == pytest.approx(step["calls"] * 50, abs=step["calls"])
        assert (step["frames_lost"], step["frames_corrupt"], step["calls_ended"]) == (0, 0, [])
        assert 0 < step["own_busy"] < 1
    uuids = [request.fields["uuid"] for request in webhooks.requests]
    assert len(set(uuids)) == len(uuids) >= 2  # each call asks once, for itself
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert err.splitlines()[0] == "opening 2 calls, 2 in all"


async def damage(connection: ServerConnection) -> None:
    async for frame in frames(connection):
        await connection.send(frame)
        await connection.send(frame[:-1] + bytes([frame[-1] ^ 1]))


def test_an_echo_that_is_not_whole_is_no_echo(load: Load, webhooks: WebhookServer) -> None:
    with socket_server(damage) as uri:
        webhooks.answer_with(ncco(uri))
        code, told, _ = load("--max-calls", 1)
    assert_too_many(code, told, 1, "frames damaged, twice or out of order")


async def test_a_server_that_takes_no_more_sockets_has_its_knee(load: Load, webhooks: WebhookServer) -> None:
    asked = itertools.count()

    def take_two(connection: ServerConnection, request: Request) -> Response | None:
        return None if next(asked) < 2 else connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "full\n")

    async with serve(good, "127.0.0.1", 0, compression=None, process_request=take_two) as server:
        webhooks.answer_with(ncco(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/socket"))
        code, told, _ = await asyncio.to_thread(load, "--first", 2, "--step", 1, "--max-calls", 4)
    if told["found"] == "breaking_point":
        assert code == 0
        assert told["why"] == "at 3 calls, sockets refused: 1 (the handshake was answered 503 Service Unavailable)"


async def close_after_a_while(connection: ServerConnection) -> None:
    numbers = itertools.count()
    async for frame in frames(connection):
        await connection.send(frame)
        if next(numbers) == 70:  # in the middle of the measured second
            await connection.close(1011)


def test_a_call_that_the_server_ends_is_told_with_its_code(load: Load, webhooks: WebhookServer) -> None:
    with socket_server(close_after_a_while) as uri:
        webhooks.answer_with(ncco(uri))
        code, told, _ = load("--max-calls", 1)
    assert_too_many(code, told, 1, "calls ended: 1 (the server closed the socket, code 1011)")


async def expect_answers(connection: ServerConnection) -> None:
    """Echo only after ping, clear and notify have been answered as the platform does."""
    pong = asyncio.ensure_future(await connection.ping())
    await connection.send('{"action": "clear"}')
    await connection.send('{"action": "notify", "payload": {"a": 1}}')
    awaited = [{"event": "websocket:cleared"}, {"event": "websocket:notify", "payload": {"a": 1}}]
    async for message in connection:
        if isinstance(message, bytes) and not awaited and pong.done():
            await connection.send(message)
        elif isinstance(message, str) and (text := json.loads(message))["event"] != "websocket:connected":
            assert text == awaited.pop(0)


def test_messages_that_are_no_audio_are_answered(load: Load, webhooks: WebhookServer) -> None:
    with socket_server(expect_answers) as uri:
        webhooks.answer_with(ncco(uri, headers={"call": "a"}))
        _, told, _ = load("--max-calls", 1)
    assert (last_step(told)["calls_ended"], last_step(told)["frames_lost"]) == ([], 0)


async def say_nothing(connection: ServerConnection) -> None:
    async for _ in frames(connection):
        pass


def test_an_application_that_echoes_nothing_is_told_what_is_needed(load: Load, webhooks: WebhookServer) -> None:
    with socket_server(say_nothing) as uri:
        webhooks.answer_with(ncco(uri))
        code, told, _ = load("--max-calls", 1)
    assert (code, told["found"]) == (3, "nothing")
    assert told["why"] == "no frame came back: the application must echo what it gets"


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ({"status": 401}, "answered 401 Unauthorized; the request was not signed: set VONAGE_SIGNATURE_SECRET"),
        (
            {"status": 429, "body": b"too many"},
            "requests: 429 Too Many Requests too many, and does not say when to try again",
        ),
        ({"status": 200, "body": b'[{"action": "talk", "text": "a"}]'}, "its NCCO has no connect to a WebSocket"),
        (
            {"status": 200, "body": json.dumps([connect("ws://127.0.0.1:1/socket")]).encode()},
            "at 1 calls, sockets refused: 1 (Connection refused)",
        ),
    ],
)
def test_where_nothing_is_reached_is_told(load: Load, webhooks: WebhookServer, reply: dict[str, Any], why: str) -> None:
    webhooks.script("/webhooks/answer", reply)
    code, told, err = load("--max-calls", 1)
    assert (code, told["found"], told["steps"]) == (3, "nothing", [])
    assert why in told["why"]
    assert why in err


def test_a_refusal_that_says_when_to_ask_again_is_heeded_and_told(load: Load, webhooks: WebhookServer) -> None:
    with socket_server(good) as uri:
        answer = {"status": 200, "body": json.dumps(ncco(uri)).encode()}
        webhooks.script("/webhooks/answer", {"status": 429, "body": b"slowly", "retry_after": "0"}, answer)
        _, told, err = load("--max-calls", 1)
    assert last_step(told)["frames_sent"] > 0
    assert (
        "requests: 429 Too Many Requests slowly; they go on at its pace. Sign the requests (VONAGE_SIGNATURE_SECRET)"
        in err
    )


def test_a_secure_socket_is_streamed_to(load: Load, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with application(good, tls=authority.server_context()) as secure:
        code, told, _ = load("--max-calls", 2, "--ca", authority.file, url=f"{secure.address}/webhooks/answer")
    assert code in (0, 4)
    assert (last_step(told)["calls"], last_step(told)["frames_corrupt"]) == (2, 0)
    assert last_step(told)["frames_sent"] == pytest.approx(100, abs=2)


def test_a_machine_without_descriptors_is_no_fault_of_the_server(webhooks: WebhookServer) -> None:
    with socket_server(good) as uri:
        webhooks.answer_with(ncco(uri))
        command = [sys.executable, "-m", "voice_simulator", "load", f"{webhooks.address}/webhooks/answer"]
        options = ["--first", "80", "--max-calls", "80", "--seconds", "1", "--processes", "1"]
        with started(limited_to(60, [*command, *options])) as process:
            assert process.wait() == 4, process.printed
    printed = " ".join(process.printed.split())
    assert "own limit came first: at 80 calls this machine opened no more sockets: Too many open" in printed


async def test_a_standstill_of_the_load_is_its_own_fault() -> None:
    with socket_server(good) as uri, crew(1, None) as working:
        (worker,) = multiprocessing.active_children()
        working.open(SocketToOpen(0, uri.replace("127.0.0.1", "localhost"), None, {}, AudioFormat.L16_16000))
        assert (await working.settle()).calls == 1
        measured = asyncio.create_task(working.measure(settle_seconds=0.0, seconds=1.5))
        await asyncio.sleep(0.5)
        assert worker.pid is not None
        os.kill(worker.pid, signal.SIGSTOP)
        await asyncio.sleep(0.6)  # this is the standstill
        os.kill(worker.pid, signal.SIGCONT)
        raw = join(await measured, machine_idle=None)
    step = step_of(raw, base_ms=0.0)
    assert step.own_late_max_ms > 300
    assert judge(step) is Judgement.NOT_JUDGED
    assert 0 < step.frames_sent < 65  # of 75: those that were missed are not sent in a burst
    assert step.frames_lost == 0


async def test_a_process_of_the_load_that_dies_is_missed() -> None:
    with crew(1, None) as working:
        assert (await working.settle()).calls == 0
        (worker,) = multiprocessing.active_children()
        worker.kill()
        with pytest.raises(WorkerGoneError):
            await working.settle()


def test_wrong_usage_is_64(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, says in ((["nowhere"], "must be an absolute"), (["--max-calls", "0"], "'--max-calls'")):
        monkeypatch.setattr(sys, "argv", ["simulator", "load", *arguments])
        assert main() == 64
        assert says in capsys.readouterr().err
