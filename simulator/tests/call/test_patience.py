from __future__ import annotations

from voice_simulator.call.call_sockets import Patience


def test_patience_ends_a_minute_after_the_first_failure() -> None:
    patience = Patience(calls=1, connects_per_second=0.0)
    assert [patience.ends(now) for now in (500.0, 559.9, 560.0)] == [False, False, True]


def test_a_limit_of_new_legs_asks_for_more_patience() -> None:
    patience = Patience(calls=300, connects_per_second=3.0)
    assert [patience.ends(now) for now in (0.0, 259.9, 260.0)] == [False, False, True]
