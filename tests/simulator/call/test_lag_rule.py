from __future__ import annotations

import pytest

from simulator.call.lag_rule import lag_fault
from simulator.caller.script import Stall

STALLS = (Stall(3, at=5), Stall(1, at=12))


def test_no_stall_no_rule() -> None:
    assert lag_fault([], [1.0], [9.0]) == ""


@pytest.mark.parametrize(
    ("heard", "fault"),
    [
        ({4.0: 0.9, 8.5: 3.0, 9.5: 0.2, 11.5: 0.24, 13.5: 3.0, 14.5: 0.1}, ""),
        ({9.5: 0.2, 10.0: 0.25, 14.5: 0.1}, "heard up to 250 ms late from 1 s after the stall of 3 s at 5 s"),
        ({9.5: 0.2, 14.5: 3.01}, "heard up to 3010 ms late from 1 s after the stall of 1 s at 12 s"),
        ({8.5: 0.2, 14.5: 0.1}, "nothing is heard from 1 s after the stall of 3 s at 5 s"),
        ({9.5: 0.2}, "nothing is heard from 1 s after the stall of 1 s at 12 s"),
    ],
)
def test_the_lag_must_go_after_each_stall(heard: dict[float, float], fault: str) -> None:
    found = lag_fault(STALLS, heard.keys(), heard.values())
    assert fault in found
    assert bool(fault) is bool(found)
