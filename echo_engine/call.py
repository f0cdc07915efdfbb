"""One call: messages and times in, messages to send back out.

`bytes` is a binary message, `str` a text message; times are in seconds on one steady clock. What is the same for every
call on the platform is here: the format, whole frames, counters, quality, what waits in the platform's queue. What the
call is about is its application's: application.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from echo_engine import platform_messages
from echo_engine.application import Application, Reply
from echo_engine.platform_messages import CLEAR
from echo_engine.play_out import PlayOut
from echo_engine.quality import Quality
from echo_engine.queue_check import QueueCheck
from shared.audio import AudioFormat
from shared.socket_token import CallIdentity

Message = bytes | str


class Call:
    """What a caller has sent, and what is sent back.

    A call begins as a plain WebSocket client's: everything goes back verbatim, whatever the application. The message
    `websocket:connected`, if it names an audio format, makes the call the platform's: from then on the application
    hears its audio and keys, and only whole frames and commands are sent.
    """

    __slots__ = (
        "_application", "_bytes_received", "_frames_passed", "_frames_received", "_frames_sent", "_new_application",
        "frame_bytes", "frames_dropped", "headers", "identity", "play_out", "quality", "queue_check", "started_at",
    )  # fmt: skip

    def __init__(
        self,
        new_application: Callable[[], Application],
        started_at: float,
        identity: CallIdentity | None = None,
        *,
        max_lag: float = 0.2,
    ) -> None:
        """Take the seconds of live audio that may wait at the platform; 0: any."""
        self._new_application = new_application
        self._application: Application | None = None  # set with the format
        self.play_out = PlayOut(max_lag, started_at)
        self.queue_check = QueueCheck(self.play_out, started_at)
        self.quality = Quality()
        self.identity = identity  # from its token; None unless SOCKET_AUTH is on
        self.started_at = started_at
        self.frame_bytes: int | None = None  # size of the format's frames, set by `websocket:connected`
        self.headers: dict[str, str] = {}  # the NCCO's, set with it
        self.frames_dropped: Counter[str] = Counter()  # by reason
        self._frames_passed = 0  # on the fast path, of the call's size
        self._frames_received = self._frames_sent = self._bytes_received = 0  # the others

    @property
    def frames_received(self) -> int:
        """Binary messages that have come."""
        return self._frames_received + self._frames_passed

    @property
    def frames_echoed(self) -> int:
        """Binary messages sent back: the echo's, or whatever an application says."""
        return self._frames_sent + self._frames_passed

    @property
    def bytes_received(self) -> int:
        """Payload of the binary messages that have come."""
        return self._bytes_received + self._frames_passed * (self.frame_bytes or 0)

    @property
    def drops_late_audio(self) -> bool:
        """Whether audio is dropped when it is late; a plain client's never is."""
        return self._application is not None and self.play_out.bounded

    @property
    def echoes(self) -> bool:
        """Whether frames may go back without `receive`."""
        return self._application is None or self._application.echoes

    def receive(self, received: Sequence[Message], now: float, blocked: str | None = None) -> list[Message]:
        """Return the messages to send back, in order, for those of one read.

        `blocked` says why nothing can be sent now, if so: frames are then dropped and counted for that reason.
        """
        replies: list[Message] = []
        frames: list[bytes] = []  # since the last text
        for message in received:
            if isinstance(message, str):
                replies += self._receive_frames(frames, now, blocked)
                replies += self._receive_text(message, now, blocked)
                frames = []
            else:
                frames.append(message)
        replies += self._receive_frames(frames, now, blocked)
        return replies if blocked is None else []

    def pass_frames(self, frames: int, now: float) -> bool:
        """Count frames of the call's size that go back unseen; False, and nothing done, if the queue is too long."""
        if not self.play_out.queue(frames, now):
            return False
        if frames == 1:
            self.quality.note(now)
        else:
            self.quality.arrive(frames, now)
        self._frames_passed += frames
        return True

    def pass_newest(self, frames: int, now: float) -> int:
        """Count frames that `pass_frames` did not take; return how many of the newest may go back, after a `clear`."""
        self.quality.arrive(frames, now)
        kept = self._queue_newest(frames, now)
        self._frames_passed += kept
        self._frames_received += frames - kept
        self._bytes_received += (frames - kept) * (self.frame_bytes or 0)
        return kept

    def drop_frames(self, frames: int, now: float) -> None:
        """Count frames of the call's size that are too late to go back, as newer ones wait."""
        self.quality.arrive(frames, now)
        self._frames_received += frames
        self._bytes_received += frames * (self.frame_bytes or 0)
        self._drop("stale", frames)

    def pass_plain(self, frames: int, payload_bytes: int, now: float) -> None:
        """Count messages of a plain client that go back unseen."""
        self.quality.hear(now)
        self._frames_received += frames
        self._frames_sent += frames
        self._bytes_received += payload_bytes

    def writing_resumed(self) -> None:
        """Have the platform's queue cleared before live audio: frames that were stuck on their way are late."""
        if self._application is not None and self._application.live:
            self.play_out.expect_stuck_frames()

    def send_mark(self, now: float) -> int | None:
        """Return the mark that is to be sent now; None if none is due, and always for a plain client."""
        return self.queue_check.send_mark(now) if self.frame_bytes is not None else None

    def end(self) -> None:
        """End the application."""
        if self._application is not None:
            self._application.end()

    def _receive_frames(self, frames: list[bytes], now: float, blocked: str | None) -> list[Message]:
        if not frames:
            return []
        self._frames_received += len(frames)
        self._bytes_received += sum(map(len, frames))
        if self._application is None:
            self.quality.hear(now)
            if blocked is not None:
                self._drop(blocked, len(frames))
                return []
            self._frames_sent += len(frames)
            return [*frames]
        self.quality.arrive(len(frames), now)
        whole = [frame for frame in frames if len(frame) == self.frame_bytes]
        self._drop("size", len(frames) - len(whole))
        return self._send(self._application.hear(whole), now, blocked) if whole else []

    def _send(self, replies: list[Reply], now: float, blocked: str | None) -> list[Message]:
        """Return the messages for an application's replies."""
        messages: list[Message] = []
        frames: list[bytes] = []  # since the last command
        for reply in replies:
            if isinstance(reply, bytes):
                frames.append(reply)
            else:
                messages += self._send_frames(frames, now, blocked)
                frames = []
                messages.append(CLEAR)
                self.play_out.clear(now)
                if blocked is not None:  # the command is lost, and due when there is something to send again
                    self.play_out.expect_stuck_frames()
        return messages + self._send_frames(frames, now, blocked)

    def _send_frames(self, frames: list[bytes], now: float, blocked: str | None) -> list[Message]:
        if any(len(frame) != self.frame_bytes for frame in frames):
            raise AssertionError(f"the application must return frames of {self.frame_bytes} bytes")
        if blocked is not None or not frames:
            self._drop(blocked or "", len(frames))
            return []
        if self.play_out.queue(len(frames), now):
            self._frames_sent += len(frames)
            return [*frames]
        kept = self._queue_newest(len(frames), now)
        self._frames_sent += kept
        return [CLEAR, *frames[-kept:]]

    def _queue_newest(self, frames: int, now: float) -> int:
        """Clear the platform's queue; return how many of the newest frames fit in it then, and drop the others."""
        kept = self.play_out.reset(frames, now)
        self._drop("stale", frames - kept)
        return kept

    def _drop(self, reason: str, frames: int) -> None:
        if frames:
            self.frames_dropped[reason] += frames

    def _receive_text(self, text: str, now: float, blocked: str | None) -> list[Message]:
        message = platform_messages.parse(text)
        if isinstance(message, platform_messages.Connected):
            self.headers = message.headers
            return self._open(message.audio_format, now, blocked)
        if isinstance(message, platform_messages.Dtmf) and self._application is not None:
            return self._send(self._application.press(message.digit), now, blocked)
        if isinstance(message, platform_messages.Played):
            self.queue_check.receive_notify(message.mark, now)
        return [text] if message is None and self.frame_bytes is None else []

    def _open(self, audio_format: AudioFormat | None, now: float, blocked: str | None) -> list[Message]:
        """Take the format of the frames to come; another format than before begins the application anew."""
        frame_bytes = audio_format and audio_format.frame_bytes
        if frame_bytes == self.frame_bytes:
            return []
        self.end()
        self._bytes_received = self.bytes_received
        self._frames_received, self._frames_sent = self.frames_received, self.frames_echoed
        self._frames_passed = 0
        self.frame_bytes = frame_bytes
        self._application = None
        if audio_format is None:
            return []
        self._application = self._new_application()
        self.play_out.live = self._application.live
        return self._send(self._application.open(audio_format, self.headers), now, blocked)
