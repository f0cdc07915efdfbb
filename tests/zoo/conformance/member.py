"""A member of the conformance zoo: the good application with one fault, and the rules that the fault breaks."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.check.rules import RULES
from simulator.check.runner import Result, run_check
from simulator.check.selection import select
from simulator.check.target import Target
from simulator.platform.trust import trusted_authorities
from tests.zoo.certificates import Authority
from tests.zoo.conformance.application import Application
from tests.zoo.conformance.session import Session


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

    async def check(self) -> list[Result]:
        """Run the application, and all rules on it."""
        with tempfile.TemporaryDirectory() as folder:
            authority = Authority(Path(folder)) if self.days else None
            context = authority.server_context(days=self.days) if authority and self.days else None
            tls = trusted_authorities(authority.file if authority else None)
            application = self.application(context)
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
                return (await run_check(target, select(RULES, self.only, ()))).results


async def check_all(members: list[Member], pause: float) -> dict[str, list[Result]]:
    """Check many applications beside each other, each begun some seconds after the one before; return by name."""

    async def check_later(index: int, member: Member) -> list[Result]:
        await asyncio.sleep(index * pause)
        return await member.check()

    results = await asyncio.gather(*(check_later(index, member) for index, member in enumerate(members)))
    return {member.name: each for member, each in zip(members, results, strict=True)}
