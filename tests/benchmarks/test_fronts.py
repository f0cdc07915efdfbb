"""Every front that is compared, under a little load: what is measured must go through it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from benchmarks import front_measures
from benchmarks.front_measures import FrontStreaming, measure_front, measure_whole_handshakes
from benchmarks.fronts import Front, fronts
from benchmarks.load import Generator, compile_programs

pytestmark = pytest.mark.skipif(shutil.which("cc") is None, reason="the load generator is compiled here")
CORE = min(os.sched_getaffinity(0))


@pytest.fixture(scope="module")
def generator(tmp_path_factory: pytest.TempPathFactory) -> Generator:
    folder = tmp_path_factory.mktemp("programs")
    compile_programs(folder)
    return Generator(folder, CORE)


@pytest.mark.parametrize("front", fronts(), ids=lambda front: front.name)
def test_frames_go_through_the_front_and_both_processes_are_accounted_for(
    front: Front, generator: Generator, tmp_path: Path
) -> None:
    streaming = measure_front(front, CORE, generator, tmp_path / "front", calls=3)
    assert streaming.lost == 0
    assert 0 < streaming.p50_ms <= streaming.p99_ms
    assert streaming.front_us > 0
    assert streaming.engine_us > 0


@pytest.mark.parametrize("front", [front for front in fronts() if not front.tls], ids=lambda front: front.name)
def test_a_whole_handshake_asks_the_webhook_for_the_token_first(
    front: Front, generator: Generator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front_measures, "HANDSHAKE_SECONDS", 1.0)
    assert measure_whole_handshakes(front, CORE, generator, tmp_path / "front") > 0


@pytest.mark.parametrize(("p99_ms", "lost", "fails"), [(19.9, 0, False), (20.0, 0, True), (1.0, 1, True)])
def test_a_caller_notices_a_lost_frame_or_one_that_is_a_frame_late(p99_ms: float, lost: int, fails: bool) -> None:
    assert FrontStreaming(100, 1.0, 1.0, 0.5, p99_ms, lost, 0.1, 90.0).fails is fails
