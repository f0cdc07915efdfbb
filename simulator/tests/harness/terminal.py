"""A command on a terminal, as a person starts it and ends it with Ctrl-C."""

from __future__ import annotations

import os
import pty
import signal
import subprocess

from simulator.tests.harness.process import ROOT, UNSET


def shown_on_terminal(command: list[str], until: str, **settings: str) -> str:
    """Return all that a terminal shows of a command that is interrupted once it has printed `until`; it must exit 0."""
    terminal, theirs = pty.openpty()
    environment = os.environ | UNSET | settings
    shown = b""
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=theirs, stderr=theirs) as popen:
        os.close(theirs)
        try:
            while until.encode() not in shown:
                received = _read(terminal)
                assert received, f"{until!r} was not printed, but:\n{shown.decode()}"
                shown += received
            popen.send_signal(signal.SIGINT)
            shown += b"".join(iter(lambda: _read(terminal), b""))
        finally:
            popen.terminate()  # nothing if it has ended
            os.close(terminal)
    assert popen.returncode == 0, shown.decode()
    return shown.decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    """Return what the terminal was sent, nothing once all programs on it have ended."""
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says EIO
        return b""
