"""Run in a process of its own, since logging is configured once per process."""

import json
import subprocess
import sys
from pathlib import Path

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


FULL = """
import os, resource, signal
from shared.logs import STDOUT, configure_structlog, get_logger
configure_structlog("INFO")
def limit(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
get_logger("engine").info("a line", number=0)
limit(os.fstat(1).st_size + 30)  # of the next line, a part fits
for number in range(1, 5):
    get_logger("engine").info("a line", number=number)
limit(resource.RLIM_INFINITY)
get_logger("engine").info("room again")
get_logger("engine").info("the last")
assert STDOUT.lines_lost == 4
"""


def test_lines_lost_to_a_full_disk_are_counted_and_reported_once(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as log:
        subprocess.run([sys.executable, "-c", FULL], stdout=log, check=True)
    first, _, report, *rest = (tmp_path / "log").read_text().splitlines()
    assert json.loads(first)["number"] == 0
    assert (json.loads(report)["event"], json.loads(report)["lines"]) == ("log lines lost", 4)
    assert [json.loads(line)["event"] for line in rest] == ["room again", "the last"]
