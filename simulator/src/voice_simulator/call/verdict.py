"""The verdict on a call: the meaning of everything that can go wrong in it, read from its record."""

from __future__ import annotations

import enum
import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..record.events import (
    CallEnded,
    Event,
    EventUndelivered,
    Json,
    Judged,
    KeyPressed,
    NccoReceived,
    PatienceEnded,
    ProblemFound,
    ReactionBegan,
    ReactionMissed,
    RequestSent,
    ResponseReceived,
    SocketClosed,
    SocketOpened,
    SocketRefused,
    SocketReported,
    WebhookFailed,
    has_socket,
)
from ..record.expectation import is_doubtful, met_at, missed_words
from ..record.record import Record
from .audio_judgement import judge_audio
from .audio_rule import audio_faults, audio_warnings
from .cause import cause_of
from .machine_pauses import longest_pause


class Outcome(enum.IntEnum):
    """How a call went, by its exit code."""

    GOOD = 0
    AUDIO_WRONG = 1
    NCCO_WRONG = 2
    CONNECTION_FAILED = 3
    NOT_JUDGED = 4  # something went wrong, and it may be this machine's fault


# From the best to the worst. What is certainly wrong is worse than what can't be judged.
SEVERITY = (
    Outcome.GOOD,
    Outcome.NOT_JUDGED,
    Outcome.AUDIO_WRONG,
    Outcome.NCCO_WRONG,
    Outcome.CONNECTION_FAILED,
)
# A pause of this machine that may let a time limit pass, or the server lose its patience with the socket.
UNPUNCTUAL_SECONDS = 0.5
SHOWN_CHARACTERS = 60  # of a response's body


@dataclass
class Verdict:
    """The outcome of one call and the reasons for it."""

    outcome: Outcome = Outcome.GOOD
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def fail(self, outcome: Outcome, error: str) -> None:
        """Note an error; the worst outcome stays."""
        self.outcome = worst((self.outcome, outcome))
        self.errors.append(error)

    def warn(self, warning: str) -> None:
        """Note a warning; the outcome stays."""
        self.warnings.append(warning)


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    return max(outcomes, key=SEVERITY.index)


def worst_outcome(verdicts: Iterable[Verdict]) -> Outcome:
    """Return the outcome that counts for a whole run: its exit code."""
    return worst(verdict.outcome for verdict in verdicts)


def judge(record: Record) -> Judged:
    verdict = _Reader(record).read()
    outcome, cause = verdict.outcome.name.lower(), cause_of(record, verdict.errors)
    return Judged(record.now, outcome, verdict.errors, verdict.warnings, cause)  # type: ignore[arg-type]


