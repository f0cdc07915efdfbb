"""A process under test, and what it prints."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[3]
DEADLINE = 90.0  # seconds, for what takes one on a machine that is not busy

# What a developer's shell or .env holds must not change what the tests see; an empty variable counts as unset.
NAMES = (
    "ANSWER_URL", "PORT", "PHONE_PORT", "PHONE_HOST",
    "VONAGE_SIGNATURE_SECRET", "VONAGE_API_SIGNATURE_SECRET", "VONAGE_API_KEY", "VONAGE_APPLICATION_ID",
)  # fmt: skip
UNSET = dict.fromkeys(NAMES, "")


class Process:
    """A running process; `lines` is what it has printed so far, on either stream."""

    def __init__(self, popen: subprocess.Popen[str]) -> None:
        self.popen = popen
        self.lines: list[str] = []
        self._ended = False
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.popen.stdout is not None
        for line in self.popen.stdout:
            with self._changed:
                self.lines.append(line)
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    @property
    def printed(self) -> str:
        return "".join(self.lines)

    @contextmanager
    def unread(self) -> Iterator[None]:
        """Read nothing meanwhile: all that the process prints stays in its pipe."""
        with self._changed:
            yield

    def wait_for(self, pattern: str, since: int = 0) -> re.Match[str]:
        """Return the first match in what has been or will be printed, from a line on."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended or re.search(pattern, "".join(self.lines[since:])), DEADLINE)
            match = re.search(pattern, "".join(self.lines[since:]))
        assert match, f"{pattern!r} was not printed, but:\n{self.printed}"
        return match

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal, to nobody if the process has ended."""
        self.popen.send_signal(number)

    def wait(self, seconds: float = DEADLINE) -> int:
        """Return the exit code, once all that was printed has been read; raises TimeoutExpired."""
        code = self.popen.wait(seconds)
        self._reader.join(DEADLINE)
        return code

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.send_signal(number)
        return self.wait()


@contextmanager
def started(command: list[str], **settings: str) -> Iterator[Process]:
    """Start a command in the repository's folder, with these settings and no others of ours; stop it in the end."""
    environment = os.environ | UNSET | settings
    pipe, merged = subprocess.PIPE, subprocess.STDOUT
    with subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stdout=pipe, stderr=merged) as popen:
        process = Process(popen)
        try:
            yield process
        finally:
            try:
                process.stop()
            finally:
                popen.kill()  # nothing if it has stopped


def errors_into(file: Path, command: list[str]) -> list[str]:
    """Return the command with its stderr in a file instead of among its lines."""
    return ["sh", "-c", 'exec 2>"$0" "$@"', str(file), *command]


def limited_to(descriptors: int, command: list[str]) -> list[str]:
    """Return the command with a limit of the descriptors that it may open."""
    return ["sh", "-c", 'ulimit -n "$0"; exec "$@"', str(descriptors), *command]
