"""The simulator as pip installs it, with nothing of this repository on the path."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile  # type: ignore[import-untyped]

from simulator.tests.harness.placing import ncco
from simulator.tests.harness.process import ROOT, UNSET
from simulator.tests.harness.webhook_server import WebhookServer
from simulator.tests.zoo.application import application
from simulator.tests.zoo.late_echo import good
from voice_simulator.version import VERSION

UV = Path(sys.executable).with_name("uv")
FLAC = io.BytesIO()
soundfile.write(FLAC, np.zeros(8000), 8000, format="FLAC")

CONFTEST = """
import os, pytest

@pytest.fixture
def answer_url():
    return os.environ["ANSWER_URL"]
"""


def locked_versions() -> str:
    """Return the versions that the other tests run with, without the hashes: the package has none."""
    lines = re.findall(r"^([a-z0-9-]+)(?:\[.*?\])?(==.*?) \\$", (ROOT / "tests/requirements.txt").read_text(), re.M)
    return "\n".join(name + version for name, version in lines)


def run(*command: str | Path, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | UNSET | variables
    return subprocess.run(command, cwd=folder, env=environment, text=True, capture_output=True, check=False)


def made(environment: Path, *packages: str | Path) -> list[list[str | Path]]:
    """Return the commands that make an environment with these packages, and pip."""
    return [
        [UV, "venv", "-q", "--seed", "--python", sys.executable, environment],
        [UV, "pip", "install", "-q", "--python", environment, *packages],
    ]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the programs of an environment that has the wheel, pytest, and what they need."""
    folder = tmp_path_factory.mktemp("installed")
    constraints = folder / "constraints.txt"
    constraints.write_text(locked_versions())
    programs = folder / "venv" / "bin"
    wheel = folder / "dist" / f"voice_simulator-{VERSION}-py3-none-any.whl"
    commands: list[list[str | Path]] = [
        [ROOT / ".ci/package", wheel.parent, f"v{VERSION}"],  # as a release does
        *made(folder / "venv", f"{wheel}[plot]", "pytest", "pytest-asyncio", "-c", constraints),
    ]
    for command in commands:
        done = run(*command, folder=folder)
        assert done.returncode == 0, done.stdout + done.stderr
    return programs


@pytest.fixture
def echo() -> Iterator[WebhookServer]:
    """An application that echoes."""
    with application(good, arrange=greet) as webhooks:
        yield webhooks


def greet(webhooks: WebhookServer, uri: str) -> None:
    """Answer with a greeting and a connect action."""
    webhooks.answer_with(ncco(uri))


def test_it_is_one_module_and_one_command_and_no_file_of_the_server(installed: Path) -> None:
    listed = run(installed / "pip", "show", "--files", "voice-simulator", folder=installed).stdout
    files = re.findall(r"^  (\S+)$", listed.partition("Files:")[2], re.MULTILINE)
    assert {file.partition("/")[0] if file[0] != "." else file for file in files} == {
        "voice_simulator",
        next(file.partition("/")[0] for file in files if "dist-info" in file),
        "../../../bin/voice-simulator",
    }
    repository = {
        f"voice_simulator/{path.relative_to(ROOT / 'simulator/src/voice_simulator')}" for path in _data_files()
    }
    assert repository <= set(files)
    assert not [file for file in files if file.endswith(("Dockerfile", "requirements.txt", "pyproject.toml"))]


def _data_files() -> list[Path]:
    """Return the simulator's files that its code reads."""
    listed = subprocess.run(
        ["git", "ls-files", "simulator/src"], cwd=ROOT, text=True, capture_output=True, check=True
    ).stdout
    return [ROOT / name for name in listed.splitlines()]


def test_nothing_of_the_repository_can_be_imported(installed: Path, tmp_path: Path) -> None:
    program = "import importlib.util as u, sys; print(*(n for n in sys.argv[1:] if u.find_spec(n)))"
    names = ("simulator", "echo_engine", "webhooks", "shared", "tests", "flask", "voice_simulator")
    done = run(installed / "python", "-c", program, *names, folder=tmp_path)
    assert done.stdout == "voice_simulator\n", done.stderr


