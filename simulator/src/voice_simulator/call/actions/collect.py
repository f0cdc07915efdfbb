"""The input action: keys that the caller presses, and words that are recognised (platform.md, 2.4)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from ...record.events import InputCollected
from ...vonage.field_check import Action
from ...vonage.leg import Event
from ...vonage.line import Line, Sign
from ...vonage.ncco_check import CheckedNcco
from .context import ActionContext

DEFAULT_KEY_SECONDS = 3.0  # from the last key
DEFAULT_MAX_DIGITS = 4
DEFAULT_START_SECONDS = 10.0  # until the caller begins to speak
DEFAULT_SILENCE_SECONDS = 2.0  # behind the last word
DEFAULT_MAX_SECONDS = 60.0  # of words
CONFIDENCE = "0.95"


async def collect_input(context: ActionContext, action: Action) -> CheckedNcco | None:
    """Collect keys and words, send them as an event, and return the NCCO that comes back, if any."""
    if action.get("mode") == "asynchronous":
        _send_keys_as_they_come(context, action)
        return None
    context.line.collecting = True
    collection = Collection(action)
    try:
        await collection.fill(context.line)
    finally:
        context.line.forget_signs()
    context.record.add(InputCollected(context.record.now, collection.words, collection.digits))
    return await context.control.ask(context.phone_leg.short_event() | collection.fields(), action)


@dataclass
class Collection:
    """What an input action has collected."""

    action: Action
    digits: str = ""
    timed_out: bool = False
    words: str | None = None
    reason: str | None = None  # why the collection of words ended
    _dtmf: dict[str, Any] = field(init=False)
    _speech: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self._dtmf, self._speech = self.action.get("dtmf", {}), self.action.get("speech", {})

    async def fill(self, line: Line) -> None:
        """Collect until the input is complete, or a time is over."""
        deadline = perf_counter() + self._first_seconds()
        while True:
            try:
                sign = await asyncio.wait_for(line.signs.get(), deadline - perf_counter())
            except TimeoutError:
                self.timed_out = bool(self.digits) or not self._takes("speech")
                self.reason = None if self.timed_out else "start_timeout"
                return
            if sign.kind == "words" and self._takes("speech") and not self.digits:
                await self._listen(sign)
                return
            if sign.kind == "key" and self._takes("dtmf"):
                if self._completed_by(sign.text):
                    return
                deadline = perf_counter() + self._dtmf.get("timeOut", DEFAULT_KEY_SECONDS)

    def fields(self) -> Event:
        """Return the fields of the event: as the platform's, they have both parts whatever was asked for."""
        results = [{"text": self.words, "confidence": CONFIDENCE}] if self.words else []
        speech: dict[str, Any] = {"results": results}
        if self.reason:
            speech = {"timeout_reason": self.reason} | speech
        return {"speech": speech, "dtmf": {"digits": self.digits or None, "timed_out": self.timed_out}}

    def _takes(self, kind: str) -> bool:
        return kind in self.action["type"]

    def _first_seconds(self) -> float:
        """Return how long the input waits for a first sign; keys have no time of their own beside speech."""
        seconds: float = (
            self._speech.get("startTimeout", DEFAULT_START_SECONDS)
            if self._takes("speech")
            else self._dtmf.get("timeOut", DEFAULT_KEY_SECONDS)
        )
        return seconds

    def _completed_by(self, key: str) -> bool:
        if key == "#" and self._dtmf.get("submitOnHash", False):
            return True
        self.digits += key
        max_digits: int = self._dtmf.get("maxDigits", DEFAULT_MAX_DIGITS)
        return len(self.digits) >= max_digits

    async def _listen(self, words: Sign) -> None:
        longest = self._speech.get("maxDuration", DEFAULT_MAX_SECONDS)
        ends_in = words.seconds + self._speech.get("endOnSilence", DEFAULT_SILENCE_SECONDS)
        self.reason = "end_on_silence_timeout" if words.seconds <= longest else "max_duration"
        await asyncio.sleep(words.time + min(ends_in, longest) - perf_counter())
        self.words = words.text


def _send_keys_as_they_come(context: ActionContext, action: Action) -> None:
    keys = context.line.live_keys = asyncio.Queue()

    async def send() -> None:
        while True:
            digits = {"digits": await keys.get(), "timed_out": False}
            await context.control.tell(context.phone_leg.short_event() | {"dtmf": digits}, action)

    task = context.tasks.create_task(send())

    async def stop() -> None:
        task.cancel()

    context.at_end["asynchronous input"] = stop
