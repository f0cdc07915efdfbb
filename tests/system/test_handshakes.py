"""The handshakes of real WebSocket clients get through the front, and their frames come back."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.harness.local_run import LocalRun, authorization

CLIENTS = Path(__file__).parent / "clients"
PYPI = {"websockets": "17.4", "picows": "2.3.1", "websocket-client": "1.9.2", "aiohttp": "3.14.5"} | {
    "autobahn": "26.10.2", "tornado": "6.6.1"
}  # fmt: skip
NPM = {"ws": "8.23.0", "undici": "7", "wscat": "6.1.0"}


def run(*command: str | Path, **environment: str) -> None:
    done = subprocess.run(
        command, env=os.environ | environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def need(command: str, package: str) -> None:
    if shutil.which(command) is None:
        pytest.skip(f"{command} is not installed (Debian: {package})")


@pytest.fixture(scope="module")
def call(running: LocalRun) -> tuple[str, Callable[[], str]]:
    """The address of the socket, and a function that returns what a new call is authorized by."""
    return f"ws://127.0.0.1:{running.port}/socket", lambda: authorization(running.port)["Authorization"]


@pytest.fixture(scope="module")
def npm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    need("npm", "npm")
    folder = tmp_path_factory.mktemp("npm")
    run("npm", "install", "--silent", "--no-audit", "--prefix", folder, *(f"{name}@{NPM[name]}" for name in NPM))
    return folder / "node_modules"


@pytest.fixture(scope="module")
def pypi(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pypi")
    pins = [f"{name}=={version}" for name, version in PYPI.items()]
    run(sys.executable, "-m", "pip", "install", "--quiet", "--target", folder, *pins)
    return folder


@pytest.mark.parametrize("library", PYPI)
def test_a_python_client(library: str, pypi: Path, call: tuple[str, Callable[[], str]]) -> None:
    uri, authorize = call
    run(sys.executable, CLIENTS / "client.py", library, uri, authorize(), PYTHONPATH=str(pypi))


@pytest.mark.parametrize("library", ["ws", "undici"])
def test_a_node_client(library: str, npm: Path, call: tuple[str, Callable[[], str]]) -> None:
    uri, authorize = call
    run("node", CLIENTS / "client.cjs", library, uri, authorize(), NODE_PATH=str(npm))


def test_wscat(npm: Path, call: tuple[str, Callable[[], str]]) -> None:
    uri, authorize = call
    run(npm / ".bin" / "wscat", "-c", uri, "-H", f"Authorization: {authorize()}", "-x", "text", "-w", "1")


def test_javas_own_client(call: tuple[str, Callable[[], str]]) -> None:
    need("javac", "default-jdk-headless")
    uri, authorize = call
    run("java", CLIENTS / "Client.java", uri, authorize())


def test_a_go_client(call: tuple[str, Callable[[], str]]) -> None:
    need("go", "golang-go golang-github-gorilla-websocket-dev")
    uri, authorize = call
    run("go", "run", CLIENTS / "client.go", uri, authorize(), GO111MODULE="off", GOPATH="/usr/share/gocode")


def test_libwebsockets(running: LocalRun, call: tuple[str, Callable[[], str]], tmp_path: Path) -> None:
    if not Path("/usr/include/libwebsockets.h").exists():
        pytest.skip("libwebsockets is not installed (Debian: libwebsockets-dev)")
    run("cc", CLIENTS / "client.c", "-o", tmp_path / "client", "-lwebsockets")
    run(tmp_path / "client", running.port, call[1]())
