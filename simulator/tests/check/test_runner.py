"""The runner: what a rule needs, what becomes of one that crashes, and of an application that is down."""

from __future__ import annotations

import asyncio

import pytest

from simulator.tests.check.conftest import described
from simulator.tests.harness.check_rules import made
from simulator.tests.harness.exchange import Request, Response
from simulator.tests.harness.simulated_time import stand_still
from simulator.tests.zoo.conformance.application import Application
from voice_simulator.check.finding import Finding, NotJudgedError, Status, failed, passed, warned
from voice_simulator.check.report import DOUBTFUL_SECONDS, CheckReport, Result
from voice_simulator.check.rule import Need, Rule, rule
from voice_simulator.check.runner import run_check
from voice_simulator.check.trial import Trial
from voice_simulator.vonage import application as platform
from voice_simulator.vonage.requester import WebhookError

NOBODY = "http://127.0.0.1:1/webhooks/answer"


GOOD = made("good", passed("seen"))


async def check(application: Application, *rules: Rule) -> CheckReport:
    return await run_check(described(application), rules)


def shown(report: CheckReport) -> list[tuple[str, str]]:
    return [(result.finding.status.value, result.finding.seen) for result in report.results]


@pytest.mark.parametrize(
    ("finding", "exit_code"), [(passed("a"), 0), (warned("a"), 0), (failed("a"), 1), (Finding(Status.SKIPPED, "a"), 0)]
)
async def test_a_failed_rule_makes_the_exit_code(application: Application, finding: Finding, exit_code: int) -> None:
    report = await check(application, GOOD, made("other", finding))
    assert report.exit_code == exit_code


async def test_a_rule_that_needs_something_is_skipped_without_it(application: Application) -> None:
    report = await check(application, made("one", failed(""), needs=(Need.SECRET, Need.HTTPS)))
    assert shown(report) == [("skipped", "needs an application that is reached by https")]


async def test_a_rule_that_can_not_be_judged_is_skipped(application: Application) -> None:
    report = await check(application, made("one", NotJudgedError("there is no audio")))
    assert shown(report) == [("skipped", "there is no audio")]


async def test_a_webhook_that_gives_no_answer_has_failed(application: Application) -> None:
    report = await check(application, made("one", WebhookError("http://x", "did not answer")))
    assert shown(report) == [("fail", "http://x did not answer")]


async def test_a_rule_that_crashes_is_told_as_our_fault_and_the_others_go_on(application: Application) -> None:
    report = await check(application, made("one", KeyError("x")), GOOD)
    assert shown(report)[0] == (
        "skipped",
        "the rule itself is at fault, not the application (KeyError): please report this",
    )
    assert "KeyError: 'x'" in report.results[0].crash
    assert shown(report)[1] == ("pass", "seen")
    assert report.exit_code == 1


async def test_results_stand_in_the_order_of_the_rules(application: Application) -> None:
    come: list[str] = []
    first_to_end = made("b", passed(""), alone=True)
    last_to_begin = made("z", passed(""), last=True)
    rules = [last_to_begin, made("a", passed("")), first_to_end, made("c", passed(""))]
    report = await run_check(described(application), rules, lambda result: come.append(result.rule.id))
    assert (come[0], come[-1]) == (first_to_end.id, last_to_begin.id)
    assert [result.rule for result in report.results] == rules


async def test_rules_run_beside_each_other(application: Application) -> None:
    met = asyncio.Barrier(3)

    def meeting(name: str, seconds: float) -> Rule:
        @rule(f"webhooks.{name}", "It holds", section="1", fix="Do it.", seconds=seconds)
        async def judge(trial: Trial) -> Finding:
            await met.wait()
            return passed("met")

        return judge

    report = await check(application, meeting("a", 0), meeting("b", 0), meeting("c", 60))
    assert shown(report) == [("pass", "met")] * 3


async def test_nothing_reached_is_an_exit_code_of_its_own() -> None:
    report = await run_check(
        platform.Application(NOBODY), [GOOD, made("doctor", failed("no such name"), unreached=True)]
    )
    assert report.exit_code == 3
    assert report.unreached == f"{NOBODY} can't be reached: nothing listens at 127.0.0.1:1; is the server running?"
    assert shown(report) == [("skipped", report.unreached), ("fail", "no such name")]


async def test_every_call_of_a_rule_is_reported_as_completed() -> None:
    class Noting(Application):
        def __init__(self) -> None:
            super().__init__()
            self.asked: list[str] = []
            self.completed: list[str] = []

        async def answer(self, request: Request) -> Response:
            self.asked.append((request.fields or {})["uuid"])
            return await super().answer(request)

        async def event(self, request: Request) -> Response:
            assert request.fields
            assert request.fields["status"] == "completed"
            self.completed.append(request.fields["uuid"])
            return await super().event(request)

    @rule("webhooks.asks", "It holds", section="1", fix="Do it.")
    async def asks(trial: Trial) -> Finding:
        await trial.request_answer()
        await trial.request_answer(method="POST")
        return passed("")

    async with Noting() as application:
        await check(application, asks)
        assert len(application.asked) == 3  # the plain question too
        assert sorted(application.asked) == sorted(application.completed)


def test_what_was_expected_is_the_title_if_nothing_else_is_said() -> None:
    assert Result(GOOD, passed("seen")).expected == "It holds"
    assert Result(GOOD, passed("seen", "more")).expected == "more"


async def test_a_short_rule_that_failed_while_this_machine_stood_still_is_judged_again(
    application: Application,
) -> None:
    judged = 0

    @rule("webhooks.late", "It holds", section="1", fix="Do it.")
    async def late(trial: Trial) -> Finding:
        nonlocal judged
        judged += 1
        if judged == 1:
            stand_still(2 * DOUBTFUL_SECONDS)
            return failed("too late")
        return passed("in time")

    report = await check(application, late)
    assert shown(report) == [("pass", "in time")]
    assert not report.is_doubtful


async def test_a_rule_that_lasts_is_judged_once_and_doubted(application: Application) -> None:
    @rule("webhooks.late", "It holds", section="1", fix="Do it.", seconds=60)
    async def late(trial: Trial) -> Finding:
        stand_still(2 * DOUBTFUL_SECONDS)
        return failed("too late")

    report = await check(application, late)
    assert shown(report) == [("fail", "too late")]
    assert report.is_doubtful
    assert report.machine_pause > DOUBTFUL_SECONDS


def test_what_passes_is_not_doubted() -> None:
    assert not Result(GOOD, passed("a"), machine_pause=9).is_doubtful
    assert not Result(GOOD, failed("a")).is_doubtful
