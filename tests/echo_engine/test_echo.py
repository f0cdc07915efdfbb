import pytest

from echo_engine.application import Command
from echo_engine.echo import DelayBudget, Echo, application
from echo_engine.settings import EchoEngineSettings
from shared.audio import AudioFormat


def opened(delay_frames: int = 0, memory_bytes: int = 2**20) -> Echo:
    return opened_within(DelayBudget(memory_bytes), delay_frames)


def opened_within(budget: DelayBudget, delay_frames: int = 0) -> Echo:
    echo = Echo(budget, delay_frames)
    assert echo.open(AudioFormat.L16_16000, {}) == []
    return echo


def test_every_frame_goes_back_at_once() -> None:
    echo = opened()
    assert echo.echoes
    assert echo.hear([b"1", b"2"]) == [b"1", b"2"]


def test_with_a_delay_a_frame_comes_out_when_as_many_have_followed() -> None:
    echo = opened(2)
    assert not echo.echoes
    assert echo.hear([b"1"]) == []
    assert echo.hear([b"2", b"3"]) == [b"1"]
    assert echo.hear([b"4", b"5"]) == [b"2", b"3"]


def test_a_digit_delays_the_echo_by_as_many_seconds() -> None:
    echo = opened()
    assert echo.press("1") == []
    frames = [bytes([number]) for number in range(60)]
    assert echo.hear(frames) == frames[:10]
    assert echo.press("0") == []
    assert echo.echoes
    assert echo.hear([b"new"]) == [b"new"]


def test_the_star_clears_what_waits_here_and_at_the_platform() -> None:
    echo = opened(2)
    echo.hear([b"1", b"2"])
    assert echo.press("*") == [Command.CLEAR]
    assert echo.hear([b"3", b"4", b"5"]) == [b"3"]


def test_a_delay_that_finds_no_memory_is_refused_and_the_echo_stays_as_it_was() -> None:
    budget = DelayBudget(60_000)
    first, second = opened_within(budget), opened_within(budget)
    first.press("1")
    second.press("1")
    assert second.hear([b"1"]) == [b"1"]
    first.end()
    second.press("1")
    assert second.hear([b"1"]) == []


def test_a_shorter_delay_is_never_refused() -> None:
    echo = opened(memory_bytes=9 * 50 * 704)
    echo.press("9")
    echo.press("3")
    assert len(echo.hear([b"1"] * 200)) == 50


def test_a_delay_from_the_start_that_finds_no_memory_is_none() -> None:
    assert opened(100, memory_bytes=60_000).hear([b"1"]) == [b"1"]


def test_a_delay_of_all_calls_that_does_not_fit_in_memory_is_refused_with_the_arithmetic() -> None:
    settings = {"ECHO_DELAY_MS": "60000", "MAX_CALLS": "1000"}
    with pytest.raises(SystemExit, match=r"is 3000 frames, which take 2930 MB in MAX_CALLS=1000 calls") as caught:
        application(EchoEngineSettings.model_validate(settings))
    assert "DELAY_MEMORY_MB is 256" in str(caught.value)
    application(EchoEngineSettings.model_validate(settings | {"MAX_CALLS": "80"}))
