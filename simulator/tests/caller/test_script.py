from __future__ import annotations

import pytest

from simulator.tests.harness.placing import SPEECH
from voice_simulator.caller.script import Script, Stall

STALLS = (Stall(3, at=5), Stall(1, at=12))


@pytest.mark.parametrize(
    ("time", "expected"), [(4.99, False), (5.0, True), (7.99, True), (8.0, False), (12.5, True), (13.0, False)]
)
def test_the_network_stands_still_in_a_stall(time: float, expected: bool) -> None:
    assert Script(SPEECH, stalls=STALLS).is_stalled(time) is expected


def test_a_network_without_stalls_never_stands_still() -> None:
    assert not Script(SPEECH).is_stalled(0.0)
