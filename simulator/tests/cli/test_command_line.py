from __future__ import annotations

import asyncio
import json
import sys
import tomllib
import wave
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

import voice_simulator
from simulator.tests.harness.echo_peer import Line, StartPeer
from simulator.tests.harness.webhook_server import WebhookServer
from voice_simulator.__main__ import COMMANDS, main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def run_with(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["simulator", *map(str, arguments)])
        code = main()
        return code, *capsys.readouterr()

    return run_with


def connect(uri: str) -> list[dict[str, Any]]:
    endpoint = {"type": "websocket", "uri": uri, "content-type": "audio/l16;rate=8000"}
    return [{"action": "connect", "endpoint": [endpoint]}]


def test_the_version_is_the_projects(run: Run) -> None:
    project = tomllib.loads((Path(voice_simulator.__file__).parents[3] / "pyproject.toml").read_text())["project"]
    assert run("--version") == (0, f"{project['version']}\n", "")


def corrupt(connection: Line, frame: bytes, number: int) -> None:
    connection.send(frame[:-1] + bytes([frame[-1] ^ 1]))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--seconds", "0"], "--seconds: must be a number of seconds from 0.02 to 7200; it is 0.0"),
        (["--calls", "0"], "'--calls'"),
        (["--calls", "many"], "'--calls'"),
        (["--dtmf", "x@1"], "'--dtmf': 'x@1' is not a key"),
        (["--dtmf", "1@10"], "--dtmf: must be within the call's 10 s; key 1 is at 10 s"),
        (["--stall", "3@8"], "--stall: must be over 1 s before the next stall or the call's end"),
        (["--wav", "/missing.wav"], "--wav: can't be used: /missing.wav can't be read"),
        (["--save", "/missing/echo.wav"], "'--save': the folder /missing does not exist"),
        (["--plot", "/missing/call.png"], "'--plot': the folder /missing does not exist"),
        (["--save", "echo.mp3"], "'--save': echo.mp3 can't be written: it must end in .wav"),
        (["--plot", "call.jpg"], "'--plot': call.jpg can't be written: it must end in .png or .svg or .pdf"),
        (["--answer-url", "localhost"], "the answer URL: must be an absolute"),
        (["--method", "PUT"], "'--method'"),
        (["--greeting", "loud"], "'--greeting'"),
        (["--connects-per-second", "-1"], "'--connects-per-second': -1 is not 0 or more"),
        (["--refused-as", "busy"], "'--refused-as'"),
        (["--bogus"], "No such option"),
        (["extra"], "extra"),
        (["call", "extra"], "extra"),
        (["--expect", "music"], "'--expect'"),
        (["--callee", "asleep"], "'--callee'"),
        (["--scenario", "/missing.yaml"], "--scenario: /missing.yaml: can't be read"),
        (["--scenario", "/missing.yaml", "--dtmf", "1@1"], "--scenario: says what --dtmf says; give one of both"),
    ],
)
def test_wrong_usage_is_64_and_names_the_option(arguments: list[str], message: str, run: Run) -> None:
    code, out, err = run(*arguments)
    assert code == 64
    assert out == ""
    assert err.startswith("error: ")
    assert message in err


