"""Every server that is compared, under a little load: what is measured must be an echo, however fast."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from benchmarks.load import Generator, compile_programs
from benchmarks.measures import measure_streaming
from benchmarks.overload import measure_overload
from benchmarks.peers import ENGINE, peers, running

pytestmark = pytest.mark.skipif(shutil.which("cc") is None, reason="the load generator is compiled here")
CORE = min(os.sched_getaffinity(0))
NAMES = [peer.name for peer in peers(Path())]


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("programs")
    compile_programs(folder)
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_every_frame_is_echoed_and_accounted_for(name: str, programs: Path) -> None:
    (peer,) = (peer for peer in peers(programs) if peer.name == name)
    streaming = measure_streaming(peer, CORE, Generator(programs, CORE), calls=3, seconds=1.0, frames_per_second=50)
    assert (streaming.sent, streaming.lost, streaming.corrupt, streaming.ended) == (150, 0, 0, 0)
    assert 0 < streaming.p50_ms <= streaming.p99_ms <= streaming.max_ms
    assert streaming.resident_kb >= streaming.resident_before_kb > 0


@pytest.mark.parametrize("name", NAMES)
def test_handshakes_are_counted(name: str, programs: Path) -> None:
    (peer,) = (peer for peer in peers(programs) if peer.name == name)
    with running(peer, CORE) as (_, port):
        assert Generator(programs, CORE).handshakes_per_second(port, at_once=4, seconds=0.3) > 0


def test_beside_busy_loops_a_few_calls_are_echoed_whole(programs: Path) -> None:
    run = measure_overload(ENGINE, CORE, Generator(programs, max(os.sched_getaffinity(0))), calls=3, seconds=1.0)
    assert (run.offered_per_second, run.echoed_per_second, run.after_percent) == (150, 150, 100)
    assert run.age_max_ms > 0
