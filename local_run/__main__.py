"""Start the whole server on this machine: `python -m local_run`."""

import asyncio
import os
import subprocess
import sys

from local_run.console import Console, tell
from local_run.environment import local_environment, unknown_names
from local_run.supervisor import supervise
from voice_simulator.cli.env_file import read_env_file


def main() -> int:
    """Run until Ctrl-C or a signal (returns 0), or until a process ends by itself (returns 1)."""
    env_file = read_env_file()
    for problem in env_file.problems + unknown_names(env_file):
        tell(f"warning: {problem}")
    environment = local_environment(env_file.variables | dict(os.environ))
    caddy, caddyfile = environment["CADDY"], ["--config", "Caddyfile", "--adapter", "caddyfile"]
    # `caddy run` (2.11.7) ends without a word if it can't read its file.
    done = subprocess.run([caddy, "adapt", *caddyfile], env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise SystemExit("Caddy can't read the Caddyfile: " + done.stderr.strip().rpartition("\n")[2])
    commands = {
        "caddy": [caddy, "run", *caddyfile],
        "webhooks": [sys.executable, "-m", "gunicorn", "-c", "webhooks/gunicorn.conf.py", "webhooks:create_app()"],
        "echo-engine": [sys.executable, "-m", "echo_engine"],
        "phone": [sys.executable, "-m", "voice_simulator", "phone"],
    }
    return asyncio.run(supervise(commands, environment, Console(sys.stdout.fileno())))


if __name__ == "__main__":
    sys.exit(main())