def test_help_names_the_commands_first_and_is_short(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    code, out, _ = run("--help")
    assert code == 0
    for command in COMMANDS:
        assert f"\n  {command} " in out
        code, told, _ = run(command, "--help")
        assert code == 0
        lines = told.splitlines()
        assert len(lines) <= 75  # a screen and a half
        assert max(map(len, lines)) <= 80
    assert "64 wrong usage" in " ".join(run("call", "--help")[1].split())


@pytest.mark.parametrize(
    ("word", "words"), [("chekc", "did you mean check?"), ("dance", "there are call, check, facts, load, phone, show")]
)
def test_a_command_that_does_not_exist_is_told(word: str, words: str, run: Run) -> None:
    code, _, err = run(word)
    assert code == 64
    assert err == f"error: there is no command {word!r}; {words}\n"


def test_a_good_call_is_0_and_fills_the_files(
    run: Run, tmp_path: Path, webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    webhooks.answer_with(connect(start_peer().uri))
    echo, picture = tmp_path / "echo.wav", tmp_path / "call.png"
    answer_url = f"{webhooks.address}/webhooks/answer"
    code, out, err = run("--answer-url", answer_url, "--seconds", "0.1", "--save", echo, "--plot", picture)
    assert code == 0, err
    assert "good: every byte came back" in out
    with wave.open(str(echo), "rb") as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 2, 2)
        assert file.getnframes() >= 800  # the frames, and the time until the first came back
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert [line.partition(" (")[0] for line in err.splitlines()][-2:] == [f"wrote {echo}", f"wrote {picture}"]


@pytest.mark.parametrize("command", [[], ["call"]])
def test_a_scenario_is_played_and_what_it_missed_is_1(
    command: list[str], run: Run, tmp_path: Path, webhooks: WebhookServer
) -> None:
    webhooks.answer_with([{"action": "talk", "text": "Good morning"}])
    scenario = tmp_path / "scenario.yaml"
    scenario.write_text("seconds: 2\nmust:\n  - {talk: morning}\n  - {talk: evening}\n")
    arguments = [*command, "--answer-url", f"{webhooks.address}/webhooks/answer", "--scenario", scenario]
    code, out, err = run(*arguments)
    assert code == 1
    words = " ".join(out.replace("│", " ").split())
    assert "met talk 'morning'" in words
    assert "missed talk 'evening'" in words
    errors = [line for line in err.splitlines() if not line.startswith("warning: ")]  # a busy machine is told of
    assert errors == ["error: scenario, missed: talk 'evening'"]
    code, out, _ = run(*arguments, "--json")
    (call,) = json.loads(out)["calls"]
    assert code == 1
    assert [step["detail"] for step in call["course"] if step["kind"] == "talk"] == ["Good morning"]


def test_audio_is_judged_where_it_is_expected(run: Run, webhooks: WebhookServer, start_peer: StartPeer) -> None:
    webhooks.answer_with(connect(start_peer(corrupt).uri))
    arguments = ["--answer-url", f"{webhooks.address}/webhooks/answer", "--seconds", "0.5", "--expect", "audio"]
    code, out, _ = run(*arguments)
    assert code == 0
    assert "audio heard" in out
    assert "good: every NCCO kept the rules" in out


@pytest.mark.parametrize("callee", ["answers", "busy"])
def test_the_callee_is_an_option(callee: str, run: Run, webhooks: WebhookServer) -> None:
    webhooks.answer_with([{"action": "connect", "endpoint": [{"type": "app", "user": "bob"}]}])
    arguments = ["--answer-url", f"{webhooks.address}/webhooks/answer", "--seconds", "1.5", "--expect", "nothing"]
    code, out, _ = run(*arguments, "--callee", callee)
    assert code == 0
    assert (f"{'answered' if callee == 'answers' else 'busy'} to http" in out.split("connect")[1]) is True


def test_wrong_audio_is_1(run: Run, webhooks: WebhookServer, start_peer: StartPeer) -> None:
    webhooks.answer_with(connect(start_peer(corrupt).uri))
    code, _, err = run("--answer-url", f"{webhooks.address}/webhooks/answer", "--seconds", "0.1")
    assert code == 1
    assert "error: audio, of 5 frames sent: 5 corrupted\n" in err


def test_a_wrong_ncco_is_2(run: Run, webhooks: WebhookServer) -> None:
    webhooks.answer_with([])
    code, _, err = run("--answer-url", f"{webhooks.address}/webhooks/answer")
    assert code == 2
    assert err.startswith("error: the NCCO must be a JSON array")


def test_no_connection_is_3_and_no_file_is_written(run: Run, tmp_path: Path, webhooks: WebhookServer) -> None:
    webhooks.answer_with(connect("ws://127.0.0.1:1/socket"))
    echo = tmp_path / "echo.wav"
    code, _, err = run("--answer-url", f"{webhooks.address}/webhooks/answer", "--save", echo)
    assert code == 3
    assert "error: socket ws://127.0.0.1:1/socket" in err
    assert "no file was written" in err
    assert not echo.exists()


def test_the_limit_and_how_a_refusal_is_reported_are_options(
    run: Run, webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    (action,) = connect(start_peer().uri)
    webhooks.answer_with([action | {"eventType": "synchronous"}])
    webhooks.nccos["reason"] = [[{"action": "talk", "text": "Sorry"}]]
    answer_url = f"{webhooks.address}/webhooks/answer"
    limit = ["--connects-per-second", "0.001", "--refused-as", "reason"]
    code, out, _ = run("--answer-url", answer_url, "--json", "--calls", "2", "--seconds", "0.1", *limit)
    data = json.loads(out)
    assert code == 3
    assert (data["connects_refused"], data["calls_given_up"], data["calls_lost"]) == (1, 1, 1)


@pytest.mark.parametrize(
    ("options", "spoken"),
    [
        ([], False),
        (["--greeting", "real"], True),
        (["--connects-per-second", "9"], True),
        (["--connects-per-second", "9", "--greeting", "skip"], False),
    ],
)
def test_with_a_limit_the_greeting_takes_its_time(
    options: list[str], spoken: bool, run: Run, webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    text = "x" * 6 if spoken else "x" * 1500  # takes 0.4 s, or 100 s
    webhooks.answer_with([{"action": "talk", "text": text}, *connect(start_peer().uri)])
    start = perf_counter()
    code, _, err = run("--answer-url", f"{webhooks.address}/webhooks/answer", "--seconds", "0.1", *options)
    assert code == 0, err
    took = perf_counter() - start
    assert took > 0.4 if spoken else took < 100


async def test_the_command_itself_prints_json_and_says_when_all_calls_are_up(
    webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    webhooks.answer_with(connect(start_peer().uri))
    command = [sys.executable, "-m", "voice_simulator", "--json", "--calls", "3", "--seconds", "0.1"]
    process = await asyncio.create_subprocess_exec(
        *command, "--answer-url", f"{webhooks.address}/webhooks/answer", stdout=-1, stderr=-1
    )
    out, err = await process.communicate()
    assert process.returncode == 0
    assert err.startswith(b"all 3 calls are up\n")  # a warning may follow: that this machine is too busy
    data = json.loads(out)
    assert data["frames"]["returned"] == 15
    assert len(data["calls"]) == 3


def test_a_response_that_is_no_json_gets_one_sentence_and_no_table(run: Run, webhooks: WebhookServer) -> None:
    page = {"status": 200, "body": b"<!doctype html><h1>Welcome</h1>", "content_type": "text/html; charset=utf-8"}
    webhooks.script("/webhooks/answer", page)
    url = f"{webhooks.address}/webhooks/answer"
    code, out, err = run("--answer-url", url)
    assert (code, out) == (2, "")
    shown = f"GET {url} answered 200 OK, text/html, '<!doctype html><h1>Welcome</h1>'"
    assert err == f"error: The answer webhook sent HTML, not JSON: {shown} (ncco.shape; platform.md, 2.1)\n"
