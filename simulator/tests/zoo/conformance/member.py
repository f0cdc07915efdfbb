"""A member of the conformance zoo: the good application with one fault, and the rules that the fault breaks."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.tests.harness import simulated_time
from simulator.tests.zoo.certificates import Authority
from simulator.tests.zoo.conformance.application import Application
from simulator.tests.zoo.conformance.named import name_resolving
from simulator.tests.zoo.conformance.session import Session
from voice_simulator.check.report import Result
from voice_simulator.check.rule import Rule, select
from voice_simulator.check.rules import RULES
from voice_simulator.check.runner import run_check
from voice_simulator.vonage import application as platform

LASTING_SECONDS = 5.0  # of a rule that takes the most time, simulated or not


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
    def broken(self) -> list[Rule]:
        """The rules that must fail or warn."""
        return [rule for rule in RULES if rule.id in self.fails + self.warns]

    @property
    def rules(self) -> list[Rule]:
        """The rules to judge for more than what is broken: those that last only where one of them is broken."""
        wanted = select(RULES, self.only, ())
        lasts = not self.broken or any(rule.seconds >= LASTING_SECONDS for rule in self.broken)
        return wanted if lasts else [rule for rule in wanted if rule.seconds < LASTING_SECONDS]

    def check(self, rules: Sequence[Rule]) -> dict[str, Result]:
        """Run the application, and rules on it, in simulated time; return the results by their rules."""
        with self.prepared() as (application, ca), name_resolving():
            results = simulated_time.run(self._check(application, ca, rules))
        return {result.rule.id: result for result in results}

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

    async def _check(self, application: Application, ca: Path | None, rules: Sequence[Rule]) -> list[Result]:
        application.session_class, application.rate = self.session, self.rate
        async with application:
            fields: dict[str, Any] = {"signature_secret": application.secret, "ca": ca} | dict(self.told)
            described = platform.Application(application.answer_url, **fields)
            return (await run_check(described, rules, proxy_reload=application.reload_command)).results
