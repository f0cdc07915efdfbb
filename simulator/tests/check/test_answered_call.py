"""A placed call: its socket, its events, and what it can't do without."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.tests.check.conftest import described, trial_of
from simulator.tests.harness.exchange import Request, Response
from simulator.tests.harness.placing import connect
from simulator.tests.zoo.conformance.application import Application
from voice_simulator.check.answered_call import AnsweredCall, HandshakePace
from voice_simulator.check.finding import NotJudgedError
from voice_simulator.check.output import Output
from voice_simulator.check.requests import Requests
from voice_simulator.check.trial import Trial
from voice_simulator.vonage.ncco.ncco import Ncco, read_ncco

URI = "ws://127.0.0.1:1/socket"


def ncco(*actions: dict[str, Any]) -> Ncco:
    return read_ncco(list(actions), caller="", url="http://127.0.0.1:3000/answer")


def placed(trial: Trial, *actions: dict[str, Any]) -> AnsweredCall:
    return AnsweredCall(trial.application, trial.requests, HandshakePace(), Output(), trial.new_leg(), ncco(*actions))


@pytest.mark.parametrize("action", [{}, {"action": "talk"}, {"action": "connect", "endpoint": [{"type": "sip"}]}])
async def test_without_a_socket_nothing_is_judged(trial: Trial, action: dict[str, Any]) -> None:
    with pytest.raises(NotJudgedError, match="the NCCO connects the call to no WebSocket"):
        placed(trial, action)


async def test_the_authorization_is_as_the_ncco_wants_it(trial: Trial) -> None:
    custom = {"type": "custom", "value": "Bearer x"}
    assert placed(trial, connect(URI, authorization=custom)).authorization == "Bearer x"
    assert placed(trial, connect(URI)).authorization is None
    signed = placed(trial, connect(URI, authorization={"type": "vonage"})).authorization
    assert signed
    assert signed.startswith("Bearer ey")


async def test_a_signed_handshake_needs_the_secret(application: Application) -> None:
    target = described(application, signature_secret=None)
    requests = Requests(target)
    leg = Trial.new_leg
    async with trial_of(target) as trial:
        call = AnsweredCall(
            target,
            requests,
            HandshakePace(),
            Output(),
            leg(trial),
            ncco(connect(URI, authorization={"type": "vonage"})),
        )
        with pytest.raises(NotJudgedError, match="set VONAGE_SIGNATURE_SECRET"):
            assert call.authorization
    await requests.close()


async def test_an_unknown_format_is_not_judged(trial: Trial) -> None:
    call = placed(trial, connect(URI, **{"content-type": "audio/l16;rate=11025"}))
    with pytest.raises(NotJudgedError, match="no content-type that the platform knows"):
        assert call.audio_format


async def test_a_socket_that_can_not_be_opened_is_the_fault_of_another_rule(trial: Trial) -> None:
    with pytest.raises(NotJudgedError, match=r"the socket can't be opened: nothing listens at 127\.0\.0\.1:1"):
        async with placed(trial, connect(URI)).socket():
            raise AssertionError("it can't be opened")


async def test_events_of_an_event_url_that_is_none_are_not_judged(trial: Trial) -> None:
    call = placed(trial, connect(URI) | {"eventUrl": ["/webhooks/events"]})
    with pytest.raises(NotJudgedError, match="no array of absolute URLs"):
        await call.send_event(call.leg.event("started"), call.connect)


async def test_the_socket_has_events_of_its_own() -> None:
    class Noting(Application):
        def __init__(self) -> None:
            super().__init__()
            self.told: list[dict[str, Any]] = []

        async def event(self, request: Request) -> Response:
            self.told.append(request.fields or {})
            return await super().event(request)

    async with Noting() as application, trial_of(described(application)) as trial:
        assert not await trial.first_ending()
        application.told.clear()
        async with trial.open_call() as (call, _):
            pass
        of_socket = [event for event in application.told if event["to"] == call.endpoint.uri]
        assert [event["status"] for event in of_socket] == ["answered", "completed"]
        assert {event["conversation_uuid"] for event in of_socket} == {call.leg.conversation_uuid}
        assert {event["headers"]["call_uuid"] for event in of_socket} == {call.leg.uuid}


async def test_an_application_that_gives_no_ncco_is_the_fault_of_another_rule() -> None:
    class Broken(Application):
        async def answer(self, request: Request) -> Response:
            return Response(500, b"Bearer secret and more")

    async with Broken() as application, trial_of(described(application)) as trial:
        with pytest.raises(NotJudgedError) as reason:
            await trial.place_call()
    assert str(reason.value) == (
        "webhooks.get is broken: no NCCO: the answer webhook answered 500 Internal Server Error Bearer … and more"
    )
