from __future__ import annotations

import json
from array import array

from voice_simulator.call.result import CallResult
from voice_simulator.call.verdict import Outcome
from voice_simulator.caller.ledger import EchoLedger
from voice_simulator.report.json_object import as_json


def test_json_has_the_totals_and_each_call() -> None:
    good, bad = (CallResult("CON-1", EchoLedger(0)) for _ in range(2))
    bad.verdict.fail(Outcome.NCCO_WRONG, "NCCO[0] is bad")
    data = json.loads(json.dumps(as_json([bad, good])))
    assert data["exit_code"] == 2
    assert data["outcome"] == "ncco_wrong"
    assert data["errors"] == ["NCCO[0] is bad"]
    assert data["frames"]["sent"] == 0
    assert [call["exit_code"] for call in data["calls"]] == [2, 0]
    assert data["calls"][0]["conversation_uuid"] == "CON-1"
    assert data["calls"][0]["play_out_lag_each_100_ms"] == []


def test_json_tells_what_became_of_calls_that_moved() -> None:
    moved = CallResult("CON-1", EchoLedger(0), moves=1, connects_refused=4, hung_up=True)
    given_up = CallResult("CON-2", EchoLedger(1), given_up=True)
    moved.play_out.gaps = array("d", [0.5])
    data = json.loads(json.dumps(as_json([moved, given_up])))
    assert (data["calls_lost"], data["calls_given_up"], data["connects_refused"], data["moved"]) == (1, 1, 4, 1)
    assert data["gap_ms"] == {"min": 500, "p50": 500, "p95": 500, "p99": 500, "max": 500, "total": 500}
    assert [call["calls_given_up"] for call in data["calls"]] == [0, 1]
