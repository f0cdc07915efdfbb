"""The input action: keys that the caller presses, and words that are recognised (platform.md, 2.4)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from ...record.events import InputCollected
from ...record.record import Record
from ...vonage.leg import Event
from ...vonage.line import Line, Sign
from ...vonage.ncco.actions import Input
from ...vonage.ncco.ncco import Ncco
from .context import ActionContext

CONFIDENCE = "0.95"
NO_SPEECH, OVERRIDDEN = "Speech was not enabled", "Speech overridden by DTMF"


async def collect_input(context: ActionContext, action: Input) -> Ncco | None:
    """Collect keys and words, send them as an event, and return the NCCO that comes back, if any."""
    if action.mode == "asynchronous":
        _send_keys_as_they_come(context, action)
        return None
    context.line.collecting = True
    collection = Collection(action)
    try:
        await collection.fill(context.line, context.record)
    finally:
        context.line.forget_signs()
    context.record.add(InputCollected(context.record.now, collection.words, collection.digits))
    return await context.control.request_ncco(context.phone_leg.short_event() | collection.fields(), action)


@dataclass
class Collection:
    """What an input action has collected."""

    action: Input
    digits: str = ""
    timed_out: bool = False
    words: str | None = None
    reason: str | None = None  # why the collection of words ended

    async def fill(self, line: Line, record: Record) -> None:
        """Collect until the input is complete, or a time is over."""
        deadline = record.now + self._first_seconds()
        while True:
            try:
                sign = await asyncio.wait_for(line.signs.get(), deadline - record.now)
            except TimeoutError:
                self.timed_out = bool(self.digits) or not self._takes("speech")
                self.reason = None if self.timed_out else "start_timeout"
                return
            if sign.kind == "words" and self._takes("speech") and not self.digits:
                await self._listen(sign, record)
                return
            if sign.kind == "key" and self._takes("dtmf"):
                if self._completed_by(sign.text):
                    return
                deadline = record.now + self.action.dtmf.time_out

    def fields(self) -> Event:
        """Return the fields of the event: as the platform's, they have both parts whatever was asked for."""
        return {"speech": self._speech(), "dtmf": {"digits": self.digits or None, "timed_out": self.timed_out}}

    def _speech(self) -> dict[str, Any]:
        if not self._takes("speech") or self.digits:
            return {"error": OVERRIDDEN if self._takes("speech") else NO_SPEECH}
        reason = {"timeout_reason": self.reason} if self.reason else {}
        return reason | {"results": [{"text": self.words, "confidence": CONFIDENCE}] if self.words else []}

    def _takes(self, kind: str) -> bool:
        return kind in self.action.type

    def _first_seconds(self) -> float:
        """Return how long the input waits for a first sign; keys have no time of their own beside speech."""
        return self.action.speech.start_timeout if self._takes("speech") else self.action.dtmf.time_out

    def _completed_by(self, key: str) -> bool:
        if key == "#" and self.action.dtmf.submit_on_hash:
            return True
        self.digits += key
        return len(self.digits) >= self.action.dtmf.max_digits

    async def _listen(self, words: Sign, record: Record) -> None:
        longest = self.action.speech.max_duration
        ends_in = words.seconds + self.action.speech.end_on_silence
        self.reason = "end_on_silence_timeout" if words.seconds <= longest else "max_duration"
        await asyncio.sleep(words.time + min(ends_in, longest) - record.now)
        self.words = words.text


def _send_keys_as_they_come(context: ActionContext, action: Input) -> None:
    keys = context.line.live_keys = asyncio.Queue()

    async def send() -> None:
        while True:
            digits = {"digits": await keys.get(), "timed_out": False}
            await context.control.report(context.phone_leg.short_event() | {"dtmf": digits}, action)

    task = context.tasks.create_task(send())

    async def stop() -> None:
        task.cancel()

    context.at_end["asynchronous input"] = stop
