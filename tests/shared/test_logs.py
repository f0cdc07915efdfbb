"""Run in a process of its own, since logging is configured once per process."""

import json
import subprocess
import sys

PROGRAM = """
import logging, logging.config
from shared.logs import configure_structlog, get_logger, logging_config
logging.config.dictConfig(logging_config("INFO"))
configure_structlog("INFO")
get_logger("engine").info("call ended", frames=3)
get_logger("engine").debug("unseen")
logging.getLogger("a.library").warning("from %s", "elsewhere")
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("a.library").exception("failed")
"""


def test_every_record_is_one_json_line() -> None:
    run = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    ours, library, failure = map(json.loads, run.stdout.splitlines())
    assert ours["event"] == "call ended"
    assert ours["frames"] == 3
    assert ours["level"] == "info"
    assert ours["logger"] == "engine"
    assert "timestamp" in ours
    assert library["event"] == "from elsewhere"
    assert "ZeroDivisionError" in failure["exception"]
    assert run.stderr == ""
