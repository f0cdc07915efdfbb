"""The rules that an application can pass or fail: what it takes to judge one, and which ones a check judges."""

from __future__ import annotations

import difflib
import enum
from collections.abc import Awaitable, Callable, Collection, Sequence
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


class UnknownRuleError(ValueError):
    """A name is neither a rule's nor a group's; the message says which, and what it could be."""


def select(rules: Sequence[Rule], only: Collection[str], skip: Collection[str]) -> list[Rule]:
    """Return the rules that `only` names, or all if it names none, without those that `skip` names.

    A name is the id of a rule or a group. Raises UnknownRuleError.
    """
    known = [*GROUPS, *(rule.id for rule in rules)]
    for name in (*only, *skip):
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            like = f" Did you mean {close[0]}?" if close else ""
            raise UnknownRuleError(f"{name!r} is neither a rule nor a group.{like} `check --list` shows them all")
    return [rule for rule in rules if (not only or _is_named(rule, only)) and not _is_named(rule, skip)]


def _is_named(rule: Rule, names: Collection[str]) -> bool:
    return rule.id in names or rule.group in names
