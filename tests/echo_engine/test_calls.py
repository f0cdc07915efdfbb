from echo_engine.call import Call, EchoPolicy
from echo_engine.calls import Calls


def test_there_is_room_until_the_last_place_is_taken() -> None:
    calls = Calls(2)
    first, second = Call(EchoPolicy(), 0.0), Call(EchoPolicy(), 0.0)
    calls.begin(first)
    assert calls.refusal is None
    calls.begin(second)
    assert calls.refusal == "full: 2 calls are open"
    calls.end(first)
    assert calls.refusal is None
    assert list(calls) == [second]


def test_a_drain_refuses_new_calls_and_keeps_the_open_ones() -> None:
    calls = Calls(2)
    calls.begin(Call(EchoPolicy(), 0.0))
    calls.drain()
    assert calls.refusal == "draining"
    assert len(calls) == 1
