from __future__ import annotations

from typing import Any

import pytest

from simulator.tests.harness.placing import SPEECH
from voice_simulator.caller.script import Digit, Script, ScriptError, Stall, read_script

STALLS = (Stall(3, at=5), Stall(1, at=12))


@pytest.mark.parametrize(
    ("time", "expected"), [(4.99, False), (5.0, True), (7.99, True), (8.0, False), (12.5, True), (13.0, False)]
)
def test_the_network_stands_still_in_a_stall(time: float, expected: bool) -> None:
    assert Script(SPEECH, stalls=STALLS).is_stalled(time) is expected


def test_a_network_without_stalls_never_stands_still() -> None:
    assert not Script(SPEECH).is_stalled(0.0)


def test_a_script_is_read_from_plain_values() -> None:
    script = read_script(seconds=10, press=[("0", 1), ("#", 2.5)], stall=[(0.5, 8.2), (3.0, 4.0)], echo_delay=0.5)
    assert (script.digits, script.stalls) == ((Digit("0", 1), Digit("#", 2.5)), (Stall(3.0, 4.0), Stall(0.5, 8.2)))
    assert (script.expect, script.delay) == ("echo", 0.5)


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"seconds": 0}, "seconds must be a number of seconds from 0.02 to 7200; it is 0"),
        ({"seconds": 7201}, "seconds must be a number"),
        ({"seconds": float("nan")}, "seconds must be a number"),
        ({"seconds": "10"}, "seconds must be a number of seconds from 0.02 to 7200; it is '10'"),
        ({"expect": "Echo"}, "expect must be echo or audio or nothing; it is 'Echo'"),
        ({"echo_delay": -1}, "echo_delay must be a number of seconds from 0 to 60; it is -1"),
        ({"wav": "/missing.wav"}, "wav can't be used: /missing.wav can't be read"),
        ({"press": "1@2.0"}, 'press must be pairs, such as [("1", 2.0), ("#", 3.5)], each a key and its second'),
        ({"press": [("12", 1)]}, "press must be a key of 0123456789*#; it is '12'"),
        ({"press": [(1, 1)]}, "press must be a key of 0123456789*#; it is 1"),
        ({"press": [("1", "2")]}, "press must be a number of seconds"),
        ({"press": [("1", 10.0)]}, "press must be within the call's 10 s; key 1 is at 10 s"),
        ({"stall": 3}, "stall must be pairs, such as [(3.0, 5.0)]"),
        ({"stall": [(0, 3)]}, "stall must be a number of seconds"),
        ({"stall": [(1, 9)]}, "stall must be over 1 s before the next stall or the call's end, at 10 s"),
        ({"stall": [(3, 1), (1, 4.5)]}, "stall must be over 1 s before the next stall or the call's end, at 4.5 s"),
        ({"stall": [(1, 5)], "press": [("3", 1)]}, "stall wants an echo without delay"),
    ],
)
def test_a_wrong_value_is_named(values: dict[str, Any], problem: str) -> None:
    with pytest.raises(ScriptError) as raised:
        read_script(**values)
    assert str(raised.value).startswith(problem)
    assert raised.value.field in values
    assert raised.value.__context__ is None or raised.value.__suppress_context__
