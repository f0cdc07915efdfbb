from __future__ import annotations

import json

from simulator.tests.harness.records import ended, record
from voice_simulator.call.verdict import Outcome
from voice_simulator.record.events import NccoReceived, SocketOpened, SocketRefused, SocketReported
from voice_simulator.report.json_object import as_json


def test_json_has_the_totals_and_each_call() -> None:
    good, bad = ended(record()), ended(record(), "NCCO[0] is bad", outcome=Outcome.NCCO_WRONG)
    data = json.loads(json.dumps(as_json([bad, good])))
    assert data["exit_code"] == 2
    assert data["outcome"] == "ncco_wrong"
    assert data["errors"] == ["NCCO[0] is bad"]
    assert data["frames"]["sent"] == 0
    assert [call["exit_code"] for call in data["calls"]] == [2, 0]
    assert data["calls"][0]["conversation_uuid"] == "CON-1"
    assert data["calls"][0]["play_out_lag_each_100_ms"] == []


def test_json_tells_what_became_of_calls_that_moved() -> None:
    opened, refused = SocketOpened(1.0, "", 8000, 0.1), SocketRefused(1.0, "", None, "429", "2.5", over_limit=True)
    moved = ended(record(opened, *[refused] * 4, opened))
    moved.record.frames.gaps.append(0.5)
    apology = NccoReceived(1.0, 0, [{"action": "talk", "text": "Sorry"}])
    given_up = ended(record(apology, SocketReported(1.0, new_ncco=True)), hung_up=False)
    data = json.loads(json.dumps(as_json([moved, given_up])))
    assert (data["calls_lost"], data["calls_given_up"], data["connects_refused"], data["moved"]) == (1, 1, 4, 1)
    assert data["gap_ms"] == {"min": 500, "p50": 500, "p95": 500, "p99": 500, "max": 500, "total": 500}
    assert [call["calls_given_up"] for call in data["calls"]] == [0, 1]
