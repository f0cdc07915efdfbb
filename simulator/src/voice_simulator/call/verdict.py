"""The verdict on a call: the meaning of everything that can go wrong in it."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..vonage.event_answers import EventAnswers
from ..vonage.leg_limit import LegRefusedError
from ..vonage.ncco.ncco import Ncco
from ..vonage.requester import WebhookError
from ..vonage.socket_leg import SocketLeg, SocketNotOpenedError
from .standstills import Standstills


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
# A standstill of this machine that may let a time limit pass, or the server lose its patience with the socket.
UNPUNCTUAL_SECONDS = 0.5


@dataclass
class Verdict:
    """The outcome of one call and the reasons for it. The call alone writes it; each verb says what has happened."""

    outcome: Outcome = Outcome.GOOD
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    standstills: Standstills = field(default_factory=Standstills, compare=False, repr=False)

    def fail(self, outcome: Outcome, error: str) -> None:
        """Note an error; the worst outcome stays."""
        self.outcome = worst((self.outcome, outcome))
        self.errors.append(error)

    def doubt(self, error: str) -> None:
        """Note an error that this machine may have caused itself, as its own process stood still."""
        seconds = self.standstills.longest()
        machine = f"this machine could not judge, its own process stood still for {seconds:.2f} s"
        self.fail(Outcome.NOT_JUDGED, f"{machine}: {error}")

    def warn(self, warning: str) -> None:
        """Note a warning; the outcome stays."""
        self.warnings.append(warning)

    def webhook_failed(self, name: str, error: WebhookError) -> None:
        """The answer or the fallback webhook gave no answer."""
        self._fail_to_connect(f"{name} webhook: {error}", unpunctual=error.timed_out)

    def ncco_came(self, ncco: Ncco) -> None:
        """A webhook answered with an NCCO; the rules that it breaks are errors."""
        for warning in ncco.warnings:
            self.warn(str(warning))
        for error in ncco.errors:
            self.fail(Outcome.NCCO_WRONG, str(error))

    def socket_not_opened(self, uri: str, error: SocketNotOpenedError, new_ncco: Ncco | None) -> None:
        """A socket could not be opened; with a new NCCO the call goes on.

        One that was refused is then no warning: with a limit of new legs there are many, and the result counts them.
        """
        trouble = f"socket {uri}: {error}"
        if new_ncco is None:
            self._fail_to_connect(trouble, unpunctual=error.status == "timeout")
        elif isinstance(error, LegRefusedError):
            self.ncco_came(new_ncco)
        else:
            self._goes_on(trouble, new_ncco)

    def no_socket_opened(self, seconds: float) -> None:
        """The caller has waited so long for a first socket, and hangs up."""
        self.fail(Outcome.CONNECTION_FAILED, f"no socket has opened within {seconds:.0f} s of the first try")

    def socket_ended(self, socket: SocketLeg, audio_seconds: float, new_ncco: Ncco | None) -> None:
        """A socket ended before the caller hung up; with a new NCCO the call goes on.

        The server closed it, the platform did because of a wrong message (platform.md, 3.6), or somebody let it
        happen on purpose.
        """
        code = f"code {socket.close_code} {socket.close_reason or ''}".rstrip()
        if new_ncco is not None:
            closed_by = "a fault on purpose" if socket.closed_by == "fault" else "the server"
            self._goes_on(f"{closed_by} closed the socket, {code}", new_ncco)
        elif not socket.problems:
            when = f"after {audio_seconds:.2f} s of audio"
            self._fail_to_connect(f"the server closed the socket {when}, {code}", unpunctual=True)
        self.messages_came(socket)

    def messages_came(self, socket: SocketLeg) -> None:
        """A socket is closed, so all its messages are known; the wrong ones are errors."""
        for problem in socket.problems:
            self.fail(Outcome.AUDIO_WRONG, f"the server sent {problem}")

    def events_answered(self, answers: EventAnswers) -> None:
        """All events have been sent; a response that may be taken for an NCCO is an error."""
        for error in answers.errors:
            self.fail(Outcome.NCCO_WRONG, error)
        for warning in answers.warnings:
            self.warn(warning)

    def audio_judged(self, faults: Iterable[str], doubts: Iterable[str], warnings: Iterable[str]) -> None:
        """All audio has been judged: the faults are the server's, the doubts may be this machine's."""
        for fault in faults:
            self.fail(Outcome.AUDIO_WRONG, f"audio, {fault}")
        for doubt in doubts:
            self.doubt(f"audio, {doubt}")
        for warning in warnings:
            self.warn(warning)

    def call_ended(self, undelivered: Iterable[str], *, hung_up: bool, given_up: bool = False) -> None:
        """The call is over: the caller hung up, or no action is left.

        A call that the application gave up is bad, even if the caller hung up during the apology.
        """
        for warning in undelivered:
            self.warn(warning)
        if not hung_up and self.outcome is Outcome.GOOD:
            self.fail(Outcome.CONNECTION_FAILED, "the last action ended before the caller hung up")
        elif given_up and self.outcome is Outcome.GOOD:
            self.fail(Outcome.CONNECTION_FAILED, "the application gave the call up before the caller hung up")

    def _fail_to_connect(self, error: str, *, unpunctual: bool) -> None:
        """Note that a connection failed; if it may be because somebody was late, see whether this machine was."""
        if unpunctual and self.standstills.longest() >= UNPUNCTUAL_SECONDS:
            self.doubt(error)
        else:
            self.fail(Outcome.CONNECTION_FAILED, error)

    def _goes_on(self, trouble: str, new_ncco: Ncco) -> None:
        self.ncco_came(new_ncco)
        self.warn(f"{trouble}; the call goes on with a new NCCO")


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the outcome that counts of several."""
    return max(outcomes, key=SEVERITY.index)


def worst_outcome(verdicts: Iterable[Verdict]) -> Outcome:
    """Return the outcome that counts for a whole run: its exit code."""
    return worst(verdict.outcome for verdict in verdicts)
