from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from dotenv import dotenv_values

from simulator.tests.harness.process import ROOT
from voice_simulator.cli.env_file import EnvFile, load_env_file, read_env_file

TEXT = """# a comment
PORT=4000

export GREETING="Hello
there" # on two lines
EMPTY=
WHOLE=${PORT}1
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / ".env"


def test_a_file_is_read_as_the_local_run_reads_it(file: Path) -> None:
    file.write_text(TEXT)
    found = read_env_file(file)
    assert found.variables == dotenv_values(file)
    assert found.lines == {"PORT": 2, "GREETING": 4, "EMPTY": 6, "WHOLE": 7}
    assert found.problems == []


def test_no_file_holds_nothing(file: Path) -> None:
    assert read_env_file(file) == EnvFile({}, {}, [])


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("SOCKET_AUTH off", "can't be read: a line must be NAME=value"),
        ('GREETING="Hello', "can't be read: a line must be NAME=value, a quoted value must end"),
        ("SOCKET_AUTH", "SOCKET_AUTH has no value"),
    ],
)
def test_a_line_that_can_t_be_read_is_named_and_the_others_count(line: str, problem: str, file: Path) -> None:
    file.write_text(f"PORT=4000\n\n{line}\nLOG_LEVEL=DEBUG\n")
    found = read_env_file(file)
    assert [each.startswith(f"{file}:3") and problem in each for each in found.problems] == [True]
    assert (found.variables["PORT"], found.variables["LOG_LEVEL"]) == ("4000", "DEBUG")


def test_a_file_in_another_encoding_is_named(file: Path) -> None:
    file.write_bytes(b"GREETING=\xff\xfe")
    (problem,) = read_env_file(file).problems
    assert problem.startswith(f"{file} can't be read: ")


def test_the_environment_wins(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("A_FIRST=1\nA_SECOND=2\nA_THIRD=3\n")
    for name, value in (("A_FIRST", "other"), ("A_SECOND", "")):
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("A_THIRD", raising=False)
    monkeypatch.setattr(os, "environ", dict(os.environ))
    assert load_env_file(file) == []
    assert [os.environ[name] for name in ("A_FIRST", "A_SECOND", "A_THIRD")] == ["other", "", "3"]


def test_the_command_calls_the_port_in_the_file_and_names_what_it_can_t_read(file: Path) -> None:
    file.write_text("PORT=1\nSOCKET_AUTH off\n")
    environment = {name: value for name, value in os.environ.items() if name != "PORT"} | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "voice_simulator", "--retry-pause", "0"]
    done = subprocess.run(command, cwd=file.parent, env=environment, text=True, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    warning, error = done.stderr.splitlines()
    assert warning.startswith("warning: .env:2 can't be read")
    assert error == (
        "error: answer webhook: http://127.0.0.1:1/webhooks/answer can't be reached:"
        " nothing listens at 127.0.0.1:1; is the server running?"
    )
