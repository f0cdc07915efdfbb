"""A call that is over, as a test looks at it: what was heard, spoken and done, and whether it was good."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from .audio.format import FRAME_SECONDS, TimedFrame
from .audio.tape import DEFAULT_RATE, Samples, Sound, best_rate, lay_out
from .call.result import CallResult
from .call.verdict import Outcome
from .record.events import ActionBegan, Expectation, RequestSent
from .record.expectation import ANY, SOUNDS, STEPS, met_at, words
from .record.foreign_text import visible
from .record.record import Record
from .record.steps import steps
from .record.turns import Turns
from .report.sound_file import as_file
from .report.summary import Lag, Spread, summarise

Ended = Literal["unanswered", "caller hung up", "given up", "application"]
ENDS: dict[Ended, str] = {
    "unanswered": "no webhook answered the call",
    "caller hung up": "the caller hung up",
    "given up": "the application gave the call up",
    "application": "the application ended the call",
}


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """An event that the platform sent to the application."""

    kind: str  # its status, such as "answered", or what it is about, such as "input"
    webhook: str  # the URL that it was sent to
    time: float  # as the placed call's times
    body: dict[str, Any]


class PlacedCall:
    """A placed call; times are in seconds on the caller's clock: from the answer, or in an echo's call the first frame.

    `record` has all that happened, event by event, and `result` everything that the simulator measured.
    """

    def __init__(self, result: CallResult) -> None:
        self.result = result
        self._summary = summarise([result])

    def __repr__(self) -> str:
        """Show the whole call, as pytest does where an assertion about it fails."""
        return self.story

    @property
    def good(self) -> bool:
        """Whether nothing was wrong."""
        return self.result.verdict.outcome is Outcome.GOOD

    @property
    def outcome(self) -> str:
        """The verdict: `good`, `audio_wrong`, `ncco_wrong`, `connection_failed`, `not_judged`."""
        return self.result.verdict.outcome.name.lower()

    @property
    def errors(self) -> list[str]:
        """What was wrong, a sentence each."""
        return self.result.verdict.errors

    @property
    def warnings(self) -> list[str]:
        """What was odd, a sentence each."""
        return self.result.verdict.warnings

    @property
    def talks(self) -> list[str]:
        """The texts that the platform spoke for the application, in order."""
        actions = [event.action for event in self.record.of(ActionBegan)]
        return [action["text"] for action in actions if action["action"] == "talk"]

    @property
    def actions(self) -> list[str]:
        """The names of the actions that ran, in order: `talk`, `connect` and so on."""
        return [event.action["action"] for event in self.record.of(ActionBegan)]

    @property
    def record(self) -> Record:
        """All that happened in the call, in order."""
        return self.result.record

    @property
    def events(self) -> list[WebhookEvent]:
        """The events that the platform sent, in order; one that was sent again after a failure counts once."""
        return [
            WebhookEvent(sent.event_name or "", sent.url, sent.at - self.record.speech_at, sent.fields)
            for sent in self.record.of(RequestSent)
            if sent.webhook == "event" and sent.attempt == 1
        ]

    @property
    def ended(self) -> Ended:
        """How the call ended: an application that gives a call up speaks an apology and ends it."""
        if not self.result.answered:
            return "unanswered"
        if self.result.given_up:
            return "given up"
        return "caller hung up" if self.result.hung_up else "application"

    @property
    def frames(self) -> dict[str, int]:
        """The counts of the caller's frames: `sent`, and of an echo `returned`, `lost` and so on."""
        return self.result.record.frames.counts

    @property
    def lost(self) -> int:
        """Frames that did not come back, though nothing excuses them; of an echo alone."""
        return self.frames["lost"]

    @property
    def round_trip_ms(self) -> Spread | None:
        """From the sending of a frame to its echo: `min`, `p50`, `p95`, `p99`, `max`; None without an echo."""
        return self._summary.round_trip_ms

    @property
    def lag_ms(self) -> Lag | None:
        """From the sending of a frame until the caller hears it: `p50`, `max`, `end`; None without an echo."""
        return self._summary.play_out_lag_ms

    @property
    def turns(self) -> Turns | None:
        """How soon the application answers, and falls silent when interrupted; None where an echo was expected."""
        return self.result.turns

    @property
    def heard_seconds(self) -> float:
        """How long the caller heard audio, from the socket or a `stream`; no voice speaks a `talk`."""
        return len(self.result.record.frames.heard_at) * FRAME_SECONDS

    @property
    def sample_rate(self) -> int:
        """The rate of `heard`, in Hz."""
        heard = self._heard()
        return best_rate(heard) if heard else DEFAULT_RATE

    @property
    def heard(self) -> Samples:
        """What the caller heard, from the first sound to the last: 16-bit samples, mono, with the silences."""
        heard = self._heard()
        if not heard:
            return lay_out([], 0.0, 0.0, DEFAULT_RATE)
        return lay_out(heard, heard[0].time, heard[-1].time + FRAME_SECONDS, self.sample_rate)

    @property
    def story(self) -> str:
        """The call in words: its outcome, its errors, and each step with its time."""
        problems = [f"  error: {error}" for error in self.errors] + [f"  warning: {odd}" for odd in self.warnings]
        lines = [
            f"  {step.at - self.record.speech_at:7.2f} s  {step.kind} {step.detail}".rstrip()
            for step in steps(self.record)
        ]
        sound = f"  heard {self.heard_seconds:.2f} s of audio; {ENDS[self.ended]}"
        return "\n".join(map(visible, [f"a call, {self.outcome}", *problems, *lines, sound]))

    def check(self) -> None:
        """Raise AssertionError, with the errors and the steps, unless the call was good."""
        if not self.good:
            raise AssertionError(self.story)

    def must(self, kind: str, text: str = ANY, *, after: float | None = None, within: float | None = None) -> float:
        """Return when a step came whose detail contains the text, whatever the case, or raise AssertionError.

        The kinds are those of a scenario's `must`: `talk`, `event`, `collected`, …, `audio`,
        `silence`. `within` counts from `after`, or from 0. Raises ValueError for another kind.
        """
        if kind not in (*STEPS, *SOUNDS):
            raise ValueError(f"a call has no {kind!r}; it has {', '.join((*STEPS, *SOUNDS))}")
        expectation = Expectation(kind, text, after, within)
        at = met_at(expectation, self.result.record)
        if at is None:
            raise AssertionError(f"missed: {words(expectation)}, in {self.story}")
        return at

    def save(self, path: str | Path) -> None:
        """Write both directions into a WAV file: the caller on the left, the application on the right.

        Raises ValueError if nothing was said or heard, OSError if the file can't be written.
        """
        sound = as_file(self.result.sound or Sound())
        if sound is None:
            raise ValueError("the caller said nothing and heard nothing")
        Path(path).write_bytes(sound.file)

    def _heard(self) -> list[TimedFrame]:
        return self.result.sound.heard if self.result.sound else []
