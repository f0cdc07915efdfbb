"""One call: messages and times in, messages to send back out.

`bytes` is a binary message, `str` a text message; times are in seconds on one steady clock. To build another voice
application, start with this file.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from echo_engine import platform_messages
from echo_engine.delay_budget import DelayBudget
from echo_engine.delay_line import DelayLine
from shared.audio import FRAME_SECONDS, FRAMES_PER_SECOND
from shared.socket_token import CallIdentity

Message = bytes | str

CLEAR = '{"action": "clear"}'

# The model plays a little faster than a clock of ours says: the platform sends and plays by one clock of its own, which
# may be some hundred ppm from ours, and nobody hears that. The slack is a tenth of a percent of the time since the
# model's queue was empty. Only a sender that is faster than its own play-out fills the queue.
DRIFT_SLACK = 0.001
PLAYED_SECONDS = FRAME_SECONDS * (1 - DRIFT_SLACK)


@dataclass(frozen=True, slots=True)
class EchoPolicy:
    """How a call's audio goes back, and the memory that delays may take."""

    max_lag: float = 0.2  # seconds of audio that may wait at the platform; 0: no bound
    delay_frames: int = 0  # how much later a frame goes back, until a key says otherwise
    delay_budget: DelayBudget = field(default_factory=DelayBudget)


class Call:
    """What a caller has sent, and what is owed back.

    A call begins as a plain WebSocket client's: everything goes back verbatim. The message `websocket:connected`, if
    it names an audio format, makes the call the platform's: then only whole frames go back, no text, and never late.

    The platform plays every frame that it gets (docs/platform.md, 3.7), so a burst would stay as delay for the rest of
    the call. `played_out_at` models the platform's queue: the time when all that was sent will have been played.
    """

    __slots__ = (
        "_clear_due", "_delay", "_delay_frames", "_max_lag", "bytes_received", "delays_refused", "frame_bytes",
        "frames_dropped", "frames_echoed", "headers", "identity", "lag_resets", "last_frame_at", "longest_gap",
        "played_out_at", "started_at",
    )  # fmt: skip

    def __init__(self, policy: EchoPolicy, started_at: float, identity: CallIdentity | None = None) -> None:
        self._max_lag = policy.max_lag or math.inf
        self._delay = DelayLine(policy.delay_budget)
        self._delay_frames = policy.delay_frames  # wanted; the delay line has them if the budget allows
        self._clear_due = False  # True from `writing_resumed` to the next echo
        self.identity = identity  # from its token; None unless SOCKET_AUTH is on
        self.started_at = started_at
        self.frame_bytes: int | None = None  # size of the format's frames, set by `websocket:connected`
        self.headers: dict[str, str] = {}  # the NCCO's, set with it
        self.frames_echoed = 0
        self.frames_dropped: Counter[str] = Counter()  # by reason
        self.bytes_received = 0  # payload of binary messages
        self.last_frame_at = math.nan  # until the first frame; every comparison with it is false
        self.longest_gap = 0.0  # seconds between two binary messages
        self.played_out_at = started_at
        self.lag_resets = 0
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
        if self.frame_bytes is not None:
            played_out_at = self._played_out_after(frames, now)
            if played_out_at - now > self._max_lag or self._delay.length or self._clear_due:
                return False
            self.played_out_at = played_out_at
        self._count(payload_bytes, now)
        self.frames_echoed += frames
        return True

    def writing_resumed(self) -> None:
        """Have the platform's queue cleared before the next echo: the frames that were stuck on their way are late."""
        self._clear_due = self.frame_bytes is not None

    def end(self) -> None:
        """Give back the memory that the call was granted."""
        self._delay.release()

    def _receive_frames(self, frames: list[bytes], now: float, blocked: str | None) -> list[Message]:
        if not frames:
            return []
        self._count(sum(map(len, frames)), now)
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
        played_out_at = self._played_out_after(len(frames), now)
        if self._clear_due or played_out_at - now > self._max_lag:
            self._clear_due = False
            self.lag_resets += 1
            self._drop("stale", len(frames) - 1)
            self.frames_echoed += 1
            self.played_out_at = now + PLAYED_SECONDS
            return [CLEAR, frames[-1]]
        self.played_out_at = played_out_at
        self.frames_echoed += len(frames)
        return [*frames]

    def _drop(self, reason: str, frames: int) -> None:
        if frames:
            self.frames_dropped[reason] += frames

    def _played_out_after(self, frames: int, now: float) -> float:
        """Return when the platform will have played everything, with so many frames more sent now."""
        return (self.played_out_at if self.played_out_at > now else now) + frames * PLAYED_SECONDS

    def _count(self, payload_bytes: int, now: float) -> None:
        gap = now - self.last_frame_at
        if gap > self.longest_gap:
            self.longest_gap = gap
        self.last_frame_at = now
        self.bytes_received += payload_bytes

    def _receive_text(self, text: str, now: float) -> list[Message]:
        message = platform_messages.parse(text)
        if isinstance(message, platform_messages.Connected):
            self._announce(message)
        elif isinstance(message, platform_messages.Dtmf) and self.frame_bytes is not None:
            return self._press(message.digit, now)
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
            self.played_out_at = now
            return [CLEAR]
        return []
