from __future__ import annotations

from simulator.caller.keypad import Keypad
from simulator.caller.script import Digit


def test_keys_are_due_in_order_of_their_time() -> None:
    keypad = Keypad([Digit("5", 2.0), Digit("#", 1.0), Digit("1", 1.5)])
    assert keypad.press_due(0.98) is None
    assert [keypad.press_due(1.5) for _ in range(3)] == ["#", "1", None]
    assert [keypad.press_due(9.0) for _ in range(2)] == ["5", None]


def test_a_shorter_delay_and_a_star_discard() -> None:
    keypad = Keypad([])
    assert keypad.discards("3")  # the server's own delay may have been longer
    assert not keypad.discards("5")
    assert not keypad.discards("5")
    assert not keypad.discards("#")
    assert keypad.discards("*")
    assert keypad.discards("1")
    assert keypad.discards("0")
    assert not keypad.discards("0")
    assert keypad.longest_delay == 5
