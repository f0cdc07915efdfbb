"""The load generators, written in C so that they cost less than the servers, and their results."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

PROGRAMS = ("floor", "load", "handshakes")
WARM_UP_SECONDS = 1
HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Streamed:
    """What came of frames sent at their time; counts are of frames, times of round trips."""

    sent: int
    echoed: int
    corrupt: int
    ended: int  # calls that the server ended
    p50_us: int
    p99_us: int
    max_us: int
    latest_send_us: int  # the generator's own delay, at worst
    age_p99_us: int  # when a frame was played, in a queue that plays one every 20 ms
    age_max_us: int
    after_sent: int  # in a second load, from two seconds after the first one
    after_echoed: int
    after_p99_us: int

    @property
    def lost(self) -> int:
        """Frames without an echo a second after the end."""
        return self.sent - self.echoed


def compile_programs(folder: Path) -> None:
    """Compile the C programs into a folder; raises SystemExit if there is no compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        raise SystemExit("The benchmarks need a C compiler named cc (Debian: apt install build-essential).")
    for program in PROGRAMS:
        source = HERE / f"{program}.c"
        command = [compiler, "-O2", "-Wall", "-Wextra", "-o", str(folder / program), str(source), "-lssl", "-lcrypto"]
        if subprocess.run(command, check=False).returncode:
            raise SystemExit("The load generator needs OpenSSL's headers (Debian: apt install libssl-dev).")


@dataclass(frozen=True, slots=True)
class Generator:
    """The compiled programs, and the core that they run on."""

    folder: Path
    core: int

    def stream(
        self,
        port: int,
        calls: int,
        frames_per_second: float,
        seconds: float,
        on_mark: Callable[[str], None],
        *,
        tls: bool = False,
        warm_up: float = WARM_UP_SECONDS,
        after: float = 0.0,
    ) -> Streamed:
        """Stream audio after warming up, and for some seconds more two seconds after that.

        Calls back with `open`, `begin` and `end` when all calls are open and when the measured time begins and ends.
        """
        arguments = (port, calls, frames_per_second, warm_up, seconds, tls, after)
        with self._start("load", *arguments) as process:
            for line in cast(IO[str], process.stdout):
                if line.startswith("{"):
                    return Streamed(**json.loads(line))
                on_mark(line.strip())
        raise SystemExit(f"The load generator failed with {calls} calls; its message is above.")

    def handshakes_per_second(self, port: int, at_once: int, seconds: float, *, asks: bool = False) -> float:
        """Return how many calls were opened and closed in a second, with a question to the answer webhook before each.

        Raises SystemExit if any failed.
        """
        output, _ = self._start("handshakes", port, at_once, seconds, asks).communicate()
        result = json.loads(output)
        if result["failed"]:
            raise SystemExit(f"{result['failed']} handshakes failed.")
        return float(result["completed"] / result["seconds"])

    def _start(self, program: str, *arguments: float) -> subprocess.Popen[str]:
        command = [
            "taskset",
            "--cpu-list",
            str(self.core),
            str(self.folder / program),
            *(f"{argument:g}" for argument in arguments),
        ]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
