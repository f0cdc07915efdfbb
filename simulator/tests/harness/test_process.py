"""The harness itself: it reads what a process prints, and fails if what is waited for doesn't come."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from simulator.tests.harness.process import errors_into, limited_to, started

LIMIT = "import resource; print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])"


def python(program: str) -> list[str]:
    return [sys.executable, "-u", "-c", program]


def test_it_waits_for_a_line_on_either_stream_and_keeps_their_order() -> None:
    with started(python("import sys; print(1); print(2, file=sys.stderr); print(3)")) as process:
        assert process.wait_for("^([0-9])\n2\n")[1] == "1"
        assert process.wait() == 0
    assert process.lines == ["1\n", "2\n", "3\n"]


def test_waiting_for_a_line_fails_when_the_process_ends_without_it() -> None:
    program = python("print('something else')")
    with started(program) as process, pytest.raises(AssertionError, match="something else"):
        process.wait_for("ready")


def test_it_is_stopped_in_the_end() -> None:
    with started(python("import signal; print('ready'); signal.pause()")) as process:
        process.wait_for("ready")
    assert process.wait() == -signal.SIGTERM


def test_a_developers_settings_stay_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSWER_URL", "http://example.com")
    monkeypatch.setenv("PORT", "8000")
    with started(python("import os; print(os.environ['ANSWER_URL'], os.environ['PORT'])"), PORT="1") as process:
        process.wait()
    assert process.printed == " 1\n"


def test_stderr_can_be_kept_apart(tmp_path: Path) -> None:
    program = python("import sys; print('a line'); print('an error', file=sys.stderr)")
    with started(errors_into(tmp_path / "errors", program)) as process:
        process.wait()
    assert process.printed == "a line\n"
    assert (tmp_path / "errors").read_text() == "an error\n"


def test_descriptors_can_be_few() -> None:
    with started(limited_to(99, python(LIMIT))) as process:
        process.wait()
    assert process.printed == "99\n"


def test_what_is_left_unread_fills_the_pipe_and_is_read_afterwards(tmp_path: Path) -> None:
    full = tmp_path / "full"
    program = f"""
import fcntl, os, sys, time
print("ready")
os.set_blocking(1, False)
try:
    while True:
        os.write(1, b"x" * 1000 + b"\\n")
except BlockingIOError:
    open({str(full)!r}, "w").close()
os.set_blocking(1, True)
print("end")
"""
    with started(python(program)) as process:
        process.wait_for("ready")
        with process.unread():
            while not full.exists():
                assert process.popen.poll() is None or full.exists()
        process.wait_for("end")
