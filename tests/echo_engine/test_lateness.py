from collections.abc import Iterable

from echo_engine.lateness import Lateness


def refusing_after(seconds: Iterable[float]) -> list[bool]:
    """Return at each second's end whether calls are refused; timers came late by so much in it, ten of them."""
    lateness, now, refusing = Lateness(0.0, 0.02), 0.0, []
    for late in seconds:
        for _ in range(10):
            now += 0.1001
            lateness.note(late, now)
        refusing.append(lateness.refusing)
    return refusing


def test_a_lone_late_second_refuses_nobody() -> None:
    assert not any(refusing_after([0.001, 0.9, 0.001, 0.5, 0.001, 0.9, 0.001]))


def test_two_late_seconds_in_a_row_refuse_calls_until_five_were_on_time() -> None:
    assert refusing_after([0.03, 0.03, *[0.001] * 6]) == [False, True, True, True, True, True, False, False]


def test_while_it_refuses_a_late_second_counts_the_others_anew() -> None:
    assert refusing_after([0.1, 0.1, *[0.001] * 4, 0.03, *[0.001] * 5])[-2:] == [True, False]


def test_a_pause_of_the_whole_machine_is_one_late_second_however_long() -> None:
    lateness = Lateness(0.0, 0.02)
    lateness.note(60.0, 60.1)
    for number in range(100):
        lateness.note(0.001, 60.2 + number / 10)
        assert not lateness.refusing


def test_half_a_frame_is_on_time() -> None:
    assert not any(refusing_after([0.01] * 10))
