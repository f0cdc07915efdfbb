import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from echo_engine.call import Call
from echo_engine.call_figures import CallFigures, estimate_mos, figures_of
from shared.audio import FRAME_SECONDS
from tests.harness.engine import echo_call

CONNECTED = '{"event": "websocket:connected", "content-type": "audio/l16;rate=8000"}'


def platform_call(frames: int) -> Call:
    call = echo_call()
    call.receive([CONNECTED], 0.0)
    for number in range(frames):
        call.receive([bytes(320)], number * FRAME_SECONDS)
    return call


def test_of_a_plain_client_the_longest_gap_is_known_and_nothing_else() -> None:
    call = echo_call()
    for now in (1.0, 3.0):
        call.receive([b"x"], now)
    assert figures_of(call) == CallFigures(2.0)


def test_a_good_call() -> None:
    figures = figures_of(platform_call(500))
    assert figures.longest_gap == pytest.approx(FRAME_SECONDS)
    assert (figures.gaps, figures.gap_seconds) == (0, 0.0)
    assert figures.jitter == pytest.approx(0.0, abs=1e-9)
    assert (figures.round_trip, figures.platform_queue_max) == (None, None)
    assert figures.mos_estimate == pytest.approx(4.4, abs=0.05)


def test_under_five_seconds_of_audio_no_mos_is_estimated() -> None:
    assert figures_of(platform_call(249)).mos_estimate is None
    assert figures_of(platform_call(250)).mos_estimate is not None


def test_late_and_cut_frames_are_loss() -> None:
    call = platform_call(900)
    call.receive([bytes(320)] * 40, 18.0, "backlog")
    call.receive([bytes(320)] * 8, 18.0)
    call.receive([bytes(320)] * 31, 18.02)  # 22 are stale, and 7 of the 8 before them were not yet played
    assert call.frames_received == 979
    figures = figures_of(call)
    variation = figures.delay_variation_p95 or 0.0
    assert figures.mos_estimate == estimate_mos(FRAME_SECONDS + variation, 69 / 979)


def test_the_round_trip_and_the_wait_at_the_platform_are_its_delay() -> None:
    call = platform_call(500)  # the last one at 9.98
    mark = call.send_mark(10.0)
    assert mark is not None
    wait = call.play_out.waits(10.0)
    call.queue_check.receive_pong(mark, 10.25)
    call.queue_check.receive_notify(mark, 10.25 + wait)
    figures = figures_of(call)
    assert figures.round_trip == 0.25
    assert figures.platform_queue_max == pytest.approx(wait)
    assert figures.mos_estimate == pytest.approx(estimate_mos(FRAME_SECONDS + 0.25 + wait, 0.0))


@pytest.mark.parametrize(
    ("delay", "loss", "mos"),
    [
        (0.0, 0.0, 4.43),  # R = 94.2
        (0.1, 0.0, 4.38),  # R = 91.8
        (0.1773, 0.0, 4.33),  # R = 89.9: "very satisfied" ends at R = 90 (G.107, annex B)
        (0.4, 0.0, 3.08),  # R = 60.1, MOS 3.1 in the same annex
        (0.0, 0.02, 4.21),  # R = 86.3
        (0.0, 1.0, 1.07),  # R = 11.0
        (2.0, 0.0, 1.0),
    ],
)
def test_the_score_is_that_of_the_published_formulas(delay: float, loss: float, mos: float) -> None:
    assert estimate_mos(delay, loss) == pytest.approx(mos, abs=0.03)


@settings(deadline=None)
@given(st.floats(0, 60), st.floats(0, 1))
def test_every_score_is_on_the_scale(delay: float, loss: float) -> None:
    assert 1.0 <= estimate_mos(delay, loss) <= 4.5
