"""A caller who speaks into a rule's socket at the platform's pace, and hears what comes back through its play-out."""

from __future__ import annotations

import asyncio
import functools
import statistics
from array import array
from collections.abc import Callable
from time import perf_counter
from typing import Any, NamedTuple

from websockets.frames import Opcode

from ..audio.format import FRAME_SECONDS, FRAMES_PER_SECOND, AudioFormat
from ..caller.frame_mark import FrameMark, read_mark, write_mark
from ..caller.speech import SAMPLE_FILE, Speech, read_speech, speech_frames
from ..vonage.play_out import PlayOut
from ..vonage.socket_messages import CLEARED, Command, played, read_command
from .raw_socket import Arrival, RawSocket

SPEECH_SECONDS = 10.0
LISTEN_SECONDS = 0.5  # at a time
ECHO_SHARE = 0.5  # of the frames that were sent: an application that sends this many back is an echo


class _Sent(NamedTuple):
    frame: bytes
    time: float


class Speaker:
    """What was said, and what came back, frame by frame.

    A frame counts as arrived when the caller last read before it came, at most 20 ms too early: the check's own
    machine may have paused meanwhile, and that must not look like a delay of the application's.
    """

    def __init__(self, socket: RawSocket, audio_format: AudioFormat) -> None:
        self.play_out = PlayOut()
        self.frames_sent = 0
        self.frames_echoed = 0  # byte for byte
        self.frames_heard = 0  # whatever they hold
        self.clears = 0
        self.late = array("d")  # of each frame: seconds from when it was due to when it was sent
        self._socket = socket
        self._audio_format = audio_format
        self._frames = speech_frames(_speech(), audio_format)
        self._sent: list[_Sent] = []
        self._arrivals_taken = 0
        self._rest = b""  # of the audio that came: less than a frame
        self._looked_up = perf_counter()

    @property
    def echoes(self) -> bool:
        return self.frames_sent > 0 and self.frames_echoed >= ECHO_SHARE * self.frames_sent

    @property
    def speaks(self) -> bool:
        return self.frames_heard > 0

    async def say(self, seconds: float, *, pace: float = 1.0) -> None:
        """Send speech, a frame every 20 ms, or at a multiple of that pace; stop when the socket is closed."""
        await self._tick(seconds, pace, self._say_one)

    async def listen(self, seconds: float) -> None:
        await self._tick(seconds, 1.0, lambda: None)

    async def hears_within(self, seconds: float) -> bool:
        """Send nothing until audio comes, or has come; return whether it did in time."""
        for _ in range(round(seconds / LISTEN_SECONDS)):
            if self.speaks:
                break
            await self.listen(LISTEN_SECONDS)
        return self.speaks

    def say_at_once(self, seconds: float) -> None:
        self._socket.calm = False
        for _ in range(round(seconds * FRAMES_PER_SECOND)):
            self._say_one()

    def median_lag(self, seconds: float) -> float | None:
        """Return how late the frames of the last seconds were heard, by the median, in seconds; None if none was."""
        now = perf_counter()
        self.play_out.advance(now)
        played = zip(self.play_out.frames.played_at, self.play_out.frames.lags, strict=True)
        lags = [lag for played_at, lag in played if played_at >= now - seconds]
        return statistics.median(lags) if lags else None

    def own_lateness(self) -> float:
        """Return how late this machine itself was with 19 of 20 frames at most, in seconds."""
        return sorted(self.late)[len(self.late) * 19 // 20] if self.late else 0.0

    def seconds_queued(self) -> float:
        """Return how much audio the platform has not played yet."""
        self.play_out.advance(perf_counter())
        waiting = self.frames_heard - self.play_out.frames_played - sum(self.play_out.counts.values())
        return waiting * FRAME_SECONDS

    async def _tick(self, seconds: float, pace: float, act: Callable[[], None]) -> None:
        start = perf_counter()
        for number in range(round(seconds * FRAMES_PER_SECOND * pace)):
            await asyncio.sleep(max(0.0, start + number * FRAME_SECONDS / pace - perf_counter()))
            self._hear()
            if not self._socket.is_open:
                return
            self.late.append(perf_counter() - start - number * FRAME_SECONDS / pace)
            act()
        await asyncio.sleep(max(0.0, start + seconds - perf_counter()))
        self._hear()

    def _say_one(self) -> None:
        number = self.frames_sent
        frame = write_mark(self._frames[number % len(self._frames)], FrameMark(0, number))
        self._sent.append(_Sent(frame, perf_counter()))
        self._socket.send_now(frame)
        self.frames_sent += 1

    def _hear(self) -> None:
        """Take what has come since the caller last looked up."""
        for arrival in self._socket.arrivals[self._arrivals_taken :]:
            self._arrivals_taken += 1
            if arrival.opcode is Opcode.TEXT:
                self._obey(arrival)
            else:
                self._rest += arrival.data
                self._take_frames()
        for payload in self.play_out.notifications_due(perf_counter()):
            self._answer(played(payload))
        self._looked_up = perf_counter()

    def _take_frames(self) -> None:
        size = self._audio_format.frame_bytes
        while len(self._rest) >= size:
            frame, self._rest = self._rest[:size], self._rest[size:]
            number = read_mark(frame).number
            own = number < self.frames_sent and frame == self._sent[number].frame
            self.frames_echoed += own
            self.frames_heard += 1
            self.play_out.queue(self._sent[number].time if own else None, self._looked_up)

    def _obey(self, arrival: Arrival) -> None:
        match read_command(arrival.data):
            case Command("clear"):
                self.clears += 1
                self.play_out.clear(self._looked_up)
                self._answer(CLEARED)
            case Command("notify", payload):
                self.play_out.notify(payload, self._looked_up)

    def _answer(self, message: dict[str, Any]) -> None:
        if self._socket.is_open:
            self._socket.send_now(message)


@functools.cache
def _speech() -> Speech:
    return read_speech(SAMPLE_FILE, SPEECH_SECONDS)
