"""A recording of a call, and its event (platform.md, 2.4 and 5)."""

from __future__ import annotations

import asyncio
import datetime
import uuid

from ..audio.format import TimedFrame
from ..audio.tape import best_rate, lay_out, wav_bytes
from ..record.record import Record
from .leg import Event, timestamp
from .loudness import is_loud

MOST_SECONDS = 600.0


class Recording:
    """What goes over a line while a record action runs."""

    def __init__(self, record: Record, end_on_key: str | None = None, *, split: bool = False) -> None:
        """Take the call's record, the key that ends the recording, and whether to keep the directions apart.

        It begins now.
        """
        self.uuid = str(uuid.uuid4())
        self.key_pressed = asyncio.Event()  # the one that ends it
        self.quiet_since = self._begun_at = record.now
        self._started = datetime.datetime.now(datetime.UTC)
        self._record = record
        self._end_on_key = end_on_key
        self._split = split
        self._said: list[TimedFrame] = []
        self._heard: list[TimedFrame] = []

    @property
    def is_full(self) -> bool:
        return self._record.now - self._begun_at > MOST_SECONDS

    def said(self, frame: TimedFrame) -> None:
        """Take a frame that the caller said."""
        if not self.is_full:
            self._said.append(frame)
        if is_loud(frame.frame):
            self.quiet_since = frame.time

    def heard(self, frame: TimedFrame) -> None:
        """Take a frame that the caller heard."""
        if not self.is_full:
            self._heard.append(frame)

    def pressed(self, key: str) -> None:
        if key == self._end_on_key:
            self.key_pressed.set()

    def wav(self) -> bytes:
        """Return the recording so far: both directions, mixed, or apart if the action splits them."""
        frames = [*self._said, *self._heard]
        rate, now = best_rate(frames), min(self._record.now, self._begun_at + MOST_SECONDS)
        said, heard = (lay_out(direction, self._begun_at, now, rate) for direction in (self._said, self._heard))
        if self._split:
            return wav_bytes([said, heard], rate)
        mixed = said.astype("i4")
        mixed += heard
        return wav_bytes([mixed.clip(-(2**15), 2**15 - 1, out=mixed).astype("i2")], rate)

    def event(self, url: str, size: int, conversation_uuid: str) -> Event:
        """Return the event that the recording can be fetched; it has neither a status nor a leg, but a size."""
        now = datetime.datetime.now(datetime.UTC)
        return {
            "start_time": f"{self._started:%Y-%m-%dT%H:%M:%SZ}",
            "recording_url": url,
            "size": size,
            "recording_uuid": self.uuid,
            "end_time": f"{now:%Y-%m-%dT%H:%M:%SZ}",
            "conversation_uuid": conversation_uuid,
            "timestamp": timestamp(now),
        }
