"""A member of the conformance zoo: the good application with one fault, and the rules that the fault breaks."""

from __future__ import annotations

import asyncio
import itertools
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.tests.zoo.certificates import Authority
from simulator.tests.zoo.conformance.application import Application
from simulator.tests.zoo.conformance.session import Session
from voice_simulator.check.report import Result
from voice_simulator.check.rule import Rule
from voice_simulator.check.rules import RULES
from voice_simulator.check.runner import run_check
from voice_simulator.check.selection import select
from voice_simulator.vonage import application as platform

QUICK_SECONDS = 5.0  # a rule that takes longer lasts
LASTS = {rule.id for rule in RULES if rule.seconds >= QUICK_SECONDS}
QUICK_AT_ONCE = 2  # applications in a process: all of them would be more than two cores can talk to in time
PAUSE_SECONDS = 2.0  # between the beginnings of those whose check lasts


@dataclass(frozen=True)
class Member:
    """An application; the rules in `fails` must fail, those in `warns` must warn, and no other rule may fail."""

    name: str
    fails: tuple[str, ...] = ()
    warns: tuple[str, ...] = ()
    application: type[Application] = Application
    session: type[Session] = Session
    rate: int = 16000
    days: tuple[int, int] | None = None  # of its certificate, from now; None: it has none, and speaks no TLS
    told: tuple[tuple[str, Any], ...] = ()  # what its owner tells the check, by the names of its fields
    only: tuple[str, ...] = ()  # the rules to judge, if not all: what others do, this fault would disturb

    @property
    def lasts(self) -> bool:
        """Whether the rules that last are judged: where one of them is broken, or none at all."""
        broken = self.fails + self.warns
        return not self.only and (not broken or not LASTS.isdisjoint(broken))

    @property
    def rules(self) -> list[Rule]:
        """The rules to judge."""
        wanted = select(RULES, self.only, ())
        return wanted if self.lasts or self.only else [rule for rule in wanted if rule.id not in LASTS]

    @contextmanager
    def prepared(self) -> Iterator[tuple[Application, Path | None]]:
        """Yield the application, not started yet, and the authority of its certificate."""
        if self.days is None:
            yield self.application(), None
        else:
            with tempfile.TemporaryDirectory() as folder:
                authority = Authority(Path(folder))
                platform.trusted_authorities(authority.file)
                yield self.application(authority.server_context(days=self.days)), authority.file

    async def check(self, application: Application, ca: Path | None) -> list[Result]:
        """Run the application, and all rules on it."""
        application.session_class, application.rate = self.session, self.rate
        async with application:
            fields: dict[str, Any] = {"signature_secret": application.secret, "ca": ca} | dict(self.told)
            described = platform.Application(application.answer_url, **fields)
            return (await run_check(described, self.rules, proxy_reload=application.reload_command)).results


async def check_all(members: Iterable[Member]) -> dict[str, list[Result]]:
    """Check many applications beside each other, but not all at once; return the results by name."""
    members, places = list(members), asyncio.Semaphore(QUICK_AT_ONCE)
    starts = itertools.count(0.0, PAUSE_SECONDS)

    async def check(member: Member, application: Application, ca: Path | None) -> list[Result]:
        if member.lasts:
            await asyncio.sleep(next(starts))
            return await member.check(application, ca)
        async with places:
            return await member.check(application, ca)

    with ExitStack() as stack:
        # All certificates are read before the first check begins: that takes long enough to disturb one.
        prepared = [(member, *stack.enter_context(member.prepared())) for member in members]
        results = await asyncio.gather(*(check(*each) for each in prepared))
    return {member.name: each for member, each in zip(members, results, strict=True)}
