"""A caller: speaks into the socket in real time, hears the echo, and hangs up."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any, Literal

from ..audio.format import FRAME_SECONDS, AudioFormat
from ..audio.tape import Sound
from ..record.events import Cleared, FaultBegan, FaultEnded, KeyPressed
from ..record.frames import Fate
from ..record.record import Record
from ..vonage.line import Handset, Line
from ..vonage.loudness import level_dbfs
from ..vonage.play_out import PlayOut
from ..vonage.socket_leg import SocketLeg
from .keypad import AskedDelay, Keypad
from .ledger import EchoLedger
from .mouth import Mouth
from .script import Script
from .speech import mix, speech_frames
from .voice import ScriptedVoice, Voice

DTMF_MS = 260
LAST_MOMENT_SECONDS = 10.0  # after the last word and the delay asked for, whatever still comes
PHONE_FORMAT = AudioFormat.L16_16000  # of what a caller says before any socket has named another


class Caller:
    """One caller, for one call, over one socket after another."""

    def __init__(
        self,
        script: Script,
        call_index: int,
        voice: Voice | None = None,
        record: Record | None = None,
        phone: Handset | None = None,
    ) -> None:
        """Take the call's index in the run, from 0, and the voice: the script's if none is given."""
        self.record = record or Record()
        frames = self.record.frames
        self.ledger = EchoLedger(call_index, frames)
        self.sound = Sound() if script.audio_kept and call_index == 0 else None
        self.hung_up = asyncio.Event()
        self._script = script
        self._voice = voice or ScriptedVoice(script, self.record)
        self.line = Line(frames, self.sound, phone, measured=phone is not None or not self._voice.marked)
        self.play_out = PlayOut(frames, self.line)
        self._mouth = Mouth(self.record, self.ledger, self.line, marked=self._voice.marked)
        self._keypad = Keypad()
        self.delay_asked = AskedDelay(script.delay)
        self._socket: SocketLeg | None = None
        self._format = PHONE_FORMAT
        self._stalled = False
        self._heard_at = 0.0

    def connect(self, socket: SocketLeg, audio_format: AudioFormat) -> None:
        """Speak into this socket from now on, in its format."""
        self._socket, self._format = socket, audio_format
        self._stalled = False

    def disconnect(self) -> None:
        """Note that the socket has ended: until the next one opens, nothing is sent and nothing is heard."""
        self._socket = None
        self.ledger.excuse(Fate.LOST_AT_MOVE)
        self.play_out.lose_socket(self.record.now)
        if self._stalled:
            self._stalled = False
            self.record.add(FaultEnded(self.record.now, "stall"))

    async def speak(self, count: int, start: float) -> None:
        """Speak `count` frames, each at its time: `start` on the call's clock + n * 20 ms; then hang up.

        Before hanging up, be silent until every frame is back, or patience ends: some time after the last awaited frame
        that came, and at the last moment whatever comes. The platform sends that silence too, so it pushes the last
        words out of the server's delay line.
        """
        for number in itertools.count():
            due = start + number * FRAME_SECONDS
            await asyncio.sleep(max(0.0, due - self.record.now))
            if number >= count and not self._awaits_echo(start + count * FRAME_SECONDS):
                break
            self._act(number, due, silent=number >= count)
            if self._voice.hangs_up:
                break
        self.hung_up.set()

    def hear(self, frame: bytes, time: float) -> None:
        """Take a frame that came back."""
        awaited = self.ledger.frames_awaited
        sent_at = self.ledger.receive(frame, time) if self._voice.marked else None
        self.play_out.queue(sent_at, time, frame)
        self.play_out.advance(time)
        if self.ledger.frames_awaited < awaited:
            self._heard_at = time

    def clear(self, time: float) -> None:
        """Drop the frames that are queued for playing, as the server has said clear."""
        cleared = self.play_out.clear(time)
        self.ledger.note_clear(time)
        self.record.add(Cleared(time, cleared))

    def notify(self, payload: dict[str, Any], time: float) -> None:
        """Send the payload back once everything queued so far has been played."""
        self.play_out.notify(payload, time)
        self._answer_notifications(time)

    def seconds_queued(self, time: float) -> float:
        """Return how long the frames that are queued take to play."""
        return self.play_out.seconds_queued(time)

    @property
    def open_socket(self) -> SocketLeg | None:
        """The socket that the caller is connected to, while it is open."""
        return self._socket if self._socket and self._socket.is_open else None

    def _awaits_echo(self, spoken_at: float) -> bool:
        if self.open_socket is None or not self.ledger.frames_awaited or self.ledger.silence_returned:
            return False
        patience, delay = self._script.patience, self.delay_asked.longest
        last_moment = spoken_at + max(patience, LAST_MOMENT_SECONDS)
        return self.record.now < delay + min(max(self._heard_at, spoken_at) + patience, last_moment)

    def _act(self, number: int, due: float, *, silent: bool) -> None:
        """Do everything that the voice has for the time of one frame."""
        time = number * FRAME_SECONDS
        self._stall_or_resume(time)
        self._press_keys(time)
        self._begin_words(time)
        now = self.record.now
        self.play_out.advance(now)
        self._answer_notifications(now)
        if not silent:
            speech = self._voice.frame(number, self._format)
            if self.line.measured:
                self.record.frames.said_levels.append(level_dbfs(speech))
            if self._script.background:
                noise = speech_frames(self._script.background, self._format)
                speech = mix(speech, noise[number % len(noise)])
            self._mouth.say(speech, due, self.open_socket, stalled=self._stalled)
        elif self._socket:
            self._mouth.be_silent(self._format, self._socket)

    def _press_keys(self, time: float) -> None:
        while key := self._voice.key_due(time):
            now = self.record.now
            if self._keypad.discards(key):
                self.ledger.excuse(Fate.DISCARDED)
            if key.isdigit():
                self.delay_asked.change(float(key), now)
            taken_by: Literal["socket", "action"] | None = None
            if self._socket:
                self._socket.send_now({"event": "websocket:dtmf", "digit": key, "duration": DTMF_MS})
                taken_by = "socket"
            elif self.line.press(key, now):
                taken_by = "action"
            self.record.add(KeyPressed(self.record.now, key, taken_by))

    def _begin_words(self, time: float) -> None:
        while words := self._voice.words_due(time):
            self.line.begin_words(words.text, self.record.now, words.seconds)

    def _answer_notifications(self, now: float) -> None:
        if self._socket:
            for payload in self.play_out.notifications_due(now):
                self._socket.send_now({"event": "websocket:notify", "payload": payload})

    def _stall_or_resume(self, time: float) -> None:
        socket = self.open_socket
        if socket is None or self._voice.is_stalled(time) is self._stalled:
            return
        self._stalled = not self._stalled
        if self._stalled:
            self.record.add(FaultBegan(self.record.now, "stall"))
            socket.stall()
        else:
            self.record.add(FaultEnded(self.record.now, "stall"))
            socket.resume()
