"""File descriptors: each call takes one, and running out of them must not come as a surprise."""

from __future__ import annotations

import resource

SPARE_DESCRIPTORS = 256  # for the listener, logs, probes, and handshakes under way


def reserve_descriptors(max_calls: int) -> None:
    """Raise the process's limit of open files to what that many calls need.

    Raises SystemExit with a message if the system doesn't allow as many.
    """
    needed = max_calls + SPARE_DESCRIPTORS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise SystemExit(
            f"MAX_CALLS={max_calls} needs {needed} file descriptors, but this process may open {hard}; "
            f"raise the limit (ulimit -n, or ulimits in docker-compose.yml) or lower MAX_CALLS."
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
