import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from echo_engine.mos import estimate_mos


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
