from __future__ import annotations

from voice_simulator.caller.keypad import AskedDelay, Keypad


def test_a_shorter_delay_and_a_star_discard() -> None:
    keypad = Keypad()
    assert keypad.discards("3")  # the server's own delay may have been longer
    assert not keypad.discards("5")
    assert not keypad.discards("5")
    assert not keypad.discards("#")
    assert keypad.discards("*")
    assert keypad.discards("1")
    assert keypad.discards("0")
    assert not keypad.discards("0")


def test_a_frame_has_the_delay_of_the_last_key_before_it() -> None:
    asked = AskedDelay(0.5)
    for at, seconds in [(10.0, 3.0), (20.0, 1.0)]:
        asked.change(seconds, at)
    assert [asked.at(sent_at) for sent_at in (1.0, 9.0, 10.0, 19.0, 20.0, 99.0)] == [0.5, 0.5, 3, 3, 1, 1]
    assert asked.longest == 3


def test_a_frame_that_still_waits_when_a_longer_delay_is_asked_for_has_that_one() -> None:
    asked = AskedDelay()
    for at, seconds in [(10.0, 2.0), (11.0, 5.0)]:
        asked.change(seconds, at)
    assert [asked.at(sent_at) for sent_at in (9.7, 9.8, 10.5)] == [0, 5, 5]
