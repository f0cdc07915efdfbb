"""Start the whole server on this machine: `python -m local_run`."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from pathlib import Path

from honcho.environ import parse_procfile  # type: ignore[import-untyped]
from honcho.manager import SIGNALS  # type: ignore[import-untyped]

from local_run.caddy import check_caddyfile
from local_run.console import Console
from local_run.environment import local_environment
from local_run.readiness import announce
from local_run.setting_names import known_settings, unknown_names
from local_run.stack import Stack
from voice_simulator.cli.env_file import read_env_file


def main() -> int:
    """Run until Ctrl-C or a signal (returns 0), or until a process ends by itself (returns 1)."""
    env_file = read_env_file()
    for problem in env_file.problems + unknown_names(env_file, known_settings()):
        print(f"warning: {problem}", file=sys.stderr, flush=True)  # noqa: T201  # a person should mend the file
    environment = local_environment(env_file.variables | dict(os.environ))
    check_caddyfile(environment)
    if sys.platform == "linux":
        multiprocessing.set_start_method("fork")  # local_run itself must be the parent, whose end its children notice
    console = Console(sys.stdout)
    stack = Stack(console)
    for name, command in _commands(environment).items():
        stack.add_process(name, command, env=environment)
    for number in (signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, lambda *_: signal.raise_signal(signal.SIGTERM))
    threading.Thread(target=announce, args=(environment,), daemon=True).start()
    stack.loop()
    if stack.returncode in {known["rc"] for known in SIGNALS.values()}:
        return 0
    print(console.last_lines.explanation(), file=sys.stderr)  # noqa: T201  # a person asks why
    return 1


def _commands(environment: dict[str, str]) -> dict[str, str]:
    """Return the commands of the Procfile by name, without the phone's if it has no port."""
    commands: dict[str, str] = dict(parse_procfile(Path("Procfile").read_text()).processes)
    if "PHONE_PORT" not in environment:
        del commands["phone"]
        behind = f"the port behind {environment['PORT']} can't be used"
        advice = "name another one: make run PHONE_PORT=4001"
        print(f"warning: no phone in the browser: {behind}; {advice}", file=sys.stderr, flush=True)  # noqa: T201  # ditto
    return commands


if __name__ == "__main__":
    sys.exit(main())
