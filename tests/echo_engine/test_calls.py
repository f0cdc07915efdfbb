import gc

from echo_engine.allowance import OTHERS_BURST, CallAllowance
from echo_engine.call import Call
from echo_engine.calls import Calls, Refusal
from shared.socket_token import CallIdentity
from tests.harness.engine import echo_call


def call_of(call_uuid: str) -> Call:
    return echo_call(identity=CallIdentity(call_uuid))


def nameless() -> Call:
    return echo_call()


def test_there_is_room_until_the_last_place_is_taken() -> None:
    calls = Calls(2)
    first, second = nameless(), nameless()
    calls.begin(first, 0.0)
    assert calls.refusal is None
    calls.begin(second, 0.0)
    assert calls.refusal is Refusal.FULL
    calls.end(first)
    assert calls.refusal is None
    assert list(calls) == [second]


def test_a_drain_refuses_new_calls_and_keeps_the_open_ones() -> None:
    calls = Calls(2)
    calls.begin(nameless(), 0.0)
    calls.drain()
    assert calls.refusal is Refusal.DRAINING
    assert len(calls) == 1


def test_a_late_engine_has_no_room_and_keeps_the_open_calls() -> None:
    calls = Calls(2)
    calls.begin(nameless(), 0.0)
    for now in (1.0, 2.0):
        calls.lateness.note(0.1, now)
    assert (calls.refusal, calls.left, len(calls)) == (Refusal.LATE, 0, 1)


def test_a_call_has_two_sockets_at_most() -> None:
    calls = Calls(10)
    first, second = call_of("u-1"), call_of("u-1")
    for call in (first, second):
        assert not calls.has_all_sockets(CallIdentity("u-1"))
        calls.begin(call, 0.0)
    assert calls.has_all_sockets(CallIdentity("u-1"))
    assert not calls.has_all_sockets(CallIdentity("u-2"))
    calls.end(first)
    assert not calls.has_all_sockets(CallIdentity("u-1"))


def test_a_new_socket_of_a_call_goes_on_with_its_allowance() -> None:
    calls = Calls(10)
    call = call_of("u-1")
    assert calls.begin(call, 0.0).spend(0, OTHERS_BURST, 0, 0.0)
    calls.end(call)
    assert not calls.begin(call_of("u-1"), 0.0).spend(0, 1, 0, 0.0)
    assert calls.begin(call_of("u-2"), 0.0).spend(0, 1, 0, 0.0)
    assert calls.begin(nameless(), 0.0).spend(0, 1, 0, 0.0)


def test_what_is_remembered_of_calls_that_have_ended_is_bounded() -> None:
    calls = Calls(10)
    gc.collect()
    before = sum(isinstance(each, CallAllowance) for each in gc.get_objects())
    for number in range(10_000):
        call = call_of(f"u-{number}")
        calls.begin(call, number * 0.01)
        calls.end(call)
    gc.collect()
    assert sum(isinstance(each, CallAllowance) for each in gc.get_objects()) <= before + 2
