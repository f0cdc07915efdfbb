from __future__ import annotations

import datetime

from voice_simulator.vonage.leg import Leg, ncco_rejected


def test_a_leg_names_itself_in_all_its_events() -> None:
    leg = Leg("447", "wss://host/socket", "CON-1", "outbound", {"call_uuid": "u"})
    for event in (leg.event("ringing"), leg.answered(), leg.completed()):
        assert event["from"] == "447"
        assert event["to"] == "wss://host/socket"
        assert event["uuid"] == leg.uuid
        assert event["conversation_uuid"] == "CON-1"
        assert event["headers"] == {"call_uuid": "u"}
        assert event["direction"] == "outbound"


def test_the_numbers_of_the_last_event_are_strings() -> None:
    leg = Leg("447", "442", "CON-1")
    leg.answered()
    assert leg.answered_at is not None
    leg.answered_at -= datetime.timedelta(seconds=3)
    event = leg.completed()
    assert event["status"] == "completed"
    assert event["duration"] == "3"
    assert event["start_time"] < event["end_time"]
    assert event["network"] is None


def test_an_event_may_have_a_reason_and_no_status() -> None:
    leg = Leg("447", "wss://host/socket", "CON-1", "outbound")
    event = leg.event(None, reason="429")
    assert "status" not in event
    assert (event["reason"], event["uuid"], event["to"]) == ("429", leg.uuid, "wss://host/socket")


def test_a_rejected_ncco_has_no_status_and_no_leg() -> None:
    event = ncco_rejected("It is bad.", "CON-1")
    assert event.keys() == {"reason", "conversation_uuid", "timestamp"}
    assert event["reason"] == "Syntax error in NCCO. It is bad."
