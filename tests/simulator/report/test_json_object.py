from __future__ import annotations

import json

from simulator.call.result import CallResult
from simulator.call.verdict import Outcome
from simulator.echo.ledger import EchoLedger
from simulator.report.json_object import as_json


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
