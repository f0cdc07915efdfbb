"""Start the echo engine: `python -m echo_engine`."""

from __future__ import annotations

import logging
import logging.config
import resource

import uvloop

from echo_engine.echo import application  # the application that runs
from echo_engine.log_queue import LogQueue
from echo_engine.server import serve
from echo_engine.settings import EchoEngineSettings
from shared.logs import STDOUT, configure_structlog, logging_config
from shared.settings import read_settings

SPARE_DESCRIPTORS = 256  # beside one a call: for the listener, logs, probes, and handshakes under way


def main() -> None:
    """Run the engine; exits with a message if a setting is wrong or the address is taken."""
    settings = read_settings(EchoEngineSettings)
    STDOUT.copy_to(settings.log_folder, "echo-engine")
    log_queue = LogQueue(STDOUT)
    logging.config.dictConfig(logging_config(settings.log_level, log_queue))
    configure_structlog(settings.log_level, log_queue)
    # The library says at INFO when a connection opens and closes; the engine's own lines say more.
    logging.getLogger("websockets.server").setLevel(logging.WARNING)
    reserve_descriptors(settings.max_calls)
    log_queue.start()
    try:
        uvloop.run(serve(settings, application(settings)))
    finally:
        log_queue.stop()


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


if __name__ == "__main__":
    main()
