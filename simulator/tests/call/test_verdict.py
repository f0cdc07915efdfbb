from __future__ import annotations

from typing import Any

import pytest

from simulator.tests.harness.records import record
from voice_simulator.call.verdict import Outcome, judge, worst
from voice_simulator.record.events import (
    CallEnded,
    Event,
    EventUndelivered,
    Expectation,
    KeyPressed,
    MachinePaused,
    NccoReceived,
    ProblemFound,
    RequestSent,
    ResponseReceived,
    SocketClosed,
    SocketOpened,
    SocketRefused,
    SocketReported,
    WebhookFailed,
)

SOCKET = {"action": "connect", "endpoint": [{"type": "websocket", "uri": "ws://h"}]}
APOLOGY = {"action": "talk", "text": "Sorry"}
GOOD: tuple[str, list[str], list[str]] = ("good", [], [])


def verdict(*events: Event, hung_up: bool = True, **plan: Any) -> tuple[str, list[str], list[str]]:
    """Return the outcome, the errors and the warnings of a call for an echo that got a connect first."""
    end = CallEnded(50.0, "hung_up" if hung_up else "application")
    judged = judge(record(NccoReceived(0.1, 0, [SOCKET]), *events, end, **plan))
    return judged.outcome, judged.errors, judged.warnings


def refused(status: str | None = "rejected", *, over_limit: bool = False) -> Event:
    return SocketRefused(1.0, "ws://h", status, "no", "4", over_limit)


def closed(by: Any = "application") -> Event:
    return SocketClosed(1.0, "ws://h", 1012, "bye", by)


def wrong(about: Any = "ncco", *, breaks_rule: bool = True, request: int | None = None) -> Event:
    return ProblemFound(1.0, "it is wrong", breaks_rule, "2.1", request, about=about)


GOES_ON, IS_LEFT = SocketReported(2.0, new_ncco=True), SocketReported(2.0, new_ncco=False)


def test_what_is_certain_is_worse_than_what_can_t_be_judged() -> None:
    outcomes = [Outcome.NOT_JUDGED, Outcome.GOOD]
    assert worst(outcomes) is Outcome.NOT_JUDGED
    assert worst([*outcomes, Outcome.AUDIO_WRONG]) is Outcome.AUDIO_WRONG


def test_the_worst_error_of_a_call_stays() -> None:
    assert verdict(wrong("ncco"), wrong("socket")) == ("ncco_wrong", ["it is wrong", "it is wrong"], [])


def test_a_socket_that_can_t_be_opened_is_a_warning_only_with_a_new_ncco() -> None:
    assert verdict(refused(), GOES_ON) == ("good", [], ["socket ws://h: no; the call goes on with a new NCCO"])
    assert verdict(refused(), IS_LEFT) == ("connection_failed", ["socket ws://h: no"], [])


def test_a_connect_over_the_limit_is_no_warning_with_a_new_ncco() -> None:
    assert verdict(refused(over_limit=True), GOES_ON) == GOOD
    assert verdict(refused(over_limit=True), IS_LEFT) == ("connection_failed", ["socket ws://h: no"], [])


def test_a_socket_that_the_server_closes_is_a_warning_only_with_a_new_ncco() -> None:
    opened = SocketOpened(0.5, "ws://h", 8000, 0.1)
    goes_on = "the server closed the socket, code 1012 bye; the call goes on with a new NCCO"
    assert verdict(opened, closed(), GOES_ON) == ("good", [], [goes_on])
    assert verdict(opened, closed("fault"), GOES_ON)[2] == [goes_on.replace("the server", "a fault on purpose", 1)]
    rejected = NccoReceived(1.5, 1, [])
    assert verdict(opened, closed(), rejected, GOES_ON)[2] == [
        "the server closed the socket, code 1012 bye; the new NCCO is rejected"
    ]
    error = "the server closed the socket after 0.00 s of audio, code 1012 bye"
    assert verdict(opened, closed(), IS_LEFT) == ("connection_failed", [error], [])
    assert verdict(opened, closed(), IS_LEFT, expect="nothing") == GOOD


def test_the_message_that_ended_a_socket_is_the_only_reason() -> None:
    opened = SocketOpened(0.5, "ws://h", 8000, 0.1)
    assert verdict(opened, wrong("socket"), closed("platform"), IS_LEFT) == ("audio_wrong", ["it is wrong"], [])


