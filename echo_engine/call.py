"""One call: messages and times in, messages to send back out.

`bytes` is a binary message, `str` a text message; times are in seconds on one steady clock. To build another voice
application, start with this file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from echo_engine import platform_messages
from echo_engine.delay_line import DelayLine
from echo_engine.echo_policy import EchoPolicy
from echo_engine.platform_messages import CLEAR
from echo_engine.play_out import PlayOut
from echo_engine.quality import Quality
from echo_engine.queue_check import QueueCheck
from shared.audio import FRAMES_PER_SECOND
from shared.socket_token import CallIdentity

Message = bytes | str


class Call:
    """What a caller has sent, and what is owed back.

    A call begins as a plain WebSocket client's: everything goes back verbatim. The message `websocket:connected`, if
    it names an audio format, makes the call the platform's: then only whole frames go back, no text, and never late.
    """

    __slots__ = (
        "_delay", "_delay_frames", "bytes_received", "delays_refused", "frame_bytes", "frames_dropped",
        "frames_echoed", "headers", "identity", "play_out", "quality", "queue_check", "started_at",
    )  # fmt: skip

    def __init__(self, policy: EchoPolicy, started_at: float, identity: CallIdentity | None = None) -> None:
        self._delay = DelayLine(policy.delay_budget)
        self._delay_frames = policy.delay_frames  # wanted; the delay line has them if the budget allows
        self.play_out = PlayOut(policy.max_lag, started_at)
        self.queue_check = QueueCheck(self.play_out, policy.notify_seconds, started_at)
        self.quality = Quality()
        self.identity = identity  # from its token; None unless SOCKET_AUTH is on
        self.started_at = started_at
        self.frame_bytes: int | None = None  # size of the format's frames, set by `websocket:connected`
        self.headers: dict[str, str] = {}  # the NCCO's, set with it
        self.frames_echoed = 0
        self.frames_dropped: Counter[str] = Counter()  # by reason
        self.bytes_received = 0  # payload of binary messages
        self.delays_refused = 0  # for want of memory

    @property
    def frames_received(self) -> int:
        """Binary messages: each was echoed, dropped, or waits."""
        return self.frames_echoed + self.frames_dropped.total() + self._delay.waiting

    def receive(self, received: Sequence[Message], now: float, blocked: str | None = None) -> list[Message]:
        """Return the messages to send back, in order, for those of one read.

        `blocked` says why nothing can be sent now, if so: frames are then dropped and counted for that reason.
        """
        replies: list[Message] = []
        frames: list[bytes] = []  # since the last text
        for message in received:
            if isinstance(message, str):
                replies += self._receive_frames(frames, now, blocked)
                replies += self._receive_text(message, now)
                frames = []
            else:
                frames.append(message)
        replies += self._receive_frames(frames, now, blocked)
        return replies if blocked is None else []

    def echo_at_once(self, frames: int, payload_bytes: int, now: float) -> bool:
        """Count frames of the call's size as echoed by the fast path.

        Return False, with nothing counted, if these frames must take the slow path.
        """
        if self.frame_bytes is None:
            self.quality.hear(now)
        elif self._delay.length or not self.play_out.queue(frames, now):
            return False
        else:
            self.quality.arrive(frames, now)
        self.bytes_received += payload_bytes
        self.frames_echoed += frames
        return True

    def writing_resumed(self) -> None:
        """Have the platform's queue cleared before the next echo: the frames that were stuck on their way are late."""
        if self.frame_bytes is not None:
            self.play_out.expect_stuck_frames()

    def send_mark(self, now: float) -> int | None:
        """Return the mark that is to be sent now; None if none is due, and always for a plain client."""
        return self.queue_check.send_mark(now) if self.frame_bytes is not None else None

    def end(self) -> None:
        """Give back the memory that the call was granted."""
        self._delay.release()

    def _receive_frames(self, frames: list[bytes], now: float, blocked: str | None) -> list[Message]:
        if not frames:
            return []
        self.bytes_received += sum(map(len, frames))
        if self.frame_bytes is None:
            self.quality.hear(now)
        else:
            self.quality.arrive(len(frames), now)
        if blocked is not None:
            self._drop(blocked, len(frames))
            return []
        if self.frame_bytes is None:
            self.frames_echoed += len(frames)
            return [*frames]
        whole = [frame for frame in frames if len(frame) == self.frame_bytes]
        self._drop("size", len(frames) - len(whole))
        return self._echo(self._delay.push(whole), now)

    def _echo(self, frames: list[bytes], now: float) -> list[Message]:
        if not frames:
            return []
        if self.play_out.queue(len(frames), now):
            self.frames_echoed += len(frames)
            return [*frames]
        self.play_out.reset(now)
        self._drop("stale", len(frames) - 1)
        self.frames_echoed += 1
        return [CLEAR, frames[-1]]

    def _drop(self, reason: str, frames: int) -> None:
        if frames:
            self.frames_dropped[reason] += frames

    def _receive_text(self, text: str, now: float) -> list[Message]:
        message = platform_messages.parse(text)
        if isinstance(message, platform_messages.Connected):
            self._announce(message)
        elif isinstance(message, platform_messages.Dtmf) and self.frame_bytes is not None:
            return self._press(message.digit, now)
        elif isinstance(message, platform_messages.Played):
            self.queue_check.receive_notify(message.mark, now)
        return [text] if message is None and self.frame_bytes is None else []

    def _announce(self, message: platform_messages.Connected) -> None:
        """Take the format of the frames to come; frames that wait in another format will never fit."""
        self.headers = message.headers
        frame_bytes = message.audio_format and message.audio_format.frame_bytes
        if frame_bytes != self.frame_bytes:
            self.frame_bytes = frame_bytes
            self._drop("cleared", self._delay.clear())
            self._delay.resize(0, 0)
            if frame_bytes is not None:
                self._delay_by(self._delay_frames)

    def _delay_by(self, frames: int) -> None:
        surplus = self._delay.resize(frames, self.frame_bytes or 0)
        if surplus is None:
            self.delays_refused += 1
        else:
            self._delay_frames = frames
            self._drop("cleared", surplus)

    def _press(self, digit: str, now: float) -> list[Message]:
        """Obey a key: a digit delays the echo by as many seconds, `*` clears the queues here and at the platform."""
        if digit.isdigit():
            self._delay_by(int(digit) * FRAMES_PER_SECOND)
        elif digit == "*":
            self._drop("cleared", self._delay.clear())
            self.play_out.clear(now)
            return [CLEAR]
        return []
