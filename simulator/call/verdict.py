"""The verdict on a call: the meaning of everything that can go wrong in it."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field

from simulator.platform.leg_limit import LegRefusedError
from simulator.platform.ncco_check import CheckedNcco
from simulator.platform.socket_leg import SocketLeg, SocketNotOpenedError
from simulator.platform.webhook_client import WebhookError


class Outcome(enum.IntEnum):
    """How a call went, by its exit code. Of several outcomes the worst counts, which is the highest."""

    GOOD = 0
    AUDIO_WRONG = 1
    NCCO_WRONG = 2
    CONNECTION_FAILED = 3


@dataclass
class Verdict:
    """The outcome of one call and the reasons for it. The call alone writes it; each verb says what has happened."""

    outcome: Outcome = Outcome.GOOD
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def fail(self, outcome: Outcome, error: str) -> None:
        """Note an error; the worst outcome stays."""
        self.outcome = max(self.outcome, outcome)
        self.errors.append(error)

    def warn(self, warning: str) -> None:
        """Note a warning; the outcome stays."""
        self.warnings.append(warning)

    def webhook_failed(self, name: str, error: WebhookError) -> None:
        """The answer or the fallback webhook gave no answer."""
        self.fail(Outcome.CONNECTION_FAILED, f"{name} webhook: {error}")

    def ncco_came(self, ncco: CheckedNcco) -> None:
        """A webhook answered with an NCCO; its problems, if any, are errors."""
        for warning in ncco.warnings:
            self.warn(warning)
        for problem in ncco.problems:
            self.fail(Outcome.NCCO_WRONG, problem)

    def socket_not_opened(self, uri: str, error: SocketNotOpenedError, new_ncco: CheckedNcco | None) -> None:
        """A socket could not be opened; with a new NCCO the call goes on.

        One that was refused is then no warning: with a limit of new legs there are many, and the result counts them.
        """
        trouble = f"socket {uri}: {error}"
        if new_ncco is None:
            self.fail(Outcome.CONNECTION_FAILED, trouble)
        elif isinstance(error, LegRefusedError):
            self.ncco_came(new_ncco)
        else:
            self._goes_on(trouble, new_ncco)

    def socket_ended(self, socket: SocketLeg, audio_seconds: float, new_ncco: CheckedNcco | None) -> None:
        """A socket ended before the caller hung up; with a new NCCO the call goes on.

        The server closed it, or the platform did because of a wrong message (docs/platform.md, 3.6).
        """
        code = f"code {socket.close_code} {socket.close_reason or ''}".rstrip()
        if new_ncco is not None:
            self._goes_on(f"the server closed the socket, {code}", new_ncco)
        elif not socket.problems:
            when = f"after {audio_seconds:.2f} s of audio"
            self.fail(Outcome.CONNECTION_FAILED, f"the server closed the socket {when}, {code}")
        self.messages_came(socket)

    def messages_came(self, socket: SocketLeg) -> None:
        """A socket is closed, so all its messages are known; the wrong ones are errors."""
        for problem in socket.problems:
            self.fail(Outcome.AUDIO_WRONG, f"the server sent {problem}")

    def call_ended(
        self, audio_faults: Iterable[str], undelivered: Iterable[str], *, hung_up: bool, given_up: bool = False
    ) -> None:
        """The call is over: the caller hung up, or no action is left. Empty faults don't count.

        A call that the application gave up is bad, even if the caller hung up during the apology.
        """
        for warning in undelivered:
            self.warn(warning)
        for fault in filter(None, audio_faults):
            self.fail(Outcome.AUDIO_WRONG, f"audio, {fault}")
        if not hung_up and self.outcome is Outcome.GOOD:
            self.fail(Outcome.CONNECTION_FAILED, "the last action ended before the caller hung up")
        elif given_up and self.outcome is Outcome.GOOD:
            self.fail(Outcome.CONNECTION_FAILED, "the application gave the call up before the caller hung up")

    def _goes_on(self, trouble: str, new_ncco: CheckedNcco) -> None:
        self.ncco_came(new_ncco)
        self.warn(f"{trouble}; the call goes on with a new NCCO")


def worst_outcome(verdicts: Iterable[Verdict]) -> Outcome:
    """Return the outcome that counts for a whole run: its exit code."""
    return max(verdict.outcome for verdict in verdicts)
