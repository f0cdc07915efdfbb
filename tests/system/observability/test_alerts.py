"""Each alert fires when it should, and stays quiet when it just shouldn't: `promtool test rules`."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.harness.rules import ALERTS, FOLDER
from tests.system.observability.alert_cases import CASES, Series


def test_every_alert_is_tried() -> None:
    assert list(CASES) == list(ALERTS)


@pytest.mark.parametrize("name", ALERTS)
def test_it_fires(prometheus_tools: None, name: str, tmp_path: Path) -> None:
    case, alert = CASES[name], ALERTS[name]
    fired = {
        "exp_labels": {**case.labels, **alert["labels"]},
        "exp_annotations": {"summary": case.summary, "runbook": alert["annotations"]["runbook"]},
    }
    assert_alerts(name, case.fires, [fired], tmp_path)


@pytest.mark.parametrize("name", [name for name in ALERTS if name != "Watchdog"])
def test_it_stays_quiet(prometheus_tools: None, name: str, tmp_path: Path) -> None:
    assert_alerts(name, CASES[name].quiet, [], tmp_path)


def assert_alerts(name: str, series: Series, expected: list[dict[str, Any]], folder: Path) -> None:
    test = {
        "interval": "10s",
        "input_series": [{"series": series, "values": values} for series, values in series.items()],
        "alert_rule_test": [{"eval_time": f"{CASES[name].minutes}m", "alertname": name, "exp_alerts": expected}],
    }
    rules = [str(FOLDER / file) for file in ("recording.yml", "alerts.yml")]
    file = folder / "test.yml"
    file.write_text(json.dumps({"rule_files": rules, "evaluation_interval": "30s", "tests": [test]}))
    done = subprocess.run(["promtool", "test", "rules", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
