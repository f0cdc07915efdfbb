from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from observability.log_lines import lines_of_call, parse_line
from observability.story import tell
from tests.harness.local_run import LocalRun, simulate
from tests.harness.process import ROOT

CALL, CONVERSATION, OTHER = (
    "aaaaaaaa-0000-4000-8000-000000000001",
    "CON-aaaaaaaa-0000-4000-8000-000000000002",
    "bbbbbbbb-0000-4000-8000-000000000003",
)
WEBHOOKS, FIRST, SECOND, CADDY = "webhooks-1  | ", "echo-engine-1  | ", "echo-engine-2  | ", "caddy-1  | "


def line(prefix: str, seconds: float, event: str, **fields: Any) -> str:
    at = f"2026-11-25T10:00:{seconds:09.6f}Z"
    return prefix + json.dumps({"timestamp": at, "level": "info", "event": event, **fields})


def request(seconds: float, route: str, duration: float) -> str:
    fields = {"route": route, "status": 200, "duration": duration, "request": {"method": "POST"}}
    return line(CADDY, seconds, "handled request", **fields)


ENGINES = {"call_uuid": CALL, "conversation_uuid": CONVERSATION}
HOOKS = {"uuid": CALL, "conversation_uuid": CONVERSATION}
LOG = [
    "echo-engine-1  | no JSON",
    line(SECOND, 11.5, "call started", connection="c-2", **ENGINES),
    line(WEBHOOKS, 1, "call answered", **HOOKS, wait_seconds=0.0),
    line(FIRST, 2, "call started", connection="c-1", **ENGINES),
    line(WEBHOOKS, 2.1, "call event", status="answered", leg="websocket", uuid="leg-2", conversation_uuid=CONVERSATION),
    line(FIRST, 11, "call ended", connection="c-1", **ENGINES, reason="drained", duration_seconds=9.0, jitter_ms=1.5),
    request(11.02, "/socket", 9.01),
    line(WEBHOOKS, 11.1, "call moved", **HOOKS, failures=0, wait_seconds=0.0),
    line(FIRST, 4, "call started", connection="c-9", call_uuid=OTHER, conversation_uuid=None),
    line(WEBHOOKS, 20, "call answered", uuid="withheld", conversation_uuid="withheld"),
    line(SECOND, 30, "call ended", connection="c-2", **ENGINES, reason="closed_by_peer", duration_seconds=18.5),
]


def story(*log: str, uuid: str = CONVERSATION) -> str:
    lines = [parsed for text in log if (parsed := parse_line(text)) is not None]
    return "\n".join(tell(lines_of_call(lines, uuid)))


def test_a_call_is_told_in_order_of_time() -> None:
    told = re.findall(r" s  (\S+) +(.*)$", story(*LOG), re.MULTILINE)
    assert told == [
        ("webhooks-1", "asked and answered  wait_seconds=0.0"),
        ("echo-engine-1", "connected  connection=c-1"),
        ("webhooks-1", "event: websocket answered"),
        ("echo-engine-1", "socket ended  connection=c-1 reason=drained duration_seconds=9.0"),
        ("caddy-1", "POST /socket 200  duration_seconds=9.01"),
        ("webhooks-1", "moved  failures=0 wait_seconds=0.0"),
        ("echo-engine-2", "connected  connection=c-2"),
        ("echo-engine-2", "socket ended  connection=c-2 reason=closed_by_peer duration_seconds=18.5"),
    ]


def test_quality_stands_below_the_end_of_a_socket() -> None:
    lines = story(*LOG).splitlines()
    (quality,) = (number for number, text in enumerate(lines) if "quality  jitter_ms=1.5" in text)
    assert "socket ended  connection=c-1" in lines[quality - 1]


def test_it_comes_to_a_sum() -> None:
    assert story(*LOG).splitlines()[-1] == "In 29.000 s: sockets 2, moves 1, between two sockets 0.500 s."


def test_an_engine_that_was_killed_ended_the_socket_when_the_platform_said_so() -> None:
    killed = [text for text in LOG if not ("call ended" in text and "c-1" in text)]
    report = line(
        WEBHOOKS,
        11.2,
        "call event",
        status="disconnected",
        leg="websocket",
        uuid="leg-2",
        conversation_uuid=CONVERSATION,
    )
    assert story(*killed, report).splitlines()[-1].endswith("between two sockets 0.300 s.")


@pytest.mark.parametrize("uuid", [CALL, CONVERSATION, CALL.upper(), "leg-2"])
def test_any_name_of_the_call_finds_all_of_it(uuid: str) -> None:
    assert story(*LOG, uuid=uuid) == story(*LOG)


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        ("call answered", "the answer of the webhooks"),
        ('"call started", "connection": "c-1"', "the start of a socket"),
        ('"call ended", "connection": "c-1"', "the end of a socket"),
    ],
)
def test_half_a_story_says_what_is_missing(gone: str, said: str) -> None:
    assert story(*(text for text in LOG if gone not in text)).endswith(f"Lines are missing: {said}.")


@pytest.mark.parametrize("prefix", ["", "[pod/echo-engine-1] ", "echo-engine-1  | "])
def test_the_name_before_a_line_is_the_processs(prefix: str) -> None:
    parsed = parse_line(prefix + '{"timestamp": "2026-11-25T10:00:00Z", "logger": "echo_engine", "event": "x"}')
    assert parsed is not None
    assert parsed.process in ("echo_engine", "pod/echo-engine-1", "echo-engine-1")


@pytest.mark.parametrize("text", ["", "{", "text", "[1]", "{}", '{"timestamp": 1}', '{"timestamp": "x"}'])
def test_what_is_no_line_of_a_log_is_passed_over(text: str) -> None:
    assert parse_line(text) is None


def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    # Without site-packages: an operator has no more than Python.
    command = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); "]
    command[-1] += "from observability.story import main; sys.exit(main(sys.argv[1:]))"
    return subprocess.run([*command, *arguments], input=stdin, capture_output=True, text=True, check=False)


def test_nothing_is_explained(tmp_path: Path) -> None:
    file = tmp_path / "log"
    file.write_text("\n".join(LOG))
    done = run(OTHER.replace("b", "c"), str(file))
    assert done.returncode == 1
    assert re.search(r"No line names cccccccc\S+\. 10 lines were read, from 25 November", done.stderr)
    assert "No line of JSON was read" in run(CALL).stderr
    assert run().returncode == 64
    missing = run(CALL, str(tmp_path / "none"))
    assert missing.returncode == 64
    assert (
        missing.stderr == f"{tmp_path / 'none'} can't be read: No such file or directory. Name the files of the logs.\n"
    )


def test_a_real_call_is_told_from_the_logs_of_all_processes(running: LocalRun) -> None:
    since = len(running.process.lines)
    done = simulate(running.port, "--seconds", "1")
    assert done.returncode == 0, done.stdout
    uuid = running.process.wait_for('"event": "call ended".*"conversation_uuid": "([^"]+)"', since)[1]
    running.process.wait_for(f'"status": "completed", "leg": "phone".*{uuid}', since)
    told = run(uuid, stdin="".join(running.process.lines))
    assert told.returncode == 0, told.stderr
    happened = ["asked and answered", "connected", "socket ended", "event: phone completed"]
    assert re.search(".*".join(happened), told.stdout, re.DOTALL), told.stdout
    assert "sockets 1, moves 0" in told.stdout