def test_the_command_names_itself_and_its_version(installed: Path, tmp_path: Path) -> None:
    command = installed / "voice-simulator"
    assert run(command, "--version", folder=tmp_path).stdout == run_here("--version").stdout
    done = run(command, "--bogus", folder=tmp_path)
    assert (done.returncode, done.stderr) == (64, "error: No such option: --bogus\nTry: voice-simulator call --help\n")
    assert run_here("--bogus").stderr == done.stderr


def run_here(*arguments: str) -> subprocess.CompletedProcess[str]:
    return run(sys.executable, "-m", "voice_simulator", *arguments, folder=ROOT)


def test_it_prints_the_facts_that_its_messages_cite(installed: Path, tmp_path: Path) -> None:
    done = run(installed / "voice-simulator", "facts", "3.7", folder=tmp_path)
    assert done.stdout.startswith("### 3.7 The play-out queue\n"), done.stderr


def test_it_calls_from_anywhere(installed: Path, tmp_path: Path, echo: WebhookServer) -> None:
    picture = tmp_path / "call.png"
    done = run(
        installed / "voice-simulator",
        "call",
        *("--seconds", "1", "--plot", str(picture)),
        folder=tmp_path,
        ANSWER_URL=answer_url(echo),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_the_lowest_versions_that_it_allows_will_do(installed: Path, tmp_path: Path, echo: WebhookServer) -> None:
    lowest, programs = tmp_path / "lowest.txt", tmp_path / "venv" / "bin"
    compiled = ["pip", "compile", "-q", "--resolution", "lowest-direct", "--python-version", "3.11", "--extra", "plot"]
    (wheel,) = installed.parents[1].glob("dist/*.whl")
    (tmp_path / "tone.flac").write_bytes(FLAC.getvalue())
    (tmp_path / "evening.yaml").write_text("expect: echo\nseconds: 1\ncaller:\n  - {at: 0, say: tone.flac}\n")
    simulator = programs / "voice-simulator"
    commands: list[list[str | Path]] = [
        [UV, *compiled, ROOT / "simulator/pyproject.toml", "-o", lowest],
        *made(tmp_path / "venv", wheel, "-r", lowest),
        [simulator, "call", "--seconds", "1", "--plot", "call.png", "--trace", "call.json", "--save", "call.wav"],
        [simulator, "show", "call.json", "--recording", "call.wav"],
        [simulator, "call", "--scenario", "evening.yaml", "--json"],
        [simulator, "check", answer_url(echo), "--only", "ncco,socket.opens,webhooks.get", "--html", "check.html"],
    ]
    for command in commands:
        done = run(*command, folder=tmp_path, ANSWER_URL=answer_url(echo))
        assert done.returncode == 0, (command, done.stdout + done.stderr)


def test_the_readmes_example_passes(installed: Path, tmp_path: Path, echo: WebhookServer) -> None:
    (example,) = re.findall(r"^```python\n(.*?)^```", (ROOT / "simulator/README.md").read_text(), re.M | re.S)
    done = run_tests(installed, tmp_path, echo, example)
    assert re.search(r"^3 passed", done.stdout, re.MULTILINE), done.stdout + done.stderr


def test_a_test_that_fails_tells_the_call(installed: Path, tmp_path: Path, echo: WebhookServer) -> None:
    wrong = (
        "def test_a_menu(voice_call, answer_url):\n"
        "    voice_call(answer_url, expect='nothing', seconds=0.5).must('talk', 'press 1')\n"
    )
    done = run_tests(installed, tmp_path, echo, wrong)
    assert "AssertionError: missed: talk 'press 1', in a call, good" in done.stdout, done.stdout + done.stderr
    assert re.search(r"^E +0\.\d\d s +talk Hello", done.stdout, re.MULTILINE)


def run_tests(installed: Path, folder: Path, echo: WebhookServer, tests: str) -> subprocess.CompletedProcess[str]:
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_application.py").write_text(tests)
    command = (installed / "pytest", "-q", "-p", "no:cacheprovider", "-o", "asyncio_mode=auto")
    return run(*command, folder=folder, ANSWER_URL=answer_url(echo))


def answer_url(echo: WebhookServer) -> str:
    return f"{echo.address}/webhooks/answer"
