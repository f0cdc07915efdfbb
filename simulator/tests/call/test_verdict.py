from __future__ import annotations

from voice_simulator.call.verdict import Outcome, Verdict, worst, worst_outcome
from voice_simulator.vonage.leg_limit import LegRefusedError
from voice_simulator.vonage.ncco.ncco import Ncco, read_ncco
from voice_simulator.vonage.ncco.rules import Diagnostic
from voice_simulator.vonage.requester import WebhookError
from voice_simulator.vonage.socket_leg import SocketNotOpenedError

NEW_NCCO = read_ncco([{"action": "talk", "text": "Wait"}], caller="", secure=False)
WRONG_NCCO = Ncco((), (Diagnostic("ncco.shape", "it is wrong", "2.1"),))
WRONG = ["it is wrong (ncco.shape; platform.md, 2.1)"]
REFUSED = SocketNotOpenedError("rejected", "no")


def test_the_worst_outcome_counts() -> None:
    verdicts = [Verdict(outcome) for outcome in (Outcome.AUDIO_WRONG, Outcome.CONNECTION_FAILED, Outcome.GOOD)]
    assert worst_outcome(verdicts) == 3


def test_the_worst_error_of_a_call_stays() -> None:
    verdict = Verdict()
    verdict.fail(Outcome.NCCO_WRONG, "first")
    verdict.fail(Outcome.AUDIO_WRONG, "second")
    assert verdict == Verdict(Outcome.NCCO_WRONG, ["first", "second"])


def test_a_socket_that_can_t_be_opened_is_a_warning_only_with_a_new_ncco() -> None:
    moving, lost = Verdict(), Verdict()
    moving.socket_not_opened("ws://h", REFUSED, NEW_NCCO)
    lost.socket_not_opened("ws://h", REFUSED, None)
    assert moving == Verdict(warnings=["socket ws://h: no; the call goes on with a new NCCO"])
    assert lost == Verdict(Outcome.CONNECTION_FAILED, ["socket ws://h: no"])


def test_a_refused_connect_is_no_warning_with_a_new_ncco_and_an_error_without() -> None:
    going_on, lost = Verdict(), Verdict()
    going_on.socket_not_opened("ws://h", LegRefusedError(None, "429"), NEW_NCCO)
    lost.socket_not_opened("ws://h", LegRefusedError("failed", "429"), None)
    assert going_on == Verdict()
    assert lost == Verdict(Outcome.CONNECTION_FAILED, ["socket ws://h: 429"])


def test_a_wrong_ncco_after_a_refused_connect_is_an_error() -> None:
    verdict = Verdict()
    verdict.socket_not_opened("ws://h", LegRefusedError("failed", "429"), WRONG_NCCO)
    assert (verdict.outcome, verdict.errors) == (Outcome.NCCO_WRONG, WRONG)


def test_a_wrong_new_ncco_is_an_error() -> None:
    verdict = Verdict()
    verdict.socket_not_opened("ws://h", REFUSED, WRONG_NCCO)
    assert (verdict.outcome, verdict.errors) == (Outcome.NCCO_WRONG, WRONG)


def test_each_fault_of_the_audio_is_an_error() -> None:
    verdict = Verdict()
    verdict.audio_judged(["1 lost", "late"], [], [])
    assert verdict == Verdict(Outcome.AUDIO_WRONG, ["audio, 1 lost", "audio, late"])


def test_an_event_that_was_not_delivered_is_a_warning() -> None:
    verdict = Verdict()
    verdict.call_ended(["event ringing: no answer"], hung_up=True)
    assert verdict == Verdict(warnings=["event ringing: no answer"])


def test_a_call_that_the_caller_did_not_end_is_lost() -> None:
    verdict = Verdict()
    verdict.call_ended([], hung_up=False)
    assert verdict == Verdict(Outcome.CONNECTION_FAILED, ["the last action ended before the caller hung up"])


def test_a_call_that_was_given_up_is_lost_though_the_caller_hung_up() -> None:
    verdict = Verdict()
    verdict.call_ended([], hung_up=True, given_up=True)
    assert verdict == Verdict(Outcome.CONNECTION_FAILED, ["the application gave the call up before the caller hung up"])


def test_a_call_that_failed_already_gets_no_second_reason() -> None:
    verdict = Verdict(Outcome.CONNECTION_FAILED, ["a reason"])
    verdict.call_ended([], hung_up=False)
    assert verdict.errors == ["a reason"]


def stood_still(seconds: float) -> Verdict:
    verdict = Verdict()
    verdict.standstills.note(10.0, 10.0 + seconds)
    return verdict


def test_what_is_certain_is_worse_than_what_can_t_be_judged() -> None:
    outcomes = [Outcome.NOT_JUDGED, Outcome.GOOD]
    assert worst(outcomes) is Outcome.NOT_JUDGED
    assert worst([*outcomes, Outcome.AUDIO_WRONG]) is Outcome.AUDIO_WRONG
    assert int(Outcome.NOT_JUDGED) == 4


def test_a_doubt_says_how_long_this_machine_stood_still() -> None:
    verdict = stood_still(0.35)
    verdict.audio_judged([], ["9 lost"], ["late"])
    machine = "this machine could not judge, its own process stood still for 0.35 s"
    assert (verdict.outcome, verdict.errors) == (Outcome.NOT_JUDGED, [f"{machine}: audio, 9 lost"])
    assert verdict.warnings == ["late"]


def test_a_time_limit_that_passed_in_a_standstill_can_t_be_judged() -> None:
    late = WebhookError("http://h/x", "did not answer in time", timed_out=True)
    refused = WebhookError("http://h/x", "can't be reached", unreachable=True)
    outcomes = []
    for seconds, error in ((0.1, late), (6.0, late), (6.0, refused)):
        verdict = stood_still(seconds)
        verdict.webhook_failed("answer", error)
        outcomes.append(verdict.outcome)
    assert outcomes == [Outcome.CONNECTION_FAILED, Outcome.NOT_JUDGED, Outcome.CONNECTION_FAILED]


def test_a_handshake_that_passed_its_limit_in_a_standstill_can_t_be_judged() -> None:
    outcomes = []
    for status in ("timeout", "rejected"):
        verdict = stood_still(6.0)
        verdict.socket_not_opened("ws://h", SocketNotOpenedError(status, "no"), None)
        outcomes.append(verdict.outcome)
    assert outcomes == [Outcome.NOT_JUDGED, Outcome.CONNECTION_FAILED]