class _Reader:
    """Reads the events of a call in their order, then its frames, then what had to come."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._echo_expected = record.plan.expect == "echo"
        self._verdict = Verdict()
        self._unreachable = ""  # the trouble of the answer webhook, if it could not be reached
        self._actions: list[dict[str, Json]] | None = None  # of the last NCCO
        self._given_up = False
        self._hung_up = not self._echo_expected  # without an echo, the call may end as the application likes
        self._socket: SocketClosed | SocketRefused | None = None  # the last that closed or wasn't opened
        self._socket_problems = 0  # of the last socket
        self._undelivered: dict[str, list[str]] = {}  # the names of events, by what became of them

    def read(self) -> Verdict:
        for event in self._record.events:
            self._take(event)
        for sentence, names in self._undelivered.items():
            self._verdict.warn(f"{_events(names)}: {sentence}")
        self._read_event_answers()
        self._judge_audio()
        if self._verdict.outcome is Outcome.GOOD:
            self._judge_end()
        self._judge_scenario()
        return self._verdict

    def _take(self, event: Event) -> None:
        verdict = self._verdict
        match event:
            case WebhookFailed():
                self._take_webhook_failure(event)
            case ProblemFound():
                self._take_problem(event)
            case NccoReceived():
                self._take_ncco(event)
            case SocketOpened():
                self._socket_problems = 0
            case SocketRefused() | SocketClosed():
                self._socket = event
            case SocketReported():
                self._take_report(event)
            case PatienceEnded(seconds=seconds):
                error = f"no socket has opened within {seconds:.0f} s of the first try"
                verdict.fail(Outcome.CONNECTION_FAILED, error)
            case KeyPressed(taken_by=None):
                verdict.warn(f"key {event.digit} was pressed when nothing listened")
            case EventUndelivered():
                self._undelivered.setdefault(event.sentence, []).append(event.event_name)
            case CallEnded(why="hung_up"):
                self._hung_up = True

    def _take_webhook_failure(self, failed: WebhookFailed) -> None:
        if failed.unreachable and failed.trouble == self._unreachable:
            return  # a server is down once
        if failed.unreachable:
            self._unreachable = failed.trouble
        error = f"{failed.webhook} webhook: {failed.url} {failed.trouble}"
        self._fail_to_connect(error, failed.at, unpunctual=failed.timed_out)

    def _take_problem(self, problem: ProblemFound) -> None:
        match problem.about:
            case "ncco" | "simulator" if problem.breaks_rule:
                self._verdict.fail(Outcome.NCCO_WRONG, str(problem))
            case "ncco" | "simulator":
                self._verdict.warn(str(problem))
            case "onAnswer":
                self._verdict.warn(f"onAnswer: {problem}")
            case "socket":
                self._socket_problems += 1
                self._verdict.fail(Outcome.AUDIO_WRONG, str(problem))

    def _take_ncco(self, ncco: NccoReceived) -> None:
        is_first, self._actions = self._actions is None, ncco.actions
        good = self._verdict.outcome is Outcome.GOOD
        if self._echo_expected and is_first and good and not has_socket(ncco.actions):
            self._verdict.fail(Outcome.NCCO_WRONG, "the NCCO has no connect: there is no echo to check")

    def _take_report(self, report: SocketReported) -> None:
        """The application has answered the event about a socket; with a new NCCO the call goes on."""
        actions = self._actions or []
        if report.new_ncco:
            self._given_up = self._echo_expected and bool(actions) and not has_socket(actions)
        match self._socket:
            case SocketRefused() as refused:
                trouble, unpunctual = f"socket {refused.uri}: {refused.sentence}", refused.status == "timeout"
                if not report.new_ncco:
                    self._fail_to_connect(trouble, report.at, unpunctual=unpunctual)
                elif not refused.over_limit:  # with a limit of new legs there are many, and the result counts them
                    self._verdict.warn(f"{trouble}; {self._goes_on}")
            case SocketClosed() as closed:
                code = f"code {closed.code} {closed.reason or ''}".rstrip()
                if report.new_ncco:
                    closed_by = "a fault on purpose" if closed.by == "fault" else "the server"
                    self._verdict.warn(f"{closed_by} closed the socket, {code}; {self._goes_on}")
                elif self._echo_expected and not self._socket_problems:
                    when = f"after {self._record.frames.sent_before(closed.at):.2f} s of audio"
                    self._fail_to_connect(f"the server closed the socket {when}, {code}", closed.at, unpunctual=True)

    @property
    def _goes_on(self) -> str:
        """What follows the new NCCO: a rejected one has no actions."""
        rejected = self._actions is not None and not self._actions
        return "the new NCCO is rejected" if rejected else "the call goes on with a new NCCO"

    def _read_event_answers(self) -> None:
        """Note the responses with JSON to events that ask for none: a sentence for all that have the same body."""
        names = {sent.id: sent.event_name or "" for sent in self._record.of(RequestSent)}
        bodies = {received.id: _shown(received.body) for received in self._record.of(ResponseReceived)}
        events: dict[tuple[bool, str], list[str]] = {}
        for problem in self._record.of(ProblemFound):
            if problem.about == "event" and problem.request is not None:
                rule = f"{bodies[problem.request]}: {problem}"
                events.setdefault((problem.breaks_rule, rule), []).append(names[problem.request])
        for (breaks_rule, rule), named in events.items():
            sentence = f"{_events(named)} answered with {rule}"
            if breaks_rule:
                self._verdict.fail(Outcome.NCCO_WRONG, sentence)
            else:
                self._verdict.warn(sentence)

    def _judge_audio(self) -> None:
        if self._record.plan.expect == "audio":
            for fault in audio_faults(self._record):
                self._verdict.fail(Outcome.AUDIO_WRONG, f"audio, {fault}")
            self._verdict.warnings += audio_warnings(self._record)
        elif self._echo_expected:
            audio = judge_audio(self._record, hung_up=self._hung_up)
            for fault in audio.faults:
                self._verdict.fail(Outcome.AUDIO_WRONG, f"audio, {fault}")
            for doubt in audio.doubts:
                self._doubt(f"audio, {doubt}")
            self._verdict.warnings += audio.warnings

    def _judge_scenario(self) -> None:
        record, done = self._record, len(self._record.of(ReactionBegan))
        for missed in record.of(ReactionMissed):
            error = f'scenario, missed: "{missed.when}" did not come within {missed.within:g} s, to {missed.deed}'
            self._miss(error, doubtful=longest_pause(record, end=missed.at) >= UNPUNCTUAL_SECONDS)
            done += 1
        for reaction in record.plan.reactions[done:]:
            self._miss(f"scenario, missed: the call ended before {reaction}", doubtful=False)
        for expectation in record.plan.must:
            if met_at(expectation, record) is None:
                missed_by = missed_words(expectation, record)
                self._miss(f"scenario, missed: {missed_by}", doubtful=is_doubtful(expectation, record))

    def _miss(self, error: str, *, doubtful: bool) -> None:
        if doubtful:
            self._doubt(error)
        else:
            self._verdict.fail(Outcome.AUDIO_WRONG, error)

    def _judge_end(self) -> None:
        """A call that the application gave up is bad, even if the caller hung up during the apology."""
        if not self._hung_up:
            self._verdict.fail(Outcome.CONNECTION_FAILED, "the last action ended before the caller hung up")
        elif self._given_up:
            error = "the application gave the call up before the caller hung up"
            self._verdict.fail(Outcome.CONNECTION_FAILED, error)

    def _fail_to_connect(self, error: str, at: float, *, unpunctual: bool) -> None:
        """Note that a connection failed; if it may be because a peer was late, see whether this machine was."""
        if unpunctual and longest_pause(self._record, end=at) >= UNPUNCTUAL_SECONDS:
            self._doubt(error)
        else:
            self._verdict.fail(Outcome.CONNECTION_FAILED, error)

    def _doubt(self, error: str) -> None:
        """Note an error that this machine may have caused itself."""
        machine = f"this machine could not judge, its own process stood still for {longest_pause(self._record):.2f} s"
        self._verdict.fail(Outcome.NOT_JUDGED, f"{machine}: {error}")


def _events(names: list[str]) -> str:
    return f"event{'s' if len(names) > 1 else ''} {', '.join(dict.fromkeys(names))}"


def _shown(body: Json) -> str:
    text = " ".join((body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)).split())
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"
