from __future__ import annotations

import contextlib
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from shared import socket_secret
from shared.settings import read_settings
from shared.socket_secret import SocketAuthSettings, load_secrets
from tests.harness.process import DEADLINE, ROOT

OLD, NEW = "o" * 32, "n" * 40
LOAD = """
from shared.settings import read_settings
from shared.socket_secret import SocketAuthSettings, load_secrets
input()
print(*load_secrets(read_settings(SocketAuthSettings)))
"""


@pytest.fixture(autouse=True)
def secret_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for name in ("SOCKET_AUTH", "SOCKET_SECRET", "SOCKET_SECRET_FILE"):
        monkeypatch.delenv(name, raising=False)
    file = tmp_path / "run" / "secret"
    monkeypatch.setenv("SOCKET_SECRET_FILE", str(file))
    return file


def load() -> tuple[str, ...]:
    return load_secrets(read_settings(SocketAuthSettings))


def test_a_missing_file_is_made_for_its_owner_alone_and_kept(secret_file: Path) -> None:
    (secret,) = load()
    assert len(secret) >= 64
    assert load() == (secret,)
    assert stat.S_IMODE(secret_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(secret_file.parent.stat().st_mode) == 0o700
    assert list(secret_file.parent.iterdir()) == [secret_file]
    secret_file.unlink()
    assert load() != (secret,)


def test_processes_that_start_at_once_agree_on_one_secret(monkeypatch: pytest.MonkeyPatch, secret_file: Path) -> None:
    monkeypatch.setenv("SOCKET_SECRET_FILE", str(secret_file))
    pipe = subprocess.PIPE
    with contextlib.ExitStack() as stack:
        racers = [
            stack.enter_context(
                subprocess.Popen([sys.executable, "-c", LOAD], cwd=ROOT, stdin=pipe, stdout=pipe, text=True)
            )
            for _ in range(2)
        ]
        for racer in racers:
            assert racer.stdin is not None
            racer.stdin.write("go\n")
            racer.stdin.flush()
        secrets = {racer.communicate(timeout=DEADLINE)[0] for racer in racers}
    assert secrets == {secret_file.read_text()}


def test_threads_that_start_at_once_agree_on_one_secret(secret_file: Path) -> None:
    for _ in range(20):
        start = threading.Barrier(2)
        loaded: list[tuple[str, ...]] = []

        def race(start: threading.Barrier = start, loaded: list[tuple[str, ...]] = loaded) -> None:
            start.wait()
            loaded.append(load())

        racers = [threading.Thread(target=race) for _ in range(2)]
        for racer in racers:
            racer.start()
        for racer in racers:
            racer.join()
        assert loaded == [(secret_file.read_text().strip(),)] * 2
        secret_file.unlink()


def test_a_file_that_only_another_process_can_make_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "not" / "there" / "secret"
    monkeypatch.setenv("SOCKET_SECRET_FILE", str(file))
    tried, create = threading.Event(), socket_secret._create

    def try_to_create(path: Path) -> None:
        tried.set()
        create(path)

    monkeypatch.setattr(socket_secret, "_create", try_to_create)
    loaded: list[tuple[str, ...]] = []
    waiting = threading.Thread(target=lambda: loaded.append(load()))
    waiting.start()
    tried.wait(DEADLINE)
    file.parent.parent.mkdir()
    create(file)
    waiting.join(DEADLINE)
    assert loaded == [(file.read_text().strip(),)]


@pytest.mark.parametrize("text", [f"{NEW}\n{OLD}", f"\r\n {NEW} \r\n\n{OLD}\n", f"{NEW},{OLD}", f"{NEW} , {OLD},"])
def test_several_secrets(monkeypatch: pytest.MonkeyPatch, secret_file: Path, text: str) -> None:
    secret_file.parent.mkdir()
    secret_file.write_text(text)
    assert load() == (NEW, OLD)
    secret_file.unlink()
    monkeypatch.setenv("SOCKET_SECRET", text)
    assert load() == (NEW, OLD)
    assert not secret_file.exists()


def test_a_file_that_can_only_be_read_is_only_read(secret_file: Path) -> None:
    secret_file.parent.mkdir()
    secret_file.write_text(NEW)
    secret_file.chmod(0o444)
    assert load() == (NEW,)
    assert secret_file.read_text() == NEW


@pytest.mark.parametrize("text", ["", "\n", ",", "x" * 31, f"{NEW},short", f"{NEW}\nshort\n"])
def test_secrets_that_are_too_short(monkeypatch: pytest.MonkeyPatch, secret_file: Path, text: str) -> None:
    secret_file.parent.mkdir()
    secret_file.write_text(text)
    with pytest.raises(SystemExit, match="at least 32 bytes") as caught:
        load()
    assert str(secret_file) in str(caught.value)
    if text:
        monkeypatch.setenv("SOCKET_SECRET", text)
        with pytest.raises(SystemExit, match=r"SOCKET_SECRET: .* at least 32 bytes") as caught:
            load()
    assert NEW not in str(caught.value)
    assert "short" not in str(caught.value)


def test_a_file_that_is_no_text(secret_file: Path) -> None:
    secret_file.parent.mkdir()
    secret_file.write_bytes(b"\xff" * 40)
    with pytest.raises(SystemExit, match="SOCKET_SECRET_FILE: "):
        load()


def test_a_file_that_can_not_be_made_is_an_error_that_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(socket_secret, "WAIT_SECONDS", 0)
    for path in (tmp_path, tmp_path / "not" / "there" / "secret"):
        monkeypatch.setenv("SOCKET_SECRET_FILE", str(path))
        with pytest.raises(SystemExit, match=f"can't read or create {path}: .* or set SOCKET_SECRET"):
            load()


@pytest.mark.parametrize("value", ["off", "vonage"])
def test_no_secret_is_needed_or_made(monkeypatch: pytest.MonkeyPatch, secret_file: Path, value: str) -> None:
    monkeypatch.setenv("SOCKET_AUTH", value)
    assert load() == ()
    assert not secret_file.exists()


@pytest.mark.parametrize("value", ["false", "OFF", "no"])
def test_nothing_else_is_off(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("SOCKET_AUTH", value)
    with pytest.raises(SystemExit, match="SOCKET_AUTH"):
        load()


def test_settings_do_not_show_the_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOCKET_SECRET", NEW)
    assert NEW not in repr(read_settings(SocketAuthSettings))
