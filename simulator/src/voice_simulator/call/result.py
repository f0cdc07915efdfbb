"""The result of one call: its record, its sound where it was kept, and what follows from them."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass

from ..audio.format import AudioFormat
from ..audio.tape import Sound
from ..record.events import (
    ActionBegan,
    CallAnswered,
    CallBegan,
    CallEnded,
    Judged,
    NccoReceived,
    ProblemFound,
    RequestSent,
    ResponseReceived,
    SocketOpened,
    SocketRefused,
    SocketReported,
    WebhookFailed,
    has_socket,
)
from ..record.record import Record
from ..record.turns import Turns, turns_of
from .audio_rule import AudioFigures, audio_figures
from .verdict import Outcome, Verdict, judge


@dataclass
class CallResult:
    """Fills while its call runs; a measurement that the call did not get to is None or empty."""

    record: Record
    sound: Sound | None = None

    @property
    def verdict(self) -> Verdict:
        """The verdict on the call: the one in its record, or if it has none yet, one by what has happened so far."""
        judged = self._judged
        return Verdict(Outcome[judged.outcome.upper()], judged.errors, judged.warnings)

    @property
    def errors(self) -> list[str]:
        """The errors for a person: of a response that is no JSON, a sentence instead of the rules that it breaks."""
        cause, errors = self._judged.cause, self._judged.errors
        if cause is None or not cause.evidence:
            return errors
        problems = self.record.of(ProblemFound)
        shown = next(each for each in problems if each is self.record.events[cause.event or 0])
        known = {str(each) for each in problems if each.request == shown.request}
        return [f"{cause.sentence}: {cause.evidence}", *(error for error in errors if error not in known)]

    @property
    def is_worth_a_table(self) -> bool:
        """Whether more can be said than what went wrong: anything was heard or played, or something was to come."""
        record = self.record
        if record.plan.must or record.frames.heard_at or record.frames.returned:
            return True
        return record.plan.expect == "nothing" and bool(record.of(ActionBegan))

    @property
    def conversation_uuid(self) -> str:
        """The call's name."""
        return next((began.conversation_uuid for began in self.record.of(CallBegan)), "")

    @property
    def answered(self) -> bool:
        """Whether a webhook answered the call."""
        return bool(self.record.of(CallAnswered))

    @property
    def answer_seconds(self) -> float | None:
        """The time of the answer webhook, its retry included."""
        if any(failed.webhook == "answer" for failed in self.record.of(WebhookFailed)):
            return None
        sent = {each.id: each.at for each in self.record.of(RequestSent) if each.webhook == "answer"}
        received = [each.at for each in self.record.of(ResponseReceived) if each.id in sent]
        return received[-1] - min(sent.values()) if received else None

    @property
    def connect_seconds(self) -> float | None:
        """From the first packet to the end of the first socket's handshake."""
        return next((opened.seconds for opened in self._sockets), None)

    @property
    def audio_format(self) -> AudioFormat | None:
        """The first socket's."""
        return next((AudioFormat(opened.rate) for opened in self._sockets), None)

    @property
    def moves(self) -> int:
        """How often the call moved to another socket."""
        return max(0, len(self._sockets) - 1)

    @property
    def connects_refused(self) -> int:
        """How many connects were refused for the account's limit of new legs."""
        return sum(refused.over_limit for refused in self.record.of(SocketRefused))

    @property
    def hung_up(self) -> bool:
        """Whether the caller hung up; else the call was lost."""
        return any(ended.why == "hung_up" for ended in self.record.of(CallEnded))

    @property
    def given_up(self) -> bool:
        """Whether the application gave the call up: after a socket that failed or ended, its NCCO had no connect."""
        return self.record.plan.expect == "echo" and any(list(_given_up(self.record))[-1:])

    @property
    def lost(self) -> bool:
        """Whether the call ended before the caller wanted it to, or was to end while the caller heard an apology."""
        return self.given_up or not self.hung_up

    @functools.cached_property
    def audio(self) -> AudioFigures | None:
        """The figures of the application's own audio, where that is expected."""
        return audio_figures(self.record) if self.record.plan.expect == "audio" else None

    @functools.cached_property
    def turns(self) -> Turns | None:
        """The turns of a call that is over, where an application of any kind but an echo was expected."""
        return turns_of(self.record)

    @property
    def _judged(self) -> Judged:
        return next(iter(self.record.of(Judged)), None) or judge(self.record)

    @property
    def _sockets(self) -> list[SocketOpened]:
        return self.record.of(SocketOpened)


def _given_up(record: Record) -> Iterator[bool]:
    """Yield, for each NCCO that came after a socket, whether it speaks on without another."""
    actions: list[dict[str, object]] = []
    for event in record.events:
        match event:
            case NccoReceived():
                actions = event.actions
            case SocketReported(new_ncco=True):
                yield bool(actions) and not has_socket(actions)
