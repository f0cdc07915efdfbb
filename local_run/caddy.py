"""The Caddy to start, and whether it can read the Caddyfile."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

MINIMUM = (2, 11, 7)  # what the Caddyfile was tested with; retries on a 503 came with 2.11.3


def find_caddy() -> str:
    """Return the path of an installed Caddy, or of the virtual environment's if there is none or it is too old."""
    installed = shutil.which("caddy")
    if installed:
        printed = subprocess.run([installed, "version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
        version = re.match(r"v?(\d+)\.(\d+)\.(\d+)", printed)
        if version and tuple(map(int, version.groups())) >= MINIMUM:
            return installed
    return str(Path(sysconfig.get_path("scripts"), "caddy"))


def check_caddyfile(environment: dict[str, str], caddyfile: str = "Caddyfile") -> None:
    """Raise SystemExit with Caddy's reason if it can't read the Caddyfile: `caddy run` (2.11.7) ends without a word."""
    command = [environment["CADDY"], "adapt", "--config", caddyfile]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise SystemExit(f"Caddy can't read the Caddyfile: {_reason(done.stderr)}")


def _reason(printed: str) -> str:
    """Return what the last line says, JSON or not."""
    line = printed.strip().rpartition("\n")[2]
    try:
        return str(json.loads(line)["msg"])
    except (ValueError, TypeError, KeyError):
        return line
