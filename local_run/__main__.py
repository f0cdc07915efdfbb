"""Start the whole server on this machine: `python -m local_run`."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from pathlib import Path

from dotenv import dotenv_values
from honcho.environ import parse_procfile  # type: ignore[import-untyped]
from honcho.manager import SIGNALS  # type: ignore[import-untyped]

from local_run.caddy import check_caddyfile
from local_run.console import Console
from local_run.environment import local_environment
from local_run.readiness import announce
from local_run.stack import Stack


def main() -> int:
    """Run until Ctrl-C or a signal (returns 0), or until a process ends by itself (returns 1)."""
    environment = local_environment(dotenv_values(".env") | dict(os.environ))
    check_caddyfile(environment)
    if sys.platform == "linux":
        multiprocessing.set_start_method("fork")  # local_run itself must be the parent, whose end its children notice
    console = Console(sys.stdout)
    stack = Stack(console)
    for name, command in parse_procfile(Path("Procfile").read_text()).processes.items():
        stack.add_process(name, command, env=environment)
    for number in (signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, lambda *_: signal.raise_signal(signal.SIGTERM))
    threading.Thread(target=announce, args=(environment,), daemon=True).start()
    stack.loop()
    if stack.returncode in {known["rc"] for known in SIGNALS.values()}:
        return 0
    print(console.last_lines.explanation(), file=sys.stderr)  # noqa: T201  # a person asks why
    return 1


if __name__ == "__main__":
    sys.exit(main())
