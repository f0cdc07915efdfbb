"""The memory that the container of this process may take."""

from __future__ import annotations

import contextlib
import math
from pathlib import Path

FILES = ("memory.max", "memory/memory.limit_in_bytes")  # of cgroup v2 and v1, as a container sees its own


def memory_limit_bytes(folder: Path = Path("/sys/fs/cgroup")) -> float:
    """Return the limit, infinity without one."""
    for name in FILES:
        with contextlib.suppress(OSError, ValueError):  # the text `max` is no limit
            return int((folder / name).read_text())
    return math.inf
