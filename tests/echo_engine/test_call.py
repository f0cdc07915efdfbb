import pytest

from echo_engine.application import Application, Command, Reply
from echo_engine.call import Call, Message
from echo_engine.platform_messages import CLEAR
from shared.audio import FRAME_MS, AudioFormat
from tests.harness.engine import echo_call

FRAME_BYTES = AudioFormat.L16_16000.frame_bytes
CONNECTED = '{"event": "websocket:connected", "content-type": "audio/l16;rate=16000", "call_uuid": "c-1"}'


def frame(number: int = 0) -> bytes:
    return number.to_bytes(2, "big") * (FRAME_BYTES // 2)


def platform_call(*, max_lag: float = 0.2, delay_frames: int = 0) -> Call:
    call = echo_call(max_lag=max_lag, delay_frames=delay_frames)
    assert call.receive([CONNECTED], 0.0) == []
    return call


def press(call: Call, digit: str, now: float = 0.0) -> list[Message]:
    return call.receive([f'{{"event": "websocket:dtmf", "digit": "{digit}", "duration": 100}}'], now)


def test_a_plain_client_gets_everything_back_verbatim() -> None:
    call = echo_call()
    received: list[Message] = ["hello", b"", b"\x00" * 641, '{"hello": 1}', b"x" * 10_000]
    assert call.receive(received, 0.0) == received
    assert call.receive([frame()] * 100, 0.0) == [frame()] * 100
    assert call.frames_echoed == call.frames_received == 103


def test_the_platforms_messages_never_go_back() -> None:
    call = echo_call()
    assert call.receive(['{"event": "websocket:dtmf", "digit": "5"}', '{"digit": "5"}', CONNECTED], 0.0) == []
    assert call.receive(["hello", '{"event": "websocket:cleared"}'], 0.0) == []
    assert call.headers["call_uuid"] == "c-1"


def test_audio_may_come_before_the_first_message() -> None:
    call = echo_call()
    assert call.receive([frame(1), CONNECTED, frame(2)], 0.0) == [frame(1), frame(2)]


class Speaker(Application):
    """An application that says much at once, when a key is pressed."""

    def press(self, key: str) -> list[Reply]:
        return [frame(1)] * 500 if key == "1" else [frame(2), Command.CLEAR, frame(3)]


def test_audio_that_an_application_has_prepared_is_queued_however_much_it_is() -> None:
    call = Call(Speaker, 0.0)
    call.receive([CONNECTED], 0.0)
    assert press(call, "1") == [frame(1)] * 500
    call.writing_resumed()
    assert press(call, "1") == [frame(1)] * 500
    assert press(call, "2") == [frame(2), CLEAR, frame(3)]
    assert (call.frames_echoed, call.play_out.lag_resets) == (1002, 0)
    assert call.play_out.waits(0.0) == pytest.approx(0.02, abs=0.001)


def test_what_an_application_says_while_nothing_can_be_sent_is_dropped_and_its_clear_made_up_for() -> None:
    call = Call(Speaker, 0.0)
    call.receive([CONNECTED], 0.0)
    assert call.receive(['{"event": "websocket:dtmf", "digit": "2"}'], 0.0, "backlog") == []
    assert call.frames_dropped == {"backlog": 2}
    assert press(call, "1") == [CLEAR] + [frame(1)] * 500


def test_a_frame_of_another_size_from_the_application_is_its_fault() -> None:
    class Wrong(Application):
        def hear(self, frames: list[bytes]) -> list[Reply]:
            return [b"short"]

    call = Call(Wrong, 0.0)
    call.receive([CONNECTED], 0.0)
    with pytest.raises(AssertionError, match="frames of 640 bytes"):
        call.receive([frame()], 0.0)


@pytest.mark.parametrize("size", [0, 1, 320, 639, 641, 1280])
def test_a_frame_of_another_size_is_dropped_for_the_platform_would_end_the_call(size: int) -> None:
    call = platform_call()
    assert call.receive([frame(1), b"x" * size, frame(2)], 0.0) == [frame(1), frame(2)]
    assert call.frames_dropped == {"size": 1}
    assert call.frames_received == 3
    assert call.frames_echoed == 2


def test_while_nothing_can_be_sent_frames_are_dropped_and_counted() -> None:
    call = platform_call()
    assert call.receive([frame(), frame()], 0.0, "backlog") == []
    assert call.frames_dropped == {"backlog": 2}
    assert call.receive([frame(1)], 0.02) == [frame(1)]


def test_the_longest_gap_is_between_two_frames() -> None:
    call = echo_call()
    for now in (5.0, 5.02, 5.3, 5.32):
        call.receive([frame()], now)
    assert call.quality.longest_gap == pytest.approx(0.28)


class Platform:
    """The platform's play-out queue: plays one frame every 20 ms (platform.md, 3.7)."""

    def __init__(self) -> None:
        self.queue_ends_at = 0.0

    def receive(self, replies: list[Message], now: float) -> float:
        """Return how late, in seconds, the newest of the replies will be heard."""
        for reply in replies:
            if reply == CLEAR:
                self.queue_ends_at = now
            else:
                assert len(reply) == FRAME_BYTES
                self.queue_ends_at = max(self.queue_ends_at, now) + FRAME_MS / 1000
        return self.queue_ends_at - now


def test_after_a_stall_the_newest_frames_within_the_bound_go_back_and_the_stale_ones_do_not() -> None:
    call = platform_call()
    newest = [frame(number) for number in range(141, 150)]
    assert call.receive([frame(number) for number in range(150)], 3.0) == [CLEAR, *newest]
    assert call.frames_dropped == {"stale": 141}
    assert call.play_out.lag_resets == 1
    assert call.receive([frame(150)], 3.02) == [frame(150)]


def test_jitter_within_the_bound_loses_nothing() -> None:
    call = platform_call()
    now = 0.0
    for number in range(100):
        now += 0.1 if number % 2 else 0.0  # five frames' time between, then none
        burst = [frame(number)] * (5 if number % 2 else 0)
        assert call.receive(burst, now) == burst
    assert call.play_out.lag_resets == 0


def test_a_fast_senders_lag_stays_within_the_bound_for_an_hour() -> None:
    call, platform = platform_call(), Platform()
    worst = 0.0
    for number in range(3600 * 50):
        now = number * FRAME_MS / 1000 / 1.01
        worst = max(worst, platform.receive(call.receive([frame()], now), now))
    # The sender gains 1 % on the platform's queue, 0.1 % of which passes for a difference between two clocks.
    assert worst <= 0.2 * 10 / 9 + 1e-3
    assert call.play_out.lag_resets > 0
    assert call.frames_echoed + call.frames_dropped.total() == 3600 * 50


def test_without_the_bound_the_lag_stays() -> None:
    call, platform = platform_call(max_lag=0.0), Platform()
    platform.receive(call.receive([frame()] * 150, 3.0), 3.0)
    for number in range(1, 500):
        now = 3.0 + number * FRAME_MS / 1000
        lag = platform.receive(call.receive([frame()], now), now)
    assert lag == pytest.approx(3.0)


def test_what_was_stuck_on_its_way_is_cleared_once_writing_resumes() -> None:
    call = platform_call()
    call.writing_resumed()
    assert call.receive([frame(1)], 1.0) == [CLEAR, frame(1)]
    assert call.receive([frame(2)], 1.02) == [frame(2)]


@pytest.mark.parametrize("digit", ["#", "²"])
def test_other_keys_do_nothing(digit: str) -> None:
    call = platform_call()
    assert press(call, digit) == []
    assert call.receive([frame(1)], 0.0) == [frame(1)]


def test_frames_pass_unseen_within_the_bound_and_behind_a_clear_beyond_it() -> None:
    call = platform_call()
    assert call.pass_frames(10, 0.0)
    assert not call.pass_frames(1, 0.0)
    assert not call.pass_frames(30, 0.0)
    assert call.pass_newest(30, 0.0) == 9
    assert call.pass_frames(1, 0.02)
    call.writing_resumed()
    assert not call.pass_frames(1, 60.0)
    assert call.pass_newest(1, 60.0) == 1
    assert (call.frames_received, call.frames_echoed, call.frames_dropped) == (42, 21, {"stale": 21})
    assert call.bytes_received == 42 * FRAME_BYTES


def test_frames_pass_unseen_only_without_a_delay() -> None:
    call = platform_call()
    assert call.echoes
    press(call, "1")
    assert not call.echoes
    press(call, "0")
    assert call.echoes


@pytest.mark.parametrize("ppm", [-500, -100, 100, 500])
def test_two_clocks_that_drift_cut_nothing_in_two_hours(ppm: int) -> None:
    call = platform_call()
    for number in range(7200 * 50):
        now = number * FRAME_MS / 1000 * (1 - ppm / 1_000_000)
        assert call.pass_frames(1, now)
    assert call.play_out.lag_resets == 0


def test_a_burst_of_exactly_the_bound_is_never_cut() -> None:
    for number in range(1000):
        now = number * 8191.7
        call = echo_call(now)
        call.receive([CONNECTED], now)
        assert len(call.receive([frame()] * 10, now)) == 10
        assert call.receive([frame(1), frame(2)], now)[0] == CLEAR


def test_another_format_drops_the_frames_that_wait_in_the_old_one() -> None:
    call = platform_call(delay_frames=2)
    assert call.receive([frame(1), frame(2)], 0.0) == []
    call.receive(['{"event": "websocket:connected", "content-type": "audio/l16;rate=8000"}'], 0.02)
    assert call.receive([bytes(320)] * 3, 0.04) == [bytes(320)]


def test_a_repeated_first_message_changes_nothing() -> None:
    call = platform_call(delay_frames=2)
    assert call.receive([frame(1), CONNECTED, frame(2), frame(3)], 0.0) == [frame(1)]
