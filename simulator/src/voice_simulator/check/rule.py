"""A rule that an application can pass or fail, and what it takes to judge it."""

from __future__ import annotations

import enum
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .finding import Finding

if TYPE_CHECKING:
    from .trial import Trial

GROUPS = ("webhooks", "ncco", "socket", "audio", "security", "deployment")

Judge = Callable[["Trial"], Awaitable[Finding]]


class Need(enum.Enum):
    """What a rule needs to be judged at all; the value is the reason for which it is skipped without."""

    SECRET = "needs the account's signature secret: set VONAGE_SIGNATURE_SECRET"  # noqa: S105
    HTTPS = "needs an application that is reached by https"
    PUBLIC_NAME = "needs an application that is reached by a public name, not by an address or as localhost"
    RELOAD = "needs the command that reloads the proxy: --proxy-reload COMMAND"

    def is_met(self, trial: Trial) -> bool:
        """Return whether a trial has it."""
        return {
            Need.SECRET: trial.application.signature_secret is not None,
            Need.HTTPS: trial.application.is_secure,
            Need.PUBLIC_NAME: trial.application.has_public_name,
            Need.RELOAD: trial.proxy_reload is not None,
        }[self]


@dataclass(frozen=True)
class Rule:
    """A named rule.

    `seconds` is how long it takes at least: rules that last run beside all others. A rule that is `alone` runs before
    the others, for it measures times or makes load; one that is `last` after them, for it may cut their calls. One that
    works `unreached` is judged even if the application can't be reached.
    """

    id: str  # its group, a dot, its name
    title: str  # a sentence: what must hold
    section: str  # of the page of facts about the platform, as in 3.7
    fix: str  # a sentence: what to do where it doesn't hold
    judge: Judge
    needs: tuple[Need, ...] = ()
    seconds: float = 0.0
    alone: bool = False
    last: bool = False
    unreached: bool = False

    @property
    def group(self) -> str:
        """One of GROUPS."""
        return self.id.partition(".")[0]


def rule(
    id: str,  # noqa: A002  # as the reports call it
    title: str,
    *,
    section: str,
    fix: str,
    needs: tuple[Need, ...] = (),
    seconds: float = 0.0,
    alone: bool = False,
    last: bool = False,
    unreached: bool = False,
) -> Callable[[Judge], Rule]:
    """Make a rule of the function that judges it; see Rule."""

    def made(judge: Judge) -> Rule:
        return Rule(id, title, section, fix, judge, needs, seconds, alone, last, unreached)

    return made