def test_an_ncco_for_an_echo_needs_a_connect() -> None:
    without = judge(record(NccoReceived(0.1, 0, [APOLOGY]), CallEnded(1.0, "hung_up")))
    assert without.errors == ["the NCCO has no connect: there is no echo to check"]
    assert without.outcome == "ncco_wrong"
    assert judge(record(NccoReceived(0.1, 0, [APOLOGY]), CallEnded(1.0, "application"), expect="nothing")).errors == []


def test_problems_are_judged_by_what_they_are_about() -> None:
    assert verdict(wrong(breaks_rule=False)) == ("good", [], ["it is wrong"])
    assert verdict(wrong("simulator", breaks_rule=False)) == ("good", [], ["it is wrong"])
    assert verdict(wrong("onAnswer")) == ("good", [], ["onAnswer: it is wrong"])


def test_equal_answers_to_events_share_a_line_and_long_ones_are_cut() -> None:
    def answered(number: int, name: str, body: object) -> list[Event]:
        url = "http://h/event"
        return [
            RequestSent(1.0, number, "event", name, "POST", url, {}, 1),
            ResponseReceived(1.1, number, 200, "OK", "application/json", body, 9, 0.1, None),
            wrong("event", breaks_rule=number == 3, request=number),
        ]

    events = [
        event
        for number, name in enumerate(("started", "ringing", "ringing"))
        for event in answered(number, name, {"ok": True})
    ]
    outcome, errors, warnings = verdict(*events, *answered(3, "answered", [1] * 99))
    assert warnings == ['events started, ringing answered with {"ok": true}: it is wrong']
    assert outcome == "ncco_wrong"
    assert errors[0].startswith("event answered answered with [1, 1, ")
    assert "1, 1…: it is wrong" in errors[0] or "1,…: it is wrong" in errors[0]


def test_what_does_no_harm_is_a_warning() -> None:
    undelivered, unheard = EventUndelivered(1.0, "ringing", "no answer"), KeyPressed(1.0, "5", None)
    warnings = ["key 5 was pressed when nothing listened", "events ringing, answered: no answer"]
    undelivered_too = EventUndelivered(1.5, "answered", "no answer")
    assert verdict(undelivered, unheard, undelivered_too) == ("good", [], warnings)


def test_a_call_that_the_caller_did_not_end_is_lost() -> None:
    assert verdict(hung_up=False) == ("connection_failed", ["the last action ended before the caller hung up"], [])
    assert verdict(wrong(), hung_up=False)[1] == ["it is wrong"]  # a call that failed gets no second reason
    assert verdict(hung_up=False, expect="nothing") == GOOD


def test_a_call_that_was_given_up_is_lost_though_the_caller_hung_up() -> None:
    apology = NccoReceived(1.5, 1, [APOLOGY])
    outcome, errors, _ = verdict(refused(), apology, GOES_ON)
    assert (outcome, errors) == ("connection_failed", ["the application gave the call up before the caller hung up"])


def test_a_server_that_is_down_is_down_once() -> None:
    down = [
        WebhookFailed(1.0, "answer", "http://h/answer", "can't be reached", False, True),
        WebhookFailed(2.0, "fallback", "http://h/fallback", "can't be reached", False, True),
    ]
    assert verdict(*down)[:2] == ("connection_failed", ["answer webhook: http://h/answer can't be reached"])


@pytest.mark.parametrize(
    ("event", "outcome"),
    [
        (WebhookFailed(9.0, "answer", "http://h/x", "did not answer in time", True, False), "not_judged"),
        (WebhookFailed(9.0, "answer", "http://h/x", "can't be reached", False, True), "connection_failed"),
        (refused("timeout"), "not_judged"),
        (refused("rejected"), "connection_failed"),
    ],
)
def test_a_time_limit_that_passed_in_a_pause_of_this_machine_can_t_be_judged(event: Event, outcome: str) -> None:
    for seconds, expected in ((6.0, outcome), (0.1, "connection_failed")):
        pause = MachinePaused(8.0 if event.at > 5 else 1.0, seconds)
        assert verdict(pause, event, SocketReported(9.5, new_ncco=False))[0] == expected


def test_a_pause_after_a_failure_excuses_nothing() -> None:
    assert verdict(refused("timeout"), IS_LEFT, MachinePaused(40.0, 6.0))[0] == "connection_failed"


def test_what_is_missed_is_an_error_in_words() -> None:
    outcome, errors, _ = verdict(must=(Expectation("talk", "evening", 1.0, 2.0),))
    assert (outcome, errors) == ("audio_wrong", ["scenario, missed: talk 'evening' within 2 s after 1 s"])
