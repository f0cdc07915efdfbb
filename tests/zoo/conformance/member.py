"""A member of the conformance zoo: the good application with one fault, and the rules that the fault breaks."""

from __future__ import annotations

import asyncio
import itertools
import ssl
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.check.report import Result
from simulator.check.rule import Rule
from simulator.check.rules import RULES
from simulator.check.runner import run_check
from simulator.check.selection import select
from simulator.check.target import Target
from simulator.platform.trust import trusted_authorities
from tests.zoo.certificates import Authority
from tests.zoo.conformance.application import Application
from tests.zoo.conformance.session import Session

NO_MATTER_OF_SOCKETS = ("webhooks.", "ncco.", "security.")
QUICK_SECONDS = 5.0
LASTING_PAUSE_SECONDS, QUICK_PAUSE_SECONDS = 1.5, 5.0
UNUSED = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # of applications without TLS


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
    told: tuple[tuple[str, Any], ...] = ()  # what its owner tells the check, by the names of Target's fields
    only: tuple[str, ...] = ()  # the rules to judge, if not all: what others do, this fault would disturb

    @property
    def lasts(self) -> bool:
        """Whether the rules that last are judged: not for a fault in a webhook or in an NCCO, which no socket feels."""
        return not self.only and not any(name.startswith(NO_MATTER_OF_SOCKETS) for name in self.fails + self.warns)

    @property
    def rules(self) -> list[Rule]:
        """The rules to judge."""
        return [
            rule for rule in select(RULES, self.only, ()) if self.lasts or self.only or rule.seconds < QUICK_SECONDS
        ]

    @contextmanager
    def prepared(self) -> Iterator[tuple[Application, ssl.SSLContext]]:
        """Yield the application, not started yet, and the TLS context of who trusts it."""
        if self.days is None:
            yield self.application(), UNUSED
        else:
            with tempfile.TemporaryDirectory() as folder:
                authority = Authority(Path(folder))
                yield self.application(authority.server_context(days=self.days)), trusted_authorities(authority.file)

    async def check(self, application: Application, tls: ssl.SSLContext) -> list[Result]:
        """Run the application, and all rules on it."""
        application.session_class, application.rate = self.session, self.rate
        async with application:
            target = Target(
                answer_url=application.answer_url,
                event_url=f"{application.address}/webhooks/events",
                fallback_url=f"{application.address}/webhooks/fallback",
                tls=tls,
                reload=application.reload_command,
                **({"secret": application.secret} | dict(self.told)),
            )
            return (await run_check(target, self.rules)).results


async def check_all(members: Iterable[Member]) -> dict[str, list[Result]]:
    """Check many applications beside each other, but not begun all at once; return the results by name."""

    async def check_from(start: float, member: Member, application: Application, tls: ssl.SSLContext) -> list[Result]:
        await asyncio.sleep(start)
        return await member.check(application, tls)

    members = sorted(members, key=lambda member: not member.lasts)
    pauses = (LASTING_PAUSE_SECONDS if member.lasts else QUICK_PAUSE_SECONDS for member in members)
    with ExitStack() as stack:
        # All certificates are read before the first check begins: that takes long enough to disturb one.
        prepared = [(member, *stack.enter_context(member.prepared())) for member in members]
        starts = itertools.accumulate(pauses)
        checks = [check_from(start, *each) for start, each in zip(starts, prepared, strict=True)]
        results = await asyncio.gather(*checks)
    return {member.name: each for member, each in zip(members, results, strict=True)}
