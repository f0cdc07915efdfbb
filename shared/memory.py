"""The memory limit of this process's container."""

from __future__ import annotations

import contextlib
import math
from pathlib import Path

FILES = ("memory.max", "memory/memory.limit_in_bytes")  # cgroup v2 and v1, as seen inside a container


def memory_limit_bytes(folder: Path = Path("/sys/fs/cgroup")) -> float:
    """Return the limit; infinity without one."""
    for name in FILES:
        with contextlib.suppress(OSError, ValueError):  # the text `max` means no limit
            return int((folder / name).read_text())
    return math.inf
